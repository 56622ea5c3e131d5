import { describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/rng.ts';
import {
  choiceBlocks,
  type Encoding,
  latencyCost,
  latencyKeys,
  type PiecewiseSpace,
  predictLatency,
  randomEncoding,
  tunasFeatures,
  tunasMobilenetV3LikeSpace,
  tunasProxylessEnlargedSpace,
  tunasProxylessSpace,
} from '../../src/nas/index.ts';
import type { LatencyTable } from '../../src/stage/index.ts';
import { searchCosts } from '../../src/train/index.ts';
import { failureOf, runStage } from './harness.ts';
import { digests, spaceDigest } from './tiny.ts';
import { featureVector, proxylessTower, v3LikeTower } from './tower.ts';

const file = 'tables/pixel1.json';
const setup = (model: object, space: PiecewiseSpace) => ({
  params: { table: file, format: 'tunas', device: 'Pixel 1' },
  inputs: { space },
  inputDigests: digests,
  files: { [file]: JSON.stringify(model) },
});

/** Coefficients of either sign; as float32, so that each of the forms has the same. */
const kernelOf = (length: number): number[] => {
  const rng = createRng(length);
  return Array.from(Float32Array.from({ length }, () => rng.uniform() * 6 - 2));
};
const base64 = (numbers: readonly number[]): string => {
  const bytes = Buffer.alloc(4 * numbers.length);
  for (const [at, number] of numbers.entries()) bytes.writeFloatBE(number, 4 * at);
  return bytes.toString('base64').replace(/.{76}/g, '$&\n');
};

/** The literal feature vector of an architecture; what has one option only is chosen anyway. */
function literal(space: PiecewiseSpace, encoding: Encoding): number[] {
  const words = new Map(
    choiceBlocks(space).map(({ id, options }, at) => [id, options[encoding[at]!]!] as const),
  );
  const chosen = (id: string, options: readonly (number | string)[]): number => {
    const word = words.get(id);
    if (word === undefined && options.length > 1) throw new Error(`the space has no ${id}`);
    return word === undefined ? 0 : options.map(String).indexOf(word);
  };
  if (space.name === 'tunas-mobilenet-v3-like') return featureVector(v3LikeTower(chosen));
  return featureVector(proxylessTower(chosen, space.name === 'tunas-proxyless-enlarged'));
}

const spaces = [
  ['proxylessnas_search', tunasProxylessSpace(), 144],
  ['proxylessnas_enlarged_search', tunasProxylessEnlargedSpace(), 5983],
  ['mobilenet_v3_like_search', tunasMobilenetV3LikeSpace({ classes: 1001 }), 29068],
] as const;

describe.each(spaces)('%s', (name, space, published) => {
  const kernel = kernelOf(published);
  const bias = 88.5;

  test(`has the ${published} features of the release, each with a name of its own`, () => {
    const { names } = tunasFeatures(name);
    expect(names).toHaveLength(published);
    expect(new Set(names).size).toBe(published);
  });

  test('costs what the product with the literal feature vector is; its range holds', async () => {
    const { outputs } = await runStage('latency-import', setup({ bias, kernel: base64(kernel) }, space));
    const table = outputs!.table as LatencyTable;
    expect(table.entries.every(({ median }) => median >= 0)).toBe(true);
    const found = latencyCost(space, spaceDigest, table);
    if (!found.ok) throw new Error(found.failures[0]!.message);
    const cost = found.value;
    const { min, max, minEncoding, maxEncoding } = cost.range();
    expect(cost.cost(minEncoding)).toBe(min);
    expect(cost.cost(maxEncoding)).toBe(max);
    const certain = choiceBlocks(space).map(({ options }, at) =>
      options.map((_, option) => (option === minEncoding[at] ? 1 : 0)),
    );
    expect(cost.expected(certain).value).toBeCloseTo(min, 9);
    const rng = createRng(7);
    for (let seed = 0; seed < 12; seed++) {
      const encoding = [minEncoding, maxEncoding][seed] ?? randomEncoding(space, rng.fork(seed));
      const vector = literal(space, encoding);
      const told = vector.reduce((sum, x, at) => sum + x * kernel[at]!, bias);
      expect(cost.cost(encoding)).toBeCloseTo(told, 9);
      const predicted = predictLatency(table, latencyKeys(space, encoding, table));
      expect(predicted.ok && predicted.value.ms).toBeCloseTo(told, 9);
      expect(min - 1e-9 <= told && told <= max + 1e-9).toBe(true);
    }
    // no change of one choice leads out of the range from its ends
    const changed = (encoding: Encoding): number[] =>
      choiceBlocks(space).flatMap(({ options }, position) =>
        options.map((_, option) => cost.cost(encoding.with(position, option))),
      );
    expect(Math.min(...changed(minEncoding))).toBeGreaterThanOrEqual(min - 1e-9);
    expect(Math.max(...changed(maxEncoding))).toBeLessThanOrEqual(max + 1e-9);
  });
});

const [, [, enlarged]] = spaces;
const kernel = kernelOf(5983);

test('a search may aim at its costs', async () => {
  const { outputs } = await runStage('latency-import', setup({ bias: 1, kernel }, enlarged));
  const table = outputs!.table as LatencyTable;
  const search = (target: object, use: 'target' | 'limit') =>
    searchCosts({ space: enlarged, table }, spaceDigest, { quantity: 'latency', ...target }, use);
  const { model, target, of } = search({ fraction: 0.25 }, 'target');
  const { min, max, minEncoding } = model.range();
  expect(target).toBeCloseTo(min + (max - min) / 4, 9);
  expect(of(minEncoding).latency).toBeCloseTo(min, 9);
  expect(search({ value: max + 1 }, 'limit').target).toBe(max + 1);
  expect(() => search({ value: min - 1 }, 'limit')).toThrow('cannot be reached');
});

test('the three forms of a file make one table', async () => {
  const { names } = tunasFeatures('proxylessnas_enlarged_search');
  const features = names.map((name, at) => ({ name, w: kernel[at]! })).reverse();
  const forms = [
    { bias: 1.5, kernel },
    { bias: `\n${base64([1.5])}\n`, kernel: `\n${base64(kernel)}\n` },
    { bias: 1.5, features },
  ];
  const tables: string[] = [];
  for (const model of forms) {
    const { outputs } = await runStage('latency-import', setup(model, enlarged));
    tables.push(JSON.stringify(outputs!.table));
  }
  expect(tables[1] === tables[0]).toBe(true);
  expect(tables[2] === tables[0]).toBe(true);
});

test('widths whose multiples are rounded to one number are one choice', () => {
  const { places, names } = tunasFeatures('proxylessnas_enlarged_search');
  expect([...places.get('stem')!.values()].map(([feature]) => feature)).toEqual([
    'stem o8',
    'stem o16',
    'stem o24',
    'stem o32',
  ]);
  // four widths of each stack, kernel by expansion or absence
  expect(names.filter((feature) => feature.startsWith('S2L1 '))).toHaveLength(4 * 4 * 7);
  expect(places.get('s2l1')!.size).toBe(4 * 7);
});

test('a model with the widths searched is one of the space with published widths, too', async () => {
  const { outputs } = await runStage('latency-import', setup({ bias: 1, kernel }, tunasProxylessSpace()));
  const cost = latencyCost(tunasProxylessSpace(), spaceDigest, outputs!.table as LatencyTable);
  const wide = choiceBlocks(enlarged);
  const words: { [id: string]: number } = {
    'stem.filters': 32,
    's1.filters': 16,
    's2.filters': 32,
    's3.filters': 40,
    's4.filters': 80,
    's5.filters': 96,
    's6.filters': 192,
    's7.filters': 320,
    'head.filters': 1280,
  };
  const narrow = choiceBlocks(tunasProxylessSpace());
  const encoding = randomEncoding(tunasProxylessSpace(), createRng(3));
  const same = wide.map(({ id, options }) => {
    const at = narrow.findIndex((each) => each.id === id);
    return at < 0 ? options.indexOf(String(words[id])) : encoding[at]!;
  });
  expect(same).not.toContain(-1);
  const told = literal(enlarged, same).reduce((sum, x, at) => sum + x * kernel[at]!, 1);
  expect(cost.ok && cost.value.cost(encoding)).toBeCloseTo(told, 9);
});

test('features that are not there are named', async () => {
  const gone = ['S4L2 o96 i96 zero', 'head.pool o1280 i1280', 'stem o8'];
  const features = tunasFeatures('proxylessnas_enlarged_search')
    .names.filter((name) => !gone.includes(name))
    .map((name) => ({ name, w: 1 }));
  expect(await failureOf('latency-import', setup({ bias: 1, features }, enlarged))).toEqual({
    code: 'missing-latency',
    message: `${file} is not of this space: it lacks 3 of its layers:\n${gone.join('\n')}`,
  });
});

test.each<[string, object, string, string]>([
  [
    'a coefficient too few',
    { bias: 1, kernel: kernel.slice(1) },
    'malformed-table',
    `${file}: it has 5982 coefficients; the models of TuNAS's spaces have 144 (proxylessnas_search), 5983 (proxylessnas_enlarged_search), 29068 (mobilenet_v3_like_search)`,
  ],
  [
    'a feature of no space',
    { bias: 1, features: [{ name: 'sep1 k9', w: 1 }] },
    'malformed-table',
    `${file}: no one of TuNAS's spaces has all of its features; that of proxylessnas_search, for one, has no sep1 k9`,
  ],
  [
    'half a number',
    { bias: 1, kernel: 'QCqVHwA=' },
    'malformed-table',
    `${file}: its kernel is neither a list of numbers nor base64 of float32`,
  ],
  [
    'no base64',
    { bias: 1, kernel: 'QCqV-wAA' },
    'malformed-table',
    `${file}: its kernel is neither a list of numbers nor base64 of float32`,
  ],
  [
    'a bias of two',
    { bias: base64([1, 2]), kernel },
    'malformed-table',
    `${file}: it has no bias in milliseconds`,
  ],
  [
    'not a number',
    { bias: 1, kernel: base64([1, Number.NaN]) },
    'malformed-table',
    `${file}: kernel[1] is no number of milliseconds`,
  ],
  [
    'both forms',
    { bias: 1, kernel, features: [] },
    'malformed-table',
    `${file}: it has both features and a kernel; leave one of them out`,
  ],
  [
    'the model of another space',
    { bias: 1, kernel: kernelOf(144) },
    'table-of-another-space',
    `${file} is not of this space: it is TuNAS's model of proxylessnas_search, 144 features on images of 224x224x3 and 1000 classes, and does not know s1: separable 112x112x16 k3 s1 o16 relu (nor 1979 more of the space's layers); take its space, tunas-proxyless as search-space makes it for such images, or measure a table with latency-profile`,
  ],
])('%s is refused', async (_, model, code, message) => {
  expect(await failureOf('latency-import', setup(model, enlarged))).toEqual({ code, message });
});
