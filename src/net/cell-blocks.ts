import { convBnAct } from './blocks.ts';
import type { Handle, NetworkBuilder } from './builder.ts';
import type { BatchNormOptions, BatchNormSettings } from './builder-options.ts';
import type { ActivationName } from './network.ts';

/** Normalisation without a name of its own. */
type Norm = Omit<BatchNormOptions, 'name'>;

/**
 * Factorised reduction (ENAS, NASNet): halves the sides by two 1x1 convolutions, one of every second pixel and one of
 * the pixels between, concatenated and normalised; with stride 1 a 1x1 convolution and normalisation.
 * Layers `<id>.even`, `<id>.odd` (each `.pixels`, `.conv`), `<id>.both`, `<id>.bn`, or `<id>.conv`, `<id>.bn`.
 */
export function factorizedReduction(
  builder: NetworkBuilder,
  id: string,
  from: Handle,
  options: {
    readonly filters: number;
    readonly stride?: 1 | 2;
    readonly batchNorm: Norm;
    /** Makes the convolutions of a halving; default: 1x1 without bias. */
    readonly conv?: (id: string, from: Handle, filters: number) => Handle;
  },
): Handle {
  const { filters, stride = 2, batchNorm } = options;
  const conv = options.conv ?? ((name, x, count) => builder.conv(name, x, { filters: count, kernel: 1 }));
  if (stride === 1) return convBnAct(builder, id, from, { filters, kernel: 1, batchNorm });
  if (filters % 2 !== 0) throw new Error(`internal error: expected even filters of ${id}, got ${filters}`);
  const half = (name: string, offset: number): Handle =>
    conv(
      `${id}.${name}.conv`,
      builder.subsample(`${id}.${name}.pixels`, from, { stride, offset }),
      filters / 2,
    );
  const both = builder.concat(`${id}.both`, [half('even', 0), half('odd', 1)]);
  return builder.batchNorm(`${id}.bn`, both, batchNorm);
}

export interface SeparableOptions {
  readonly filters: number;
  readonly kernel: number;
  /** Of the first repeat. */
  readonly stride?: number;
  readonly dilation?: number;
  /** Depthwise and pointwise convolutions one behind the other; default 2, as in NASNet cells. */
  readonly repeats?: number;
  /** In front of each depthwise convolution; absent: none. */
  readonly activation?: ActivationName;
  readonly batchNorm: Norm;
}

/**
 * Stack of separable convolutions: activation, depthwise, pointwise, normalisation, repeated.
 * Layers `<id>.<repeat>.act`, `.depthwise`, `.pointwise`, `.bn`.
 */
export function separable(
  builder: NetworkBuilder,
  id: string,
  from: Handle,
  options: SeparableOptions,
): Handle {
  const { filters, kernel, stride = 1, dilation = 1, repeats = 2, activation, batchNorm } = options;
  let x = from;
  for (let i = 0; i < repeats; i++) {
    const name = `${id}.${i + 1}`;
    if (activation !== undefined) x = builder.activation(`${name}.act`, x, activation);
    x = builder.depthwise(`${name}.depthwise`, x, { kernel, stride: i === 0 ? stride : 1, dilation });
    x = builder.conv(`${name}.pointwise`, x, { filters, kernel: 1 });
    x = builder.batchNorm(`${name}.bn`, x, batchNorm);
  }
  return x;
}

/**
 * A k x k convolution as 1 x k and then k x 1 (AmoebaNet's 1x7 then 7x1), activation in front, normalisation behind; the
 * first takes the stride. Layers `<id>.act`, `<id>.row`, `<id>.column`, `<id>.bn`.
 */
export function rowThenColumn(
  builder: NetworkBuilder,
  id: string,
  from: Handle,
  options: {
    readonly filters: number;
    readonly side: number;
    readonly stride?: number;
    readonly activation: ActivationName;
    readonly batchNorm: Norm;
  },
): Handle {
  const { filters, side, stride = 1, activation, batchNorm } = options;
  const x = builder.activation(`${id}.act`, from, activation);
  const row = builder.conv(`${id}.row`, x, { filters, kernel: { h: 1, w: side }, stride });
  const column = builder.conv(`${id}.column`, row, { filters, kernel: { h: side, w: 1 } });
  return builder.batchNorm(`${id}.bn`, column, batchNorm);
}

/**
 * Auxiliary head (ENAS and NASNet): activation, average pooling 5x5 of stride 3 inside the picture, 1x1 convolution, a
 * convolution of the whole picture, each normalised and activated, classifier. Smaller pictures
 * are pooled with windows as large as they are. Layers `<id>.act`, `.pool`, `.narrow.*`, `.whole.*`, `.classifier`.
 */
export function auxiliaryHead(
  builder: NetworkBuilder,
  id: string,
  from: Handle,
  options: {
    readonly classes: number;
    readonly activation?: ActivationName;
    /** Filters of both convolutions; default 128 and 768. */
    readonly filters?: readonly [narrow: number, whole: number];
    readonly batchNorm: BatchNormSettings;
  },
): Handle {
  const { classes, activation = 'relu', filters = [128, 768], batchNorm } = options;
  const kernel = { h: Math.min(5, from.shape.h), w: Math.min(5, from.shape.w) };
  let x = builder.activation(`${id}.act`, from, activation);
  x = builder.pool(`${id}.pool`, x, { fn: 'average', kernel, stride: 3, padding: 'valid' });
  x = convBnAct(builder, `${id}.narrow`, x, { filters: filters[0], kernel: 1, activation, batchNorm });
  const { h, w } = x.shape;
  x = builder.conv(`${id}.whole.conv`, x, { filters: filters[1], kernel: { h, w }, padding: 'valid' });
  x = builder.activation(`${id}.whole.act`, builder.batchNorm(`${id}.whole.bn`, x, batchNorm), activation);
  return builder.dense(`${id}.classifier`, x, {
    units: classes,
    init: { kind: 'normal', deviation: 0.01 },
  });
}

/**
 * The first `active` channels, zeros in place of the others: a width that is chosen among wider ones of one shape, as
 * TuNAS's channel masks. Where widths are not mixed, a path over prefixes computes the same at less cost.
 * Layers `<id>.active`, `<id>.rest`, `<id>`.
 */
export function channelMask(builder: NetworkBuilder, id: string, from: Handle, active: number): Handle {
  const rest = from.shape.c - active;
  if (rest === 0) return builder.identity(id, from);
  const first = builder.slice(`${id}.active`, from, 0, active);
  return builder.concat(id, [first, builder.zero(`${id}.rest`, { ...from.shape, c: rest })]);
}
