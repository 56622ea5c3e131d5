import { createRng, type Rng } from '../../src/base/rng.ts';
import type { Batch } from '../../src/net/backend.ts';
import type { Handle, NetworkBuilder } from '../../src/net/builder.ts';
import type { ActivationName, Network, Shape, Tensor, Tensors, WeightSpec } from '../../src/net/network.ts';
import { type Body, behindConv, bn, type Case, classes, even, network, odd, whole } from './backend-case.ts';
import { derivedCases } from './backend-derived-cases.ts';
import { layerCases } from './backend-layer-cases.ts';

export { type Case, classes } from './backend-case.ts';

const convolutions = [
  { kernel: 1, stride: 1, from: 10, to: 17, groups: 1, input: odd },
  { kernel: 1, stride: 2, from: 17, to: 1, groups: 1, input: odd },
  { kernel: 3, stride: 1, from: 1, to: 10, groups: 1, input: odd },
  { kernel: 3, stride: 2, from: 10, to: 64, groups: 1, input: even },
  { kernel: 3, stride: 2, from: 17, to: 17, groups: 1, input: odd },
  { kernel: 5, stride: 1, from: 4, to: 6, groups: 1, input: odd },
  { kernel: 5, stride: 2, from: 3, to: 10, groups: 1, input: even },
  { kernel: 7, stride: 1, from: 2, to: 3, groups: 1, input: even },
  { kernel: 7, stride: 2, from: 3, to: 4, groups: 1, input: odd },
  { kernel: 3, stride: 1, from: 6, to: 10, groups: 2, input: odd },
  { kernel: 1, stride: 1, from: 64, to: 64, groups: 1, input: { h: 3, w: 3, c: 3 } },
].map(({ kernel, stride, from, to, groups, input }) =>
  whole(
    `conv ${kernel}x${kernel} stride ${stride} ${from}→${to}${groups > 1 ? ` in ${groups} groups` : ''} on ${input.h}x${input.w}`,
    input,
    behindConv(from, (b, x) => b.conv('conv', x, { filters: to, kernel, stride, groups, bias: true })),
  ),
);

const depthwise = [
  { kernel: 3, stride: 1, channels: 10, input: odd },
  { kernel: 3, stride: 2, channels: 17, input: odd },
  { kernel: 3, stride: 2, channels: 64, input: even },
  { kernel: 5, stride: 1, channels: 17, input: even },
  { kernel: 5, stride: 2, channels: 1, input: odd },
  { kernel: 5, stride: 2, channels: 10, input: even },
  { kernel: 7, stride: 1, channels: 64, input: odd },
  { kernel: 7, stride: 2, channels: 17, input: even },
  { kernel: 7, stride: 2, channels: 10, input: { h: 3, w: 2, c: 3 } },
].map(({ kernel, stride, channels, input }) =>
  whole(
    `depthwise ${kernel}x${kernel} stride ${stride} on ${channels} channels of ${input.h}x${input.w}`,
    input,
    behindConv(channels, (b, x) => b.depthwise('depthwise', x, { kernel, stride })),
  ),
);

const activations = (
  ['relu', 'relu6', 'h-swish', 'swish', 'sigmoid', 'hard-sigmoid', 'tanh'] as const satisfies ActivationName[]
).map((fn) =>
  whole(
    fn,
    odd,
    behindConv(10, (b, x) => b.activation('act', b.batchNorm('bn', x, bn), fn)),
  ),
);

const normalised = [1, 10, 17, 64].map((channels) =>
  whole(
    `batch norm of ${channels} channels`,
    odd,
    behindConv(channels, (b, x) => {
      const once = b.activation('act', b.batchNorm('bn1', x, bn), 'swish');
      return b.activation(
        'act2',
        b.batchNorm('bn2', b.conv('conv', once, { filters: 4, kernel: 1 }), bn),
        'swish',
      );
    }),
  ),
);

