import { convBnAct, head, mbconv, squeezeUnits } from '../blocks.ts';
import { NetworkBuilder } from '../builder.ts';
import type { ActivationName, Network } from '../network.ts';
import { makeDivisible } from '../shape.ts';
import type { PublishedOptions } from './options.ts';
import { publishedDefaults } from './options.ts';

type Row = readonly [
  kernel: number,
  expanded: number,
  output: number,
  squeeze: 'se' | '-',
  activation: 're' | 'hs',
  stride: number,
];

interface Table {
  readonly rows: readonly Row[];
  /** Channels of the last 1x1 convolution and units of the dense layer after the mean. */
  readonly filters: number;
  readonly hidden: number;
}

/** Paper table 1. */
export const mobilenetV3LargeTable: Table = {
  rows: [
    [3, 16, 16, '-', 're', 1],
    [3, 64, 24, '-', 're', 2],
    [3, 72, 24, '-', 're', 1],
    [5, 72, 40, 'se', 're', 2],
    [5, 120, 40, 'se', 're', 1],
    [5, 120, 40, 'se', 're', 1],
    [3, 240, 80, '-', 'hs', 2],
    [3, 200, 80, '-', 'hs', 1],
    [3, 184, 80, '-', 'hs', 1],
    [3, 184, 80, '-', 'hs', 1],
    [3, 480, 112, 'se', 'hs', 1],
    [3, 672, 112, 'se', 'hs', 1],
    [5, 672, 160, 'se', 'hs', 2],
    [5, 960, 160, 'se', 'hs', 1],
    [5, 960, 160, 'se', 'hs', 1],
  ],
  filters: 960,
  hidden: 1280,
};

/** Paper table 2; no squeeze-and-excitation at the last convolution, as in every release. */
export const mobilenetV3SmallTable: Table = {
  rows: [
    [3, 16, 16, 'se', 're', 2],
    [3, 72, 24, '-', 're', 2],
    [3, 88, 24, '-', 're', 1],
    [5, 96, 40, 'se', 'hs', 2],
    [5, 240, 40, 'se', 'hs', 1],
    [5, 240, 40, 'se', 'hs', 1],
    [5, 120, 48, 'se', 'hs', 1],
    [5, 144, 48, 'se', 'hs', 1],
    [5, 288, 96, 'se', 'hs', 2],
    [5, 576, 96, 'se', 'hs', 1],
    [5, 576, 96, 'se', 'hs', 1],
  ],
  filters: 576,
  hidden: 1024,
};

const ACTIVATIONS: { readonly [name in 're' | 'hs']: ActivationName } = { re: 'relu', hs: 'h-swish' };

/** MobileNetV3-Large (Howard et al. 2019, table 1). */
export const mobilenetV3Large = (options: PublishedOptions = {}): Network =>
  build(mobilenetV3LargeTable, options);

/** MobileNetV3-Small (Howard et al. 2019, table 2). */
export const mobilenetV3Small = (options: PublishedOptions = {}): Network =>
  build(mobilenetV3SmallTable, options);

function build(table: Table, options: PublishedOptions): Network {
  const { width, input, classes, batchNorm } = publishedDefaults(options);
  const scale = (channels: number): number => makeDivisible(channels * width);
  const builder = new NetworkBuilder(input);
  let x = convBnAct(builder, 'stem', builder.input, {
    filters: scale(16),
    kernel: 3,
    stride: 2,
    activation: 'h-swish',
    batchNorm,
  });
  for (const [index, [kernel, expanded, output, se, activation, stride]] of table.rows.entries()) {
    const wide = scale(expanded);
    x = mbconv(builder, `b${index + 1}`, x, {
      expanded: wide,
      output: scale(output),
      kernel,
      stride,
      activation: ACTIVATIONS[activation],
      ...(se === 'se'
        ? { squeezeExcite: { squeeze: squeezeUnits('expanded', wide), gate: 'hard-sigmoid' as const } }
        : {}),
      batchNorm,
    });
  }
  return builder.finish(
    head(builder, x, {
      filters: scale(table.filters),
      hidden: scale(table.hidden),
      activation: 'h-swish',
      dropout: 0.2,
      classes,
      batchNorm,
    }),
  );
}
