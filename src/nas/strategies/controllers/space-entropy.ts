import type { ChoiceBlock, Searchable } from '../../space/layout.ts';
import { choiceBlocks } from '../../space/layout.ts';
import { entropyOf, limited, throughSoftmax } from '../softmax.ts';

/**
 * Entropy of the distribution over distinct architectures that independent choices induce, nats: a choice counts with
 * the probability that it decides something, and is drawn from what its limit leaves. `probabilities[choice][option]`.
 */
export const spaceEntropy = (space: Searchable, probabilities: readonly (readonly number[])[]): number =>
  choiceBlocks(space).reduce(
    (sum, choice, at) =>
      sum +
      activity(choice, probabilities) *
        limits(choice, probabilities[at]!, probabilities).reduce(
          (mean, { p, share }) => mean + share * entropyOf(p),
          0,
        ),
    0,
  );

/** What is drawn from, by how a choice is limited: distributions, how often, and by which option of which choice. */
function limits(
  { limit }: ChoiceBlock,
  own: readonly number[],
  probabilities: readonly (readonly number[])[],
): {
  readonly p: readonly number[];
  readonly share: number;
  readonly by?: readonly [position: number, option: number];
}[] {
  if (limit === undefined) return [{ p: own, share: 1 }];
  return limit.options.map((most, option) => ({
    p: limited(own, most),
    share: probabilities[limit.position]![option]!,
    by: [limit.position, option],
  }));
}

/** Derivative of `spaceEntropy` by the logits behind the probabilities: [choice][option]. */
export function entropyGradient(
  space: Searchable,
  probabilities: readonly (readonly number[])[],
): number[][] {
  const choices = choiceBlocks(space);
  const result = probabilities.map((p, at) => {
    const active = activity(choices[at]!, probabilities);
    const sum = p.map(() => 0);
    for (const each of limits(choices[at]!, p, probabilities)) {
      for (const [k, g] of logitGradient(each.p).entries()) sum[k]! += active * each.share * g;
    }
    return sum;
  });
  /** d entropy / d probability through what others decide: [choice][option] */
  const through = probabilities.map((p) => p.map(() => 0));
  for (const [at, choice] of choices.entries()) {
    const ways = limits(choice, probabilities[at]!, probabilities);
    const entropy = ways.reduce((mean, { p, share }) => mean + share * entropyOf(p), 0);
    for (const { p, by } of ways) {
      if (by !== undefined) through[by[0]]![by[1]]! += activity(choice, probabilities) * entropyOf(p);
    }
    for (const { position, options } of choice.when ?? []) {
      const others = activity(choice, probabilities, position) * entropy;
      for (const option of options) through[position]![option]! += others;
    }
  }
  return result.map((own, at) => {
    const indirect = throughSoftmax(probabilities[at]!, through[at]!);
    return own.map((g, k) => g + indirect[k]!);
  });
}

/** Probability that a choice decides something; as if the condition at `without` held. */
const activity = (
  { when = [] }: ChoiceBlock,
  probabilities: readonly (readonly number[])[],
  without?: number,
): number =>
  when.reduce(
    (product, { position, options }) =>
      position === without
        ? product
        : product * options.reduce((sum, option) => sum + probabilities[position]![option]!, 0),
    1,
  );

/** Derivative of a softmax's entropy by its logits: −p_k (log p_k + H). */
function logitGradient(p: readonly number[]): number[] {
  const entropy = entropyOf(p);
  return p.map((value) => (value > 0 ? -value * (Math.log(value) + entropy) : 0));
}
