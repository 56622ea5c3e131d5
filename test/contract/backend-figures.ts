import { readFileSync } from 'node:fs';
import type { Batch, ClipBy, OptimiserSpec } from '../../src/net/backend.ts';
import { NetworkBuilder } from '../../src/net/builder.ts';
import type { Tensor, Tensors } from '../../src/net/network.ts';
import type { Schedule } from '../../src/train/schedule.ts';

/** One training as PyTorch does it; see `descent-figures.py`. */
interface Figures {
  readonly name: string;
  readonly optimiser: OptimiserSpec;
  readonly clipBy?: ClipBy;
  readonly labelSmoothing: number;
  readonly steps: readonly ({ readonly loss: number } & {
    readonly [tensor: string]: readonly number[] | number;
  })[];
}

/** Figures of a small training and of schedules, made by PyTorch. */
export const figures = JSON.parse(readFileSync(new URL('descent-figures.json', import.meta.url), 'utf8')) as {
  readonly images: readonly (readonly number[])[];
  readonly labels: readonly number[];
  readonly weight: readonly (readonly number[])[];
  readonly bias: readonly number[];
  readonly rates: readonly number[];
  readonly weightDecay: number;
  readonly emaDecay: number;
  readonly clipNorm: number;
  readonly descents: readonly Figures[];
  readonly schedules: readonly { readonly schedule: Schedule; readonly rates: readonly number[] }[];
};

const builder = new NetworkBuilder({ h: 1, w: 1, c: 3 });

/** One dense layer. */
export const figuresPath = builder.finish(builder.dense('head', builder.input, { units: 2 }));

export const figuresBatch: Batch = {
  size: figures.labels.length,
  images: Float32Array.from(figures.images.flat()),
  labels: Int32Array.from(figures.labels),
};

/** Weights and averages before the first step. */
export const figuresStart: Tensors = new Map(
  ['', 'ema:'].flatMap((slot): [string, Tensor][] => [
    [`${slot}head.weight`, { shape: [3, 2], data: Float32Array.from(figures.weight.flat()) }],
    [`${slot}head.bias`, { shape: [2], data: Float32Array.from(figures.bias) }],
  ]),
);