const pools = (['average', 'max'] as const).flatMap((fn) =>
  [
    { kernel: 3, stride: 2, input: odd },
    { kernel: 3, stride: 1, input: even },
    { kernel: 2, stride: 2, input: odd },
  ].map(({ kernel, stride, input }) =>
    whole(
      `${fn} pool ${kernel}x${kernel} stride ${stride} on ${input.h}x${input.w}`,
      input,
      behindConv(10, (b, x) => b.pool('pooled', x, { fn, kernel, stride })),
    ),
  ),
);

/** Inverted residual (Sandler et al. 2018) with squeeze-excite; the shortcut where shapes allow. */
const mbconv =
  (id: string, expanded: number, to: number, kernel: number, stride: number, squeeze?: number): Body =>
  (b, x) => {
    const wide = b.activation(
      `${id}/a1`,
      b.batchNorm(`${id}/bn1`, b.conv(`${id}/expand`, x, { filters: expanded, kernel: 1 }), bn),
      'h-swish',
    );
    const spatial = b.depthwise(`${id}/depthwise`, wide, {
      kernel,
      stride,
      name: `${id}/depthwise${kernel}`,
    });
    let y = b.activation(`${id}/a2`, b.batchNorm(`${id}/bn2`, spatial, bn), 'h-swish');
    if (squeeze !== undefined) y = b.squeezeExcite(`${id}/se`, y, { squeeze, gate: 'hard-sigmoid' });
    const out = b.batchNorm(`${id}/bn3`, b.conv(`${id}/project`, y, { filters: to, kernel: 1 }), bn);
    return stride === 1 && x.shape.c === to ? b.add(`${id}/add`, x, out) : out;
  };

const blocks = [
  whole(
    'squeeze-excite, hard sigmoid',
    odd,
    behindConv(17, (b, x) => b.squeezeExcite('se', x, { squeeze: 5, gate: 'hard-sigmoid' })),
  ),
  whole(
    'squeeze-excite, sigmoid',
    odd,
    behindConv(10, (b, x) => b.squeezeExcite('se', x, { squeeze: 8, gate: 'sigmoid' })),
  ),
  whole(
    'a sum that reads one tensor twice',
    odd,
    behindConv(10, (b, x) => b.add('add', x, b.add('double', x, x))),
  ),
  whole(
    'dropout',
    odd,
    behindConv(17, (b, x) => b.dropout('drop', b.globalPool('early', x), 0.3)),
  ),
  whole('MBConv 3x3 with a shortcut', odd, behindConv(10, mbconv('block', 30, 10, 3, 1, 8))),
  whole('MBConv 5x5 stride 2', even, behindConv(10, mbconv('block', 40, 17, 5, 2))),
  whole('a batch of one', odd, behindConv(10, mbconv('block', 17, 10, 3, 1, 8)), 1),
  whole('a ragged batch of 7', { h: 4, w: 4, c: 1 }, behindConv(10, mbconv('block', 17, 10, 3, 2, 8)), 7),
  whole(
    'one value a channel: batch 1 on 1x1',
    { h: 1, w: 1, c: 3 },
    behindConv(10, (b, x) => b.batchNorm('bn', x, bn)),
    1,
  ),
];

/** Alternatives of a supernet block at their widest; shared weights go by name. */
const alternatives = (b: NetworkBuilder, x: Handle, expanded: number, to: number): Handle[] => [
  mbconv('k3', expanded, to, 3, 1, 8)(b, x),
  mbconv('k5', expanded, to, 5, 1)(b, x),
];

const mixed = (coefficients: readonly number[], gates: boolean): Body =>
  behindConv(10, (b, x) => {
    const options = alternatives(b, x, 20, 10);
    const all = coefficients.length === 3 ? [...options, x] : options;
    return b.mix('mix', all, coefficients, gates);
  });

const mixes = [
  whole('the mean of two alternatives', odd, mixed([0.5, 0.5], false)),
  whole('an alternative left out by its coefficient', odd, mixed([0, 1], false)),
  whole('gates of one-hot coefficients', odd, mixed([0, 1, 0], true)),
  whole('gates of weighted coefficients', odd, mixed([0.2, 0.5, 0.3], true)),
];

