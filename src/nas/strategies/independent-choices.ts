import type { ChoiceBlock, Encoding } from '../space/choice.ts';
import { activeChoices, optionCount } from '../space/choice.ts';
import { limited, softmax } from './softmax.ts';

/** probabilities[choice][option], in the order of an encoding. */
export type Probabilities = readonly (readonly number[])[];

interface Layout {
  readonly choices: readonly ChoiceBlock[];
}

/** Of each choice block the softmax of its logits, limits apart. */
export const choiceProbabilities = (logits: readonly Float32Array[]): number[][] =>
  logits.map((own) => softmax(own));

/** What a choice was drawn from on the way to an encoding: its options within the limit that the encoding sets. */
export const drawnFrom = (
  layout: Layout,
  probabilities: Probabilities,
  encoding: Encoding,
  at: number,
): readonly number[] => limited(probabilities[at]!, optionCount(layout, encoding, at));

/**
 * Every choice block in turn, picked from what its limit leaves. Not canonical: choices that decide nothing are picked,
 * too, and the log-probability is that of this sequence.
 */
export function eachChoice(
  layout: Layout,
  probabilities: Probabilities,
  pick: (p: readonly number[]) => number,
): Encoding {
  const picked: number[] = [];
  for (const at of layout.choices.keys()) picked.push(pick(drawnFrom(layout, probabilities, picked, at)));
  return picked;
}

/** log P of a sequence, nats; only choices that decide something count. */
export const sequenceLogProbability = (
  layout: Layout,
  probabilities: Probabilities,
  encoding: Encoding,
): number =>
  activeChoices(layout, encoding).reduce(
    (sum, active, at) =>
      active ? sum + Math.log(drawnFrom(layout, probabilities, encoding, at)[encoding[at]!]!) : sum,
    0,
  );

/**
 * Adds weight · dlog P(sequence)/dlogits. Choices that decide nothing get none, options beyond a limit neither: the
 * softmax over the options within it is what was drawn from.
 *
 * @param gradients by choice block and option
 */
export function addLogProbabilityGradient(
  layout: Layout,
  probabilities: Probabilities,
  encoding: Encoding,
  weight: number,
  gradients: readonly Float64Array[],
): void {
  for (const [at, active] of activeChoices(layout, encoding).entries()) {
    if (!active) continue;
    for (const [k, p] of drawnFrom(layout, probabilities, encoding, at).entries()) {
      gradients[at]![k]! += weight * ((k === encoding[at] ? 1 : 0) - p);
    }
  }
}
