import type { MacroSpace } from '../../schema/generated/artifacts/search-space.ts';
import type { Encoding } from '../space/choice.ts';
import type { MacroBranch } from '../space/macro.ts';

/** What a layer costs. */
export interface LayerPrices {
  readonly branch: (branch: MacroBranch) => number;
  /** What joins so many parts of channels; 0 where they are not parted. */
  readonly mix: (parts: number) => number;
}

type Better = (a: number, b: number) => boolean;

/**
 * The best operation of a layer, or where channels are parted the best counts of all operations, by the number of parts that
 * they have together: the layer's part of an encoding without its skips. Ranges begin with the first part.
 */
export function bestOperations(
  { operations, partition }: MacroSpace,
  { branch, mix }: LayerPrices,
  better: Better,
): Encoding {
  if (partition === 0) {
    const prices = operations.map((operation) => branch({ operation, first: 0, count: 1 }));
    return [prices.reduce((best, value, k) => (better(value, prices[best]!) ? k : best), 0)];
  }
  /** Counts less one, the last operation's first. */
  interface Counts {
    readonly value: number;
    readonly last: number;
    readonly before?: Counts;
  }
  let found = new Map<number, Counts>([[0, { value: 0, last: 0 }]]);
  for (const operation of operations) {
    const next: typeof found = new Map();
    const prices = Array.from({ length: partition - 1 }, (_, k) =>
      branch({ operation, first: 0, count: k + 1 }),
    );
    for (const [parts, before] of found) {
      for (const [k, price] of prices.entries()) {
        const value = before.value + price;
        const held = next.get(parts + k + 1);
        if (held === undefined || better(value, held.value))
          next.set(parts + k + 1, { value, last: k, before });
      }
    }
    found = next;
  }
  const mixed = [...found].map(([parts, counts]) => ({ value: counts.value + mix(parts), counts }));
  let { counts } = mixed.reduce((a, b) => (better(b.value, a.value) ? b : a));
  const encoding: number[] = [];
  for (; counts.before !== undefined; counts = counts.before) encoding.unshift(0, counts.last);
  return encoding;
}
