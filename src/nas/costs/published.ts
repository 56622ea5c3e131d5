import type { Result } from '../../base/result.ts';
import { fail, ok } from '../../base/result.ts';
import { kernelSides, type Layer, type Network, type Shape } from '../../net/index.ts';
import type { Item } from '../networks/item.ts';

/**
 * Keys of published latency tables for pieces of networks. `proxylessnas`: the map of Cai et al. 2019 (expansion as a
 * ratio, pooling part of `Logits`); `ofa`: that of Once-for-All (expansion as channels, squeeze-and-excitation and
 * h-swish told, pooling and the layer behind it of their own).
 */
export type PublishedFormat = 'proxylessnas' | 'ofa';

/**
 * The keys whose entries a piece is the sum of. Code: `unknown-piece`, for a piece that such a table has no word for.
 */
export function publishedKeys({ key, network }: Item, format: PublishedFormat): Result<string[]> {
  const found = blockKey(network, format) ?? edgeKeys(network, format);
  if (found !== undefined) return ok(typeof found === 'string' ? [found] : found);
  return fail({
    code: 'unknown-piece',
    message: `a ${format} table has no key for ${key}`,
  });
}

const text = ({ h, w, c }: Shape): string => `${h}x${w}x${c}`;

const shapesBefore = (network: Network): ((layer: Layer) => Shape) => {
  const outputs = new Map(network.layers.map(({ id, output }) => [id, output]));
  return ({ inputs }) => outputs.get(inputs[0]!) ?? network.input;
};

/** An inverted bottleneck: 1×1 expansion unless it is 1, one depthwise convolution, 1×1 projection. */
function blockKey(network: Network, format: PublishedFormat): string | undefined {
  const { layers, input } = network;
  const [depthwise, another] = layers.filter((layer) => layer.op === 'depthwise');
  const dense = layers.filter((layer) => layer.op === 'conv');
  if (depthwise === undefined || another !== undefined || dense.length > 2) return undefined;
  if (dense.some((layer) => kernelSides(layer.kernel).h !== 1 || layer.groups !== 1)) return undefined;
  const { h, w } = kernelSides(depthwise.kernel);
  if (h !== w || layers.some(({ op }) => op === 'global-pool')) return undefined;
  const has = (op: Layer['op']): number => (layers.some((layer) => layer.op === op) ? 1 : 0);
  const swish = layers.some((layer) => layer.op === 'activation' && layer.fn === 'h-swish') ? 1 : 0;
  const output = layers.find(({ id }) => id === network.output)!.output;
  const channels = depthwise.output.c;
  // where the keys of ProxylessNAS do not tell pieces apart, there is none
  if (format === 'proxylessnas' && (has('squeeze-excite') || channels % input.c !== 0)) return undefined;
  return [
    'expanded_conv',
    `input:${text(input)}`,
    `output:${text(output)}`,
    `expand:${format === 'ofa' ? channels : channels / input.c}`,
    `kernel:${h}`,
    `stride:${depthwise.stride}`,
    `idskip:${has('add')}`,
    ...(format === 'ofa' ? [`se:${has('squeeze-excite')}`, `hs:${swish}`] : []),
  ].join('-');
}

/** The first convolution, or what follows the last block. */
function edgeKeys(network: Network, format: PublishedFormat): string[] | undefined {
  const { layers } = network;
  const before = shapesBefore(network);
  const weighted = layers.filter(({ op }) => op === 'conv' || op === 'dense');
  const pool = layers.find(({ op }) => op === 'global-pool');
  if (layers.some(({ op }) => op === 'depthwise')) return undefined;
  if (pool === undefined) {
    const [only, another] = weighted;
    if (only === undefined || another !== undefined) return undefined;
    return [`Conv-input:${text(before(only))}-output:${text(only.output)}`];
  }
  const at = layers.indexOf(pool);
  const [first, ...rest] = weighted;
  const logits = rest.pop();
  if (first === undefined || logits === undefined || layers.indexOf(first) > at) return undefined;
  const keys = [`Conv_1-input:${text(before(first))}-output:${text(first.output)}`];
  const classes = logits.output.c;
  if (format === 'proxylessnas') {
    return rest.length > 0 ? undefined : [...keys, `Logits-input:${text(before(pool))}-output:${classes}`];
  }
  if (rest.length > 1) return undefined;
  return [
    ...keys,
    `AvgPool2D-input:${text(before(pool))}-output:${text(pool.output)}`,
    ...rest.map((layer) => `Conv_2-input:${text(before(layer))}-output:${text(layer.output)}`),
    `Logits-input:${text(before(logits))}-output:${classes}`,
  ];
}
