import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import type { SearchSpace } from '../../src/nas/index.ts';
import {
  canonicalEncoding,
  checkSpace,
  childNetwork,
  choiceBlocks,
  choicesOf,
  crossover,
  describeArchitecture,
  diffArchitectures,
  enasMacroChannelsSpace,
  enasMacroFound,
  enasMacroSpace,
  enasMicroFound,
  enasMicroSpace,
  encodingKey,
  encodingOf,
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
import { architectures } from './enumerate.ts';

describe('sizes', () => {
  test('enas-macro: 6^12 · 2^66', () => {
    const { raw, distinct } = spaceSize(enasMacroSpace());
    expect([raw, distinct]).toEqual([6n ** 12n * 2n ** 66n, 6n ** 12n * 2n ** 66n]);
    expect(Number(raw).toExponential(3)).toBe('1.606e+29');
    expect(choiceBlocks(enasMacroSpace())).toHaveLength(78);
  });

  test('enas-macro-channels: a start and a count of each of six operations, of 36 channels', () => {
    const space = enasMacroChannelsSpace();
    const choices = choiceBlocks(space);
    expect(choices).toHaveLength(12 * 12 + 66);
    expect(choices.slice(0, 4).map(({ id, options }) => [id, options.length])).toEqual([
      ['l0.conv3-start', 36],
      ['l0.conv3-count', 35],
      ['l0.sep3-start', 36],
      ['l0.sep3-count', 35],
    ]);
    // any start with any count; and those that go together: 36 + 35 + … + 1 but the whole
    expect(spaceSize(space)).toEqual({
      raw: (36n * 35n) ** 72n * 2n ** 66n,
      distinct: 665n ** 72n * 2n ** 66n,
    });
  });

  test('distinct ranges are those of an enumeration', () => {
    const space = enasMacroChannelsSpace({ layers: 3, filters: 4, operations: ['conv3'] });
    expect(architectures(space)).toHaveLength(9 ** 3 * 8);
    expect(spaceSize(space)).toEqual({ raw: 12n ** 3n * 8n, distinct: 9n ** 3n * 8n });
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

describe('channels', () => {
  const operations = ['conv3', 'sep5', 'max3'] as const;
  const space = enasMacroChannelsSpace({ layers: 3, filters: 6, operations: [...operations] });
  // starts and counts - 1 of three layers, and their skips
  const encoding = [0, 1, 5, 0, 2, 3, ...[1, 4, 0, 4, 3, 0, 1], ...[0, 0, 0, 0, 0, 0, 0, 1]];

  test('in a line, and where two differ', () => {
    expect(describeArchitecture(space, encoding)).toBe(
      'conv3[0-1] sep5[5] max3[2-5] · conv3[1-5] sep5[0-4] max3[3] +0 · conv3[0] sep5[0] max3[0] +1',
    );
    expect(diffArchitectures(space, encoding, encoding.with(1, 2))).toEqual([
      { choice: 'l0.conv3-count', from: '2', to: '3' },
    ]);
  });

  /** Parameters of a branch of `count` of `c` channels, by hand; twice the channels are those of normalisation. */
  const branch = {
    conv3: (c: number, count: number) => c * c + 2 * c + 9 * c * count + 2 * count,
    sep5: (c: number, count: number) => c * c + 2 * c + 25 * c + c * count + 2 * count,
    max3: (c: number, count: number) => c * count + 2 * count,
  };
  const counts = [
    [2, 1, 4],
    [5, 5, 1],
    [1, 1, 1],
  ];

  test('parameters by hand', () => {
    const c = 6;
    const layers = counts.map((each, layer) => {
      const parts = each.reduce((sum, count) => sum + count, 0);
      const own = each.reduce((sum, count, k) => sum + branch[operations[k]!](c, count), 0);
      return own + parts * c + 2 * c + (layer > 0 ? 2 * c : 0);
    });
    const halvings = (2 + 3) * (c * c + 2 * c);
    const stem = 27 * c + 2 * c;
    const all = layers.reduce((sum, own) => sum + own, stem + halvings + c * 10);
    expect(countNetwork(childNetwork(space, encoding)).params).toBe(all);
  });

  test('the same choices wider, as a network is trained in the end: channels double, and parts with them', () => {
    const wide = enasMacroChannelsSpace({
      layers: 3,
      filters: 12,
      partition: 6,
      operations: [...operations],
      form: 'final',
    });
    expect(choiceBlocks(wide)).toEqual(choiceBlocks(space));
    let params = 27 * 12 + 2 * 12;
    for (const [layer, each] of counts.entries()) {
      const c = 12 * 2 ** layer;
      // what comes in has been brought to the layer's channels by the halving before it
      const own = each.map((count, k) => branch[operations[k]!](c, (count * c) / 6));
      const parts = each.reduce((sum, count) => sum + (count * c) / 6, 0);
      params += own.reduce((sum, n) => sum + n, 0) + parts * c + 2 * c;
      if (layer > 0) params += 2 * c * c + 2 * c;
      if (layer < 2) params += (layer + 2) * (c * 2 * c + 4 * c);
    }
    params += 48 * 10;
    expect(countNetwork(childNetwork(wide, encoding)).params).toBe(params);
  });

  test('parts that are not equal, or too few, are refused', () => {
    for (const partition of [1, 2, 4]) {
      expect(checkSpace({ ...space, partition })).toMatchObject({
        ok: false,
        failures: [
          {
            code: 'impossible-partition',
            message: `the space enas-macro-channels cannot divide 6 filters into ${partition} parts: take 3 or more that are equal, or 0 for none`,
          },
        ],
      });
    }
  });

  test('what does not go together is no architecture', () => {
    const words = choicesOf(space, encoding);
    expect(encodingOf(space, words)).toEqual({ ok: true, value: encoding });
    const found = encodingOf(space, { ...words, 'l0.sep5-count': '2' });
    const message = 'l0.sep5-count cannot be "2" here; it can be 1';
    expect(found).toEqual({ ok: false, failures: [{ code: 'unknown-option', message }] });
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
  enasMacroChannelsSpace({ layers: 4, filters: 4 }),
  enasMacroChannelsSpace({ layers: 4, filters: 6, partition: 3, form: 'final' }),
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
