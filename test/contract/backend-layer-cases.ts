import { type Handle, NetworkBuilder } from '../../src/net/builder.ts';
import {
  auxiliaryHead,
  channelMask,
  factorizedReduction,
  rowThenColumn,
  separable,
} from '../../src/net/cell-blocks.ts';
import type { Kernel } from '../../src/net/network.ts';
import { universalBottleneck } from '../../src/net/uib.ts';
import { behindConv, bn, type Case, classes, even, odd, whole } from './backend-case.ts';

const sides = (kernel: Kernel): string =>
  typeof kernel === 'number' ? `${kernel}x${kernel}` : `${kernel.h}x${kernel.w}`;

interface WindowCase {
  readonly kernel: Kernel;
  readonly stride?: number;
  readonly dilation?: number;
  readonly padding?: 'valid';
}

const said = ({ kernel, stride = 1, dilation = 1, padding }: WindowCase): string =>
  `${sides(kernel)} stride ${stride} dilation ${dilation} ${padding ?? 'same'}`;

const convolutions = (
  [
    { kernel: { h: 1, w: 7 } },
    { kernel: { h: 7, w: 1 }, stride: 2 },
    { kernel: { h: 3, w: 5 }, padding: 'valid' },
    { kernel: 3, dilation: 2 },
    { kernel: 3, dilation: 2, stride: 2 },
    { kernel: { h: 3, w: 1 }, dilation: 3, padding: 'valid', groups: 2 },
    { kernel: 3, stride: 2, padding: 'valid', groups: 4 },
    { kernel: 3, stride: 3, groups: 8 },
    { kernel: 2 },
  ] satisfies (WindowCase & { groups?: number })[]
).map(({ groups = 1, ...windows }: WindowCase & { groups?: number }) =>
  whole(
    `conv ${said(windows)}, ${groups} groups`,
    { h: 8, w: 7, c: 3 },
    behindConv(8, (b, x) =>
      b.batchNorm('bn', b.conv('conv', x, { filters: 16, bias: true, groups, ...windows }), bn),
    ),
  ),
);

const depthwise = (
  [
    { kernel: { h: 1, w: 7 } },
    { kernel: { h: 5, w: 1 }, stride: 2 },
    { kernel: 3, dilation: 2 },
    { kernel: 5, dilation: 2, stride: 2 },
    { kernel: 3, padding: 'valid' },
    { kernel: 5, padding: 'valid', stride: 2 },
    { kernel: 3, dilation: 2, padding: 'valid' },
    { kernel: 3, stride: 3 },
    { kernel: 4 },
  ] satisfies WindowCase[]
).map((windows: WindowCase) =>
  whole(
    `depthwise ${said(windows)}`,
    { h: 8, w: 7, c: 3 },
    behindConv(17, (b, x) => {
      const before = b.activation('before', b.batchNorm('bn', x, bn), 'swish');
      return b.activation('after', b.batchNorm('bn2', b.depthwise('depthwise', before, windows), bn), 'tanh');
    }),
  ),
);

const pools = (['average', 'max'] as const).flatMap((fn) =>
  (
    [
      { kernel: 5, stride: 3, padding: 'valid' },
      { kernel: { h: 1, w: 3 }, stride: 1 },
      { kernel: { h: 3, w: 2 }, stride: 2, padding: 'valid' },
    ] satisfies WindowCase[]
  ).map((windows: WindowCase) =>
    whole(
      `${fn} pool ${said(windows)}`,
      { h: 8, w: 8, c: 3 },
      behindConv(10, (b, x) => b.pool('pooled', b.activation('act', x, 'swish'), { fn, ...windows })),
    ),
  ),
);

const normalised = (b: NetworkBuilder, id: string, x: Handle, filters: number): Handle =>
  b.activation(
    `${id}/act`,
    b.batchNorm(`${id}/bn`, b.conv(`${id}/conv`, x, { filters, kernel: 1 }), bn),
    'swish',
  );

const routes = [
  whole(
    'concat of branches, the input and a tensor twice',
    odd,
    behindConv(5, (b, x) => {
      const one = normalised(b, 'one', x, 3);
      const two = normalised(b, 'two', x, 8);
      const all = b.concat('all', [one, x, two, one, b.zero('none', { ...x.shape, c: 2 })]);
      return b.conv('mixed', all, { filters: 6, kernel: 1 });
    }),
  ),
  whole(
    'concat, normalised',
    odd,
    behindConv(5, (b, x) =>
      b.activation(
        'act',
        b.batchNorm('bn', b.concat('all', [x, b.depthwise('d', x, { kernel: 3 })]), bn),
        'tanh',
      ),
    ),
  ),
  whole(
    'slices of one tensor, one of them again a slice',
    odd,
    behindConv(13, (b, x) => {
      const last = b.slice('last', x, 6, 7);
      const first = normalised(b, 'first', b.slice('start', x, 0, 5), 4);
      return b.concat('both', [first, b.slice('inner', last, 1, 5)]);
    }),
  ),
  whole(
    'zero: in a sum, in a mix with gates, normalised',
    odd,
    behindConv(5, (b, x) => {
      const zero = b.zero('zero', x.shape);
      const mix = b.mix('mix', [zero, x, b.depthwise('d', x, { kernel: 3 })], [0.3, 0.3, 0.4], true);
      return b.add('sum', mix, b.batchNorm('bn', zero, bn));
    }),
  ),
  whole(
    'identity: of a normalised tensor, of one with two readers',
    odd,
    behindConv(5, (b, x) => {
      const y = normalised(b, 'one', b.identity('first', x), 5);
      return b.add('sum', b.batchNorm('bn', b.identity('again', y), bn), b.identity('third', x));
    }),
  ),
  ...[
    { stride: 2, offset: 0 },
    { stride: 2, offset: 1 },
    { stride: 3, offset: 2 },
  ].map((grid) =>
    whole(
      `subsample stride ${grid.stride} from ${grid.offset}`,
      even,
      behindConv(5, (b, x) =>
        b.add(
          'sum',
          b.subsample('sub', normalised(b, 'one', x, 6), grid),
          b.subsample('again', normalised(b, 'two', x, 6), grid),
        ),
      ),
    ),
  ),
];

