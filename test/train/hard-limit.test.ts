import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import {
  type CostModel,
  type Encoding,
  encodingKey,
  type MobilenetSpace,
  macsCost,
  paramsCost,
  randomEncoding,
  spaceOperators,
} from '../../src/nas/index.ts';
import { hardLimit, limitedTo } from '../../src/train/index.ts';
import { mainSpace, smallSpace } from '../nas/spaces.ts';
import { space, spaceDigest, table, tableSum } from '../stages/tiny.ts';

const spaces: readonly MobilenetSpace[] = [mainSpace, smallSpace];
const costsOf: readonly ((space: MobilenetSpace) => CostModel)[] = [macsCost, paramsCost];

/** A policy that always draws the same few architectures, wherever the limit is; the ends of the range are likely. */
const cases = fc.record({
  of: fc.constantFrom(...spaces),
  cost: fc.constantFrom(...costsOf),
  fraction: fc.oneof(fc.constantFrom(0, 1e-9, 1), fc.double({ min: 0, max: 1, noNaN: true })),
  seed: fc.nat(1000),
  size: fc.integer({ min: 1, max: 3 }),
});

describe('a hard limit holds whatever the policy is', () => {
  test('of any draws and of any one architecture', () => {
    fc.assert(
      fc.property(cases, ({ of, cost, fraction, seed, size }) => {
        const model = cost(of);
        const { min, max } = model.range();
        const value = min + fraction * (max - min);
        const limit = limitedTo(spaceOperators(of, { cost: model, value }));
        const policy = Array.from({ length: size }, (_, k) => randomEncoding(of, createRng(seed).fork(k)));
        let draw = 0;
        const found = limit.drawn(() => policy[draw++ % size]!);
        expect(model.cost(found)).toBeLessThanOrEqual(value);
        expect(limit.allows(found)).toBe(true);
        const first = policy.find((encoding) => model.cost(encoding) <= value);
        if (first) expect(found).toEqual(first);
        for (const encoding of policy) {
          const below = limit.below(encoding);
          expect(model.cost(below)).toBeLessThanOrEqual(value);
          if (model.cost(encoding) <= value) expect(below).toEqual(encoding);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('also where no single choice makes an architecture cheaper: then it is the cheapest of all', () => {
    const model = macsCost(smallSpace);
    const { minEncoding, min } = model.range();
    const operators = spaceOperators(smallSpace, { cost: model, value: min });
    const stuck = { ...operators, neighbours: (): Encoding[] => [] };
    expect(limitedTo(stuck).below([1, 2, 0, 2, 1, 1, 0])).toEqual(minEncoding);
  });
});

test('of a latency, the table decides; without a limit everything is allowed', () => {
  const inputs = { space, table };
  const limit = hardLimit(inputs, spaceDigest, { quantity: 'latency', fraction: 0.1 });
  const dearest: Encoding = [1, 2, 0, 2, 1, 1, 1];
  const found = limit.below(dearest);
  expect(tableSum(found)).toBeLessThan(tableSum(dearest));
  expect(limit.allows(dearest)).toBe(false);
  const none = hardLimit(inputs, spaceDigest, null);
  expect(none.allows(dearest)).toBe(true);
  expect(encodingKey(none.drawn(() => dearest))).toBe(encodingKey(none.below(dearest)));
});
