import type { Gradient, View } from './ops.ts';
import type { Prefix } from './weights.ts';

/** What a plan is for. */
export interface Mode {
  /** Backward pass and gradients. */
  readonly backward: boolean;
  /** Statistics that batch normalisation uses. */
  readonly statistics: 'moving' | 'batch';
  /** Whether moving statistics are updated. */
  readonly moving: boolean;
  readonly dropout: boolean;
  /** Whether gradients at gates are wanted. */
  readonly gates: boolean;
  /** Read the averaged weights. */
  readonly ema: boolean;
}

/** Forward passes that change nothing. */
export const evaluationMode = (statistics: 'moving' | 'batch', ema: boolean): Mode => ({
  backward: false,
  statistics,
  moving: false,
  dropout: false,
  gates: false,
  ema,
});

/**
 * The tensor that a layer produced. Its view may leave normalisation, activation and gate to its reader; such a value
 * has exactly one reader, and its gradient is kept as that of the normalised data, before the activation (with `sums`
 * for the normalisation), or, when gated, as that of the gated values.
 */
export interface Value {
  readonly view: View;
  /** Whether anything upstream learns from its gradient. */
  readonly learns: boolean;
  gradient: Gradient | undefined;
  sums: number;
  /** Buffers that it holds. */
  readonly buffers: number[];
}

/** The gradient of one use of a weight: [parts, outer · rows, stride]. */
export interface WeightUse {
  readonly name: string;
  readonly prefix: Prefix;
  readonly gradient: number;
  readonly stride: number;
  readonly parts: number;
}
