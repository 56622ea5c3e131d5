import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import type { SearchSpace } from '../../src/nas/index.ts';
import {
  canonicalEncoding,
  checkSpace,
  childNetwork,
  choiceBlocks,
  crossover,
  describeArchitecture,
  diffArchitectures,
  enasMacroFound,
  enasMacroSpace,
  enasMicroFound,
  enasMicroSpace,
  encodingKey,
  looseEnds,
  macsCost,
  mutate,
  nasnetSpace,
  neighbours,
  paramsCost,
  randomEncoding,
  spaceSize,
} from '../../src/nas/index.ts';
import { checkNetwork, countNetwork } from '../../src/net/index.ts';

describe('sizes', () => {
  test('enas-macro: 6^12 · 2^66', () => {
    const { raw, distinct } = spaceSize(enasMacroSpace());
    expect([raw, distinct]).toEqual([6n ** 12n * 2n ** 66n, 6n ** 12n * 2n ** 66n]);
    expect(Number(raw).toExponential(3)).toBe('1.606e+29');
    expect(choiceBlocks(enasMacroSpace())).toHaveLength(78);
  });

  test('enas-micro: 5.06e12 a cell, 2.56e25 both; fewer as branches change places', () => {
    const { raw, distinct } = spaceSize(enasMicroSpace());
    expect(Number(raw).toExponential(2)).toBe('2.56e+25');
    expect(Math.sqrt(Number(raw)).toExponential(2)).toBe('5.06e+12');
    expect(distinct).toBe((55n * 120n * 210n * 325n * 465n) ** 2n);
  });

  test('distinct cells are those of an enumeration', () => {
    const space = { ...enasMicroSpace(), nodes: 2, operations: ['sep3', 'max3'] as ('sep3' | 'max3')[] };
    const keys = new Set<string>();
    const all = choiceBlocks(space).reduce<number[][]>(
      (partial, { options }) => partial.flatMap((each) => options.map((_, option) => [...each, option])),
      [[]],
    );
    for (const each of all.filter((_, index) => index % (all.length / 576) === 0)) {
      keys.add(encodingKey(canonicalEncoding(space, each)));
    }
    expect(spaceSize(space)).toEqual({ raw: 331_776n, distinct: 210n * 210n });
    expect(all).toHaveLength(331_776);
    const reductions = new Set(all.slice(0, 576).map((each) => encodingKey(canonicalEncoding(space, each))));
    expect(reductions.size).toBe(210);
  });
});

describe('what ENAS found, from its arcs', () => {
  test.each([
    ['macro', enasMacroFound(), 42_559_392, 5_646_094_080],
    ['micro', enasMicroFound(), 3_894_372, 620_907_552],
  ])('%s', (_, { space, encoding }, params, macs) => {
    const network = childNetwork(space, encoding);
    expect(checkNetwork(network).ok).toBe(true);
    expect(countNetwork(network)).toMatchObject({ params, macs });
  });

  test('in a line, and where two differ', () => {
    const space = enasMacroSpace({ layers: 3 });
    expect(describeArchitecture(space, [0, 3, 1, 5, 0, 1])).toBe('conv3 · sep5 +0 · max3 +1');
    expect(diffArchitectures(space, [0, 3, 1, 5, 0, 1], [0, 3, 0, 5, 0, 1])).toEqual([
      { choice: 'l1.skip0', from: 'on', to: 'off' },
    ]);
    const { space: micro, encoding } = enasMicroFound();
    expect(describeArchitecture(micro, encoding)).toMatch(
      /^normal sep3\(0\)\+avg3\(0\), sep5\(0\)\+identity\(0\), /,
    );
  });
});

test('anchors: the release counts the stem, the paper the layers', () => {
  const joined = (anchors: 'release' | 'layers'): string[] => {
    const network = childNetwork(enasMacroSpace({ layers: 3, anchors }), [0, 0, 1, 0, 0, 0]);
    return network.layers.flatMap(({ id, inputs }) => (id === 'l1.add0' ? [...inputs] : []));
  };
  expect(joined('release')[0]).toBe('l0.half0.bn');
  expect(joined('layers')[0]).toBe('l0.half1.bn');
});

const small: readonly SearchSpace[] = [
  enasMacroSpace({ layers: 4, filters: 4 }),
  enasMacroSpace({ layers: 4, filters: 4, form: 'final' }),
  enasMicroSpace({ layers: 3, filters: 4 }),
  enasMicroSpace({ layers: 3, filters: 4, form: 'final' }),
  nasnetSpace({ layers: 3, filters: 4 }),
];

describe.each(small.map((space) => [`${space.name}, ${'form' in space ? space.form : ''}`, space] as const))(
  '%s',
  (_, space) => {
    const ranges = [paramsCost(space), macsCost(space)].map((cost) => ({ cost, ...cost.range() }));

    test('any architecture is a sound network within the range of costs', () => {
      expect(checkSpace(space)).toEqual({ ok: true, value: space });
      fc.assert(
        fc.property(fc.nat(1_000_000), (seed) => {
          const encoding = randomEncoding(space, createRng(seed));
          expect(canonicalEncoding(space, encoding)).toEqual(encoding);
          expect(checkNetwork(childNetwork(space, encoding)).ok).toBe(true);
          for (const { cost, min, max } of ranges) {
            expect(cost.cost(encoding)).toBeGreaterThanOrEqual(min);
            expect(cost.cost(encoding)).toBeLessThanOrEqual(max);
          }
        }),
        { numRuns: 60 },
      );
    });

    test('no neighbour of the dearest is dearer, none of the cheapest cheaper', () => {
      for (const { cost, min, max, minEncoding, maxEncoding } of ranges) {
        for (const each of neighbours(space, minEncoding))
          expect(cost.cost(each)).toBeGreaterThanOrEqual(min);
        for (const each of neighbours(space, maxEncoding)) expect(cost.cost(each)).toBeLessThanOrEqual(max);
      }
    });

    test('mutation gives neighbours, crossover what parents have', () => {
      fc.assert(
        fc.property(fc.nat(1_000_000), (seed) => {
          const rng = createRng(seed);
          const [a, b] = [randomEncoding(space, rng), randomEncoding(space, rng)];
          const around = neighbours(space, a).map(encodingKey);
          expect(around).toContain(encodingKey(mutate(space, a, rng)));
          expect(around).not.toContain(encodingKey(a));
          expect(crossover(space, a, a, rng)).toEqual(a);
          const child = crossover(space, a, b, rng);
          expect(canonicalEncoding(space, child)).toEqual(child);
        }),
        { numRuns: 30 },
      );
    });
  },
);

test('loose ends are what no node reads', () => {
  const branch = (input: number) => ({ input, operation: 'sep3' as const });
  expect(
    looseEnds([
      [branch(0), branch(0)],
      [branch(0), branch(2)],
    ]),
  ).toEqual([1, 3]);
});