/** A narrow path over the weights of a wider network. */
export function prefixCase(): Case {
  const wide = network(odd, behindConv(17, mbconv('block', 64, 17, 5, 1, 16)));
  const byName = new Map(wide.weights.map((weight) => [weight.name, weight]));
  const path = network(odd, behindConv(10, mbconv('block', 30, 10, 5, 1, 8)), byName);
  return { name: 'a path over prefixes of wider weights', path, weights: wide.weights, batch: 3 };
}

/** Batch norm of the input itself, whose statistics a test can compute. */
export const statisticsCase = (): Case =>
  whole('batch norm of the input', odd, (b, x) => b.batchNorm('bn', x, bn), 2);

export const dropoutCase = (): Case => blocks.find(({ name }) => name === 'dropout')!;
export const dropPathCase = (): Case =>
  layerCases.find(({ name }) => name === 'drop-path in front of a convolution')!;
export const auxiliaryCase = (): Case => layerCases.find(({ name }) => name.startsWith('auxiliary'))!;
export const blockCase = (): Case => blocks.find(({ name }) => name === 'MBConv 3x3 with a shortcut')!;
/** One network over the same weights, for images of two sides, and for images that are not square. */
export const sidesCase = (): {
  readonly weights: readonly WeightSpec[];
  readonly paths: readonly Network[];
} => {
  const inputs = [odd, even, { h: 9, w: 9, c: 3 }];
  const paths = inputs.map((input) =>
    network(input, (b, from) => {
      const x = b.depthwise('dw', b.conv('front', from, { filters: 8, kernel: 3, stride: 2 }), { kernel: 5 });
      const normal = b.activation('act', b.batchNorm('bn', x, bn), 'h-swish');
      const gated = b.squeezeExcite('se', normal, { squeeze: 4, gate: 'hard-sigmoid' });
      return b.conv('back', gated, { filters: 12, kernel: 1 });
    }),
  );
  return { weights: paths[0]!.weights, paths };
};
export const leftOutCase = (): Case => mixes[1]!;

export const cases: readonly Case[] = [
  ...convolutions,
  ...depthwise,
  ...activations,
  ...normalised,
  ...pools,
  ...blocks,
  ...mixes,
  ...layerCases,
  ...derivedCases,
  prefixCase(),
];

/** Values in general position: no weight zero, variances positive. */
export function someWeights(weights: readonly WeightSpec[], seed = 1): Tensors {
  return new Map(
    weights.map(({ name, shape, init, trainable }): [string, Tensor] => {
      const rng = createRng(seed).fork(name);
      const count = shape.reduce((product, side) => product * side, 1);
      const centre = init.kind === 'ones' || init.kind === 'constant' ? 1 : 0;
      const spread = 'fan' in init ? Math.sqrt(2 / init.fan) : 0.2;
      const draw = () => centre + spread * rng.normal();
      return [
        name,
        { shape, data: Float32Array.from({ length: count }, trainable ? draw : () => Math.abs(draw())) },
      ];
    }),
  );
}

/** [size, classes] */
function someProbabilities(size: number, rng: Rng): Float32Array {
  const rows = Array.from({ length: size }, () => {
    const row = Array.from({ length: classes }, () => Math.exp(2 * rng.normal()));
    const sum = row.reduce((total, value) => total + value, 0);
    return row.map((value) => value / sum);
  });
  return Float32Array.from(rows.flat());
}

export function someBatch(input: Shape, size: number, seed = 1): Batch {
  const rng = createRng(seed).fork('batch');
  return {
    size,
    images: Float32Array.from({ length: size * input.h * input.w * input.c }, () => rng.normal()),
    labels: Int32Array.from({ length: size }, () => rng.integer(classes)),
    teacher: someProbabilities(size, rng.fork('teacher')),
  };
}
