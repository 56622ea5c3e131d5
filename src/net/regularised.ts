import { NetworkBuilder } from './builder.ts';
import { auxiliaryHead } from './cell-blocks.ts';
import { countNetwork } from './count.ts';
import { type BatchNorm, INPUT, type Layer, type Network } from './network.ts';

/**
 * The network with an auxiliary head whose loss counts `weight` times. It stands on the tensor that all later layers
 * need and nothing before it, with more than one pixel, whose share of the multiply-accumulates so far is nearest to
 * two thirds: where ENAS and NASNet have theirs. Its layers are called `auxiliary.*`.
 */
export function withAuxiliaryHead(network: Network, weight: number): Network {
  const at = necks(network).reduce((best, each) =>
    Math.abs(each.share - 2 / 3) < Math.abs(best.share - 2 / 3) ? each : best,
  );
  const { output } = network.layers.find(({ id }) => id === network.output)!;
  const norm = network.layers.find((layer): layer is BatchNorm => layer.op === 'batch-norm');
  const { decay = 0.99, epsilon = 1e-3 } = norm ?? {};
  const builder = new NetworkBuilder(at.layer.output);
  const head = builder.finish(
    auxiliaryHead(builder, 'auxiliary', builder.input, { classes: output.c, batchNorm: { decay, epsilon } }),
  );
  const layers = head.layers.map((layer) => ({
    ...layer,
    inputs: layer.inputs.map((id) => (id === INPUT ? at.layer.id : id)),
  }));
  return {
    ...network,
    layers: [...network.layers, ...layers],
    weights: [...network.weights, ...head.weights],
    auxiliary: [...(network.auxiliary ?? []), { output: head.output, weight }],
  };
}

/** Tensors past which no other leads, and the share of multiply-accumulates up to them. */
function necks(network: Network): { readonly layer: Layer; readonly share: number }[] {
  const { layers } = network;
  const counts = countNetwork(network);
  const position = new Map<string, number>([
    [INPUT, -1],
    ...layers.map(({ id }, i): [string, number] => [id, i]),
  ]);
  // How far back the layers behind each one look.
  const behind = new Array<number>(layers.length).fill(layers.length);
  for (let i = layers.length - 2; i >= 0; i--) {
    behind[i] = Math.min(behind[i + 1]!, ...layers[i + 1]!.inputs.map((id) => position.get(id)!));
  }
  let macs = 0;
  const found = layers.flatMap((layer, i) => {
    macs += counts.layers[i]!.macs;
    const { h, w } = layer.output;
    return behind[i]! === i && h * w > 1 ? [{ layer, share: macs / counts.macs }] : [];
  });
  if (found.length === 0)
    throw new Error('internal error: expected a tensor that all later layers need, got none');
  return found;
}

/**
 * The network with a drop-path layer in front of each residual sum, on the branch (its second input): rates grow with
 * depth up to `rate` (EfficientNet, Huang et al. 2016 §3). The layers are called `<sum>.drop-path`.
 */
export function withDropPath(network: Network, rate: number): Network {
  const sums = network.layers.filter(({ op }) => op === 'add').length;
  let depth = 0;
  const layers = network.layers.flatMap((layer): Layer[] => {
    if (layer.op !== 'add') return [layer];
    depth++;
    const [shortcut, branch] = layer.inputs as readonly [string, string];
    const id = `${layer.id}.drop-path`;
    return [
      { op: 'drop-path', id, inputs: [branch], output: layer.output, rate: (rate * depth) / sums },
      { ...layer, inputs: [shortcut, id] },
    ];
  });
  return { ...network, layers };
}
