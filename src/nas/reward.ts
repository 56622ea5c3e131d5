import { never } from '../base/result.ts';

/**
 * How accuracy (0…1) and a cost against its target become what a strategy maximises:
 * - `accuracy`: accuracy alone;
 * - `tunas-absolute`: accuracy + beta · |cost / target − 1| (TuNAS §3.2), beta −0.1 unless given;
 * - `mnas-soft`: accuracy · (cost / target)^exponent, exponent −0.07 unless given (MnasNet §3);
 * - `mnas-hard`: accuracy where cost ≤ target, else accuracy · (cost / target)^exponent, exponent −1 unless given.
 */
export type RewardSpec =
  | { readonly kind: 'accuracy' }
  | { readonly kind: 'tunas-absolute'; readonly target: number; readonly beta?: number }
  | { readonly kind: 'mnas-soft' | 'mnas-hard'; readonly target: number; readonly exponent?: number };

export type RewardKind = RewardSpec['kind'];

/** The reward of one evaluation; `cost` in the unit of the target. */
export function reward(spec: RewardSpec, accuracy: number, cost: number): number {
  switch (spec.kind) {
    case 'accuracy':
      return accuracy;
    case 'tunas-absolute':
      return accuracy + (spec.beta ?? -0.1) * Math.abs(cost / spec.target - 1);
    case 'mnas-soft':
      return accuracy * (cost / spec.target) ** (spec.exponent ?? -0.07);
    case 'mnas-hard':
      return cost <= spec.target ? accuracy : accuracy * (cost / spec.target) ** (spec.exponent ?? -1);
    default:
      return never(spec);
  }
}