const figures = [
  whole(
    'layer scale of a normalised and of a plain tensor',
    odd,
    behindConv(10, (b, x) => {
      const scaled = b.scale('scale', b.batchNorm('bn', x, bn), { initial: 1e-2 });
      const active = b.activation('act', b.scale('more', x, { initial: 1 }), 'swish');
      return b.add('sum', scaled, active);
    }),
  ),
  whole(
    'layer scale of the input',
    odd,
    (b, x) => b.activation('act', b.scale('scale', x, { initial: 1 }), 'tanh'),
    2,
  ),
  whole(
    'batch norm, stateless',
    odd,
    behindConv(10, (b, x) =>
      b.activation('act', b.batchNorm('bn', x, { ...bn, mode: 'stateless' }), 'swish'),
    ),
  ),
  whole(
    'batch norm, frozen',
    odd,
    behindConv(10, (b, x) => {
      const y = b.activation('act', b.batchNorm('bn', x, { ...bn, mode: 'frozen' }), 'swish');
      return b.batchNorm('last', b.depthwise('d', y, { kernel: 3 }), { ...bn, mode: 'frozen' });
    }),
  ),
  whole(
    'drop-path of a normalised branch, and of one that is gated already',
    odd,
    behindConv(10, (b, x) => {
      const y = b.dropPath('drop', normalised(b, 'one', x, 10), 0.4);
      const gated = b.squeezeExcite('se', b.activation('act', x, 'swish'), { squeeze: 4, gate: 'sigmoid' });
      return b.add('sum', b.add('sum1', x, y), b.dropPath('drop2', gated, 0.4));
    }),
    6,
  ),
  whole(
    'drop-path in front of a convolution',
    odd,
    behindConv(10, (b, x) => b.conv('conv', b.dropPath('drop', x, 0.3), { filters: 4, kernel: 3 })),
    6,
  ),
];

const blocks = [
  whole(
    'factorised reduction of odd and even sides, behind a separable stack',
    { h: 7, w: 8, c: 3 },
    behindConv(5, (b, x) => {
      const y = separable(b, 'sep', x, {
        filters: 6,
        kernel: 3,
        dilation: 2,
        activation: 'swish',
        batchNorm: bn,
      });
      return factorizedReduction(b, 'fr', y, { filters: 10, batchNorm: bn });
    }),
  ),
  whole(
    'universal bottleneck with both depthwise convolutions, layer scale and drop-path',
    odd,
    behindConv(10, (b, x) => {
      const shared = {
        output: 10,
        activation: 'swish',
        batchNorm: bn,
        layerScale: 0.1,
        dropPath: 0.3,
      } as const;
      const y = universalBottleneck(b, 'u', x, { ...shared, start: 3, middle: 5, stride: 1, expanded: 20 });
      return universalBottleneck(b, 'v', y, { ...shared, start: 5, middle: 0, stride: 2, expanded: 13 });
    }),
    5,
  ),
  whole(
    '1x7 then 7x1, and widths mixed by channel masks',
    { h: 8, w: 7, c: 3 },
    behindConv(9, (b, x) => {
      const y = rowThenColumn(b, 'rc', x, { filters: 9, side: 7, activation: 'tanh', batchNorm: bn });
      const widths = [4, 9].map((active) => channelMask(b, `w${active}`, y, active));
      return b.mix('mix', widths, [0.4, 0.6], true);
    }),
  ),
];

/** Logits in the middle of the network, and once more right behind its first layer. */
function auxiliary(): Case {
  const b = new NetworkBuilder({ h: 8, w: 8, c: 3 });
  const x = normalised(b, 'one', b.conv('front', b.input, { filters: 6, kernel: 1 }), 8);
  const y = normalised(b, 'two', x, 8);
  const logits = (id: string, from: Handle) =>
    b.dense(id, b.globalPool(`${id}/pool`, from), { units: classes });
  const path = b.finish(logits('head', y), [
    {
      output: auxiliaryHead(b, 'aux', x, { classes, batchNorm: bn, activation: 'swish', filters: [6, 9] }),
      weight: 0.4,
    },
    { output: logits('early', x), weight: 0.1 },
  ]);
  return { name: 'auxiliary heads', path, weights: path.weights, batch: 5 };
}

/** Kinds of layers beyond those of mobile networks. */
export const layerCases: readonly Case[] = [
  ...convolutions,
  ...depthwise,
  ...pools,
  ...routes,
  ...figures,
  ...blocks,
  auxiliary(),
];
