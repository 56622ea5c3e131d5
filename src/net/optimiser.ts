import type { WeightSpec } from './network.ts';

interface Averaging {
  /** Keep an exponential moving average of every weight (slot `ema:<name>`), moving statistics included. */
  readonly ema: boolean;
}

/** v = momentum·v + g; the weight moves by -rate·v, or, in Nesterov's form, by -rate·(g + momentum·v). */
export interface Sgd {
  readonly kind: 'sgd';
  /** 0…1; 0 keeps no slot. */
  readonly momentum: number;
  readonly nesterov: boolean;
}

/**
 * RMSProp (Tieleman & Hinton 2012) as `tf.train.RMSPropOptimizer` has it, which MnasNet, MobileNetV3 and TuNAS were trained
 * with: s = decay·s + (1-decay)·g², v = momentum·v + rate·g/√(s + epsilon); the weight moves by -v. `s` starts at 1, so
 * that the first steps are not 1/√(1-decay) times too large; that of Keras starts at 0.
 */
export interface RmsProp {
  readonly kind: 'rmsprop';
  readonly decay: number;
  /** 0…1; 0 keeps no slot. */
  readonly momentum: number;
  readonly epsilon: number;
}

/**
 * Adam (Kingma & Ba 2015): m = beta1·m + (1-beta1)·g, s = beta2·s + (1-beta2)·g²; the weight moves by
 * -rate·m̂/(√ŝ + epsilon), both divided by 1-betaᵗ, t the number of steps that have moved this weight.
 */
export interface Adam {
  readonly kind: 'adam';
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** AdamW (Loshchilov & Hutter 2019): weight decay moves the weight by -rate·decay·w and is no part of the gradient. */
  readonly decoupled: boolean;
}

/** Settled when the model is built; decides which slots exist. */
export type OptimiserSpec = Averaging & (Sgd | RmsProp | Adam);

/** What an optimiser keeps of a weight: `<slot>:<name>`. `momentum`: v or m; `square`: s; `steps`: t, one number. */
export type Slot = 'momentum' | 'square' | 'steps' | 'ema';

/** What every element of a slot is before the first step. */
export const slotStart = (slot: Slot, { kind }: OptimiserSpec): number =>
  slot === 'square' && kind === 'rmsprop' ? 1 : 0;

/** Slots of one weight with their shapes. */
export function slotsOf(
  { shape, trainable }: Pick<WeightSpec, 'shape' | 'trainable'>,
  optimiser: OptimiserSpec,
): readonly (readonly [slot: Slot, shape: readonly number[]])[] {
  const { kind } = optimiser;
  const moved = kind === 'adam' || optimiser.momentum > 0;
  return [
    ...(trainable && moved ? [['momentum', shape] as const] : []),
    ...(trainable && kind !== 'sgd' ? [['square', shape] as const] : []),
    ...(trainable && kind === 'adam' ? [['steps', [1]] as const] : []),
    ...(optimiser.ema ? [['ema', shape] as const] : []),
  ];
}
