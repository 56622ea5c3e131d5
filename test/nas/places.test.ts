import { expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import {
  absentKey,
  canonicalEncoding,
  choiceBlocks,
  type LatencyTable,
  latencyCost,
  latencyKeys,
  placedKey,
  placesOf,
  predictLatency,
  profileItems,
  type StacksSpace,
} from '../../src/nas/index.ts';
import { identity, imagenet, mbconv, stack } from '../../src/nas/space/named/parts.ts';
import { architectures, rawEncodings } from './enumerate.ts';
import { sortedSpace } from './spaces.ts';

const digest = '7'.repeat(64);

/** Widths before, in and behind layers that may be left out; small enough to try every architecture. */
const space: StacksSpace = {
  ...imagenet({ input: { h: 8, w: 8, c: 2 }, classes: 3 }),
  name: 'places',
  stem: { filters: [8, 16], kernel: [3], stride: 1, activation: 'relu' },
  stacks: [
    stack('s1', {
      filters: [],
      activation: 'relu',
      first: [mbconv({ kernel: [3], expansion: [1, 2] }), identity],
    }),
    stack('s2', {
      filters: [8, 16, 24],
      depth: [3],
      stride: 2,
      activation: 'relu',
      first: [mbconv({ kernel: [3, 5], expansion: [2], skip: ['none'] })],
      others: [mbconv({ kernel: [3, 5], expansion: [2] }), identity],
    }),
  ],
  head: { filters: [8, 16], hidden: [0], hiddenForm: 'bias', activation: 'relu', dropout: 0 },
};

/** Times are noise: absence may take longer than a layer, and differs by the width at which it is. */
function noisyTable(space: StacksSpace, seed: number): LatencyTable {
  const rng = createRng(seed);
  const places = placesOf(space);
  const within = new Set(places.flatMap(({ ways }) => ways.map(({ key }) => key)));
  const keys = [
    ...profileItems(space).flatMap(({ key }) => (within.has(key) ? [] : [key])),
    ...places.flatMap(({ id, ways, absent }) => [
      ...ways.map(({ key }) => placedKey(id, key)),
      ...absent.map((shape) => absentKey(id, shape)),
    ]),
  ].sort();
  return {
    space: digest,
    device: { name: 'a desk', arch: 'x64', backend: 'cpu', instructionSet: 'none', threads: 1 },
    batch: 1,
    unit: 'ms',
    precision: 1,
    places: true,
    overhead: 0.5,
    overheadMargin: 0,
    entries: keys.map((key) => ({ key, median: rng.uniform(), spread: 0, margin: 0, samples: 1 })),
    validation: { networks: 0, meanAbsolutePercentageError: 0, summedError: 0, r2: 0, kendallTau: 0 },
  };
}

test.each([
  ['widths searched', space],
  ['left out last', sortedSpace],
])('%s: absence costs what it costs there, and the range is that of all architectures', (_, of) => {
  const all = architectures(of);
  for (const seed of [1, 2, 3]) {
    const table = noisyTable(of, seed);
    const cost = latencyCost(of, digest, table);
    if (!cost.ok) throw new Error(cost.failures[0]!.message);
    const told = all.map((encoding) => {
      const predicted = predictLatency(table, latencyKeys(of, encoding, table));
      if (!predicted.ok) throw new Error(predicted.failures[0]!.message);
      return predicted.value.ms;
    });
    const off = all.map((encoding, at) => Math.abs(cost.value.cost(encoding) - told[at]!));
    expect(Math.max(...off)).toBeLessThan(1e-9);
    const { min, max, minEncoding, maxEncoding } = cost.value.range();
    expect(min).toBeCloseTo(Math.min(...told), 9);
    expect(max).toBeCloseTo(Math.max(...told), 9);
    expect(cost.value.cost(minEncoding)).toBe(min);
    expect(cost.value.cost(maxEncoding)).toBe(max);
  }
});

test('the expected cost counts absence at each width', () => {
  const cost = latencyCost(space, digest, noisyTable(space, 1));
  if (!cost.ok) throw new Error(cost.failures[0]!.message);
  const rng = createRng(5);
  const probabilities = choiceBlocks(space).map(({ options }) => {
    const weights = options.map(() => 0.1 + rng.uniform());
    const total = weights.reduce((sum, w) => sum + w, 0);
    return weights.map((w) => w / total);
  });
  const mean = rawEncodings(space).reduce(
    (sum, encoding) =>
      sum +
      encoding.reduce((p, option, at) => p * probabilities[at]![option]!, 1) *
        cost.value.cost(canonicalEncoding(space, encoding)),
    0,
  );
  expect(cost.value.expected(probabilities).value).toBeCloseTo(mean, 9);
});

test('keys of an architecture are those of its places, absences with their shapes', () => {
  const [encoding] = architectures(space).filter(
    (each) =>
      latencyKeys(space, each, { places: true }).filter((key) => key.includes('left out')).length === 3,
  );
  expect(latencyKeys(space, encoding!, { places: true })).toEqual([
    'stem 8x8x2 k3 s1 o8 relu',
    's1: left out at 8x8x8',
    's2l0: mbconv 8x8x8 e16 k3 s2 o8 relu',
    's2l1: left out at 4x4x8',
    's2l2: left out at 4x4x8',
    'head 4x4x8 f8 h0 bias o3 relu',
  ]);
});

test('a table without the absence at one width is refused by its key', () => {
  const table = noisyTable(space, 1);
  const entries = table.entries.filter(({ key }) => key !== 's2l1: left out at 4x4x24');
  expect(latencyCost(space, digest, { ...table, entries })).toEqual({
    ok: false,
    failures: [{ code: 'missing-latency', message: 'the latency table lacks s2l1: left out at 4x4x24' }],
  });
});
