import { never } from '../base/result.ts';
import { neededWeights } from './check.ts';
import type { Kernel, Layer, Network, Shape } from './network.ts';
import { INPUT } from './network.ts';
import { withoutAuxiliary } from './reach.ts';
import { kernelSides } from './shape.ts';

/** What one layer holds and computes. */
export interface LayerCount {
  readonly id: string;
  readonly params: number;
  readonly macs: number;
}

/**
 * Counts of a network by the usual convention of the MobileNet papers: parameters are convolution and dense weights,
 * biases, channel multipliers, and 2 a batch-norm channel (gamma, beta; not the moving statistics).
 * Multiply-accumulates are those of convolutions and dense layers of one example, squeeze-excite included; biases,
 * normalisation, activations, sums and pooling are not counted, nor is what only auxiliary outputs need.
 */
export interface NetworkCount {
  /** Parameters; a weight that several layers use counts once, at its widest use. */
  readonly params: number;
  /** Multiply-accumulates, squeeze-excite included. */
  readonly macs: number;
  /** The share of `macs` in squeeze-excite layers. */
  readonly seMacs: number;
  readonly layers: readonly LayerCount[];
}

/** Counts a network at the layers' own widths: of a shared weight, only the prefix that a layer uses. */
export function countNetwork(network: Network): NetworkCount {
  const shapes = new Map<string, Shape>([[INPUT, network.input]]);
  const used = new Map<string, number>();
  const layers: LayerCount[] = [];
  const deployed = new Set(withoutAuxiliary(network).layers.map(({ id }) => id));
  let macs = 0;
  let seMacs = 0;
  for (const layer of network.layers) {
    const from = layer.op === 'zero' ? layer.output : shapes.get(layer.inputs[0]!);
    if (from === undefined) {
      throw new Error(
        `internal error: expected ${layer.id} to read an earlier layer, got ${layer.inputs[0]}`,
      );
    }
    shapes.set(layer.id, layer.output);
    if (!deployed.has(layer.id)) {
      layers.push({ id: layer.id, params: 0, macs: 0 });
      continue;
    }
    let params = 0;
    for (const [name, size] of weightSizes(layer, from)) {
      params += size;
      used.set(name, Math.max(used.get(name) ?? 0, size));
    }
    const own = layerMacs(layer, from);
    macs += own;
    if (layer.op === 'squeeze-excite') seMacs += own;
    layers.push({ id: layer.id, params, macs: own });
  }
  let params = 0;
  for (const size of used.values()) params += size;
  return { params, macs, seMacs, layers };
}

/** Trainable weights that a layer uses: name and number of used elements. */
const weightSizes = (layer: Layer, from: Shape): readonly (readonly [string, number])[] =>
  neededWeights(layer, from)
    .filter(([name]) => layer.op !== 'batch-norm' || name === layer.gamma || name === layer.beta)
    .map(([name, shape]) => [name, shape.reduce((product, side) => product * side, 1)]);

const taps = (kernel: Kernel): number => kernelSides(kernel).h * kernelSides(kernel).w;

function layerMacs(layer: Layer, from: Shape): number {
  const { h, w, c } = layer.output;
  switch (layer.op) {
    case 'conv':
      return (taps(layer.kernel) * from.c * c * h * w) / layer.groups;
    case 'depthwise':
      return taps(layer.kernel) * c * h * w;
    case 'squeeze-excite':
      return 2 * c * layer.squeeze;
    case 'dense':
      return from.c * c;
    case 'batch-norm':
    case 'activation':
    case 'add':
    case 'mix':
    case 'pool':
    case 'global-pool':
    case 'dropout':
    case 'drop-path':
    case 'concat':
    case 'slice':
    case 'zero':
    case 'identity':
    case 'subsample':
    case 'scale':
      return 0;
    default:
      return never(layer);
  }
}
