import { fail, ok, type Result } from '../base/result.ts';
import type { Rng } from '../base/rng.ts';

/** How many of `count` fall to each of `classes`: equally many, the first classes one more where it does not divide. */
const quotas = (count: number, classes: number): number[] =>
  Array.from({ length: classes }, (_, c) => Math.floor(count / classes) + (c < count % classes ? 1 : 0));

/**
 * Draws disjoint parts out of labelled examples, each part of the wanted size and balanced over the classes (to one
 * example). The parts are drawn from one shuffle of each class (`rng.fork(class)`), in the order given, so the first
 * part does not depend on the sizes of those after it. Indices in each part ascend. When the sizes add up to all
 * examples, the last part is whatever the others leave, balanced or not.
 * Fails with `too-few-images` when a class has not enough examples.
 */
export function drawBalanced(
  labels: Uint8Array,
  classes: readonly string[],
  sizes: readonly number[],
  rng: Rng,
): Result<readonly Uint32Array[]> {
  const byClass = classes.map((): number[] => []);
  labels.forEach((label, index) => {
    byClass[label]!.push(index);
  });
  const parts = sizes.map((): number[] => []);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  for (const [label, members] of byClass.entries()) {
    const wanted = sizes.map((size) => quotas(size, classes.length)[label]!);
    if (total === labels.length) {
      wanted[wanted.length - 1] = 0;
      wanted[wanted.length - 1] = Math.max(0, members.length - wanted.reduce((sum, size) => sum + size, 0));
    }
    const needed = wanted.reduce((sum, size) => sum + size, 0);
    if (needed > members.length) {
      const message =
        `${total} images in equal shares of ${classes.length} classes need ${needed} of class ` +
        `"${classes[label]}", and there are ${members.length}; ask for fewer`;
      return fail({ code: 'too-few-images', message });
    }
    const order = rng.fork(label).permutation(members.length);
    let taken = 0;
    for (const [part, size] of wanted.entries()) {
      for (const position of order.subarray(taken, taken + size)) parts[part]!.push(members[position]!);
      taken += size;
    }
  }
  return ok(parts.map((part) => Uint32Array.from(part).sort()));
}
