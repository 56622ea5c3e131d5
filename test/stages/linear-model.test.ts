import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createRng } from '../../src/base/rng.ts';
import {
  encodingOf,
  latencyCost,
  latencyKeys,
  type PiecewiseSpace,
  predictLatency,
  proxylessSpace,
  randomEncoding,
  tunasProxylessSpace,
} from '../../src/nas/index.ts';
import type { LatencyTable } from '../../src/stage/index.ts';
import { failureOf, runStage } from './harness.ts';
import { digests, spaceDigest, space as tiny } from './tiny.ts';

const file = 'tables/pixel1.json';
const KERNELS = [3, 5, 7];
const EXPANSIONS = [3, 6];

/** Names of the 144 features, as the release orders them: kernel slowest, then expansion, then absence. */
const features = [
  ...KERNELS.map((k) => `sep1 k${k}`),
  ...[2, 3, 4, 5, 6].flatMap((stack) =>
    [0, 1, 2, 3].flatMap((layer) => [
      ...KERNELS.flatMap((k) => EXPANSIONS.map((e) => `S${stack}L${layer} k${k} e${e}`)),
      ...(layer === 0 ? [] : [`S${stack}L${layer} zero`]),
    ]),
  ),
  ...KERNELS.flatMap((k) => EXPANSIONS.map((e) => `S7L0 k${k} e${e}`)),
];

/** The published form with weights of its own: positive and negative, no two alike. */
const bias = 90;
const weightOf = (name: string): number => Math.sin(1 + features.indexOf(name)) * 5;
const model = { bias, features: features.map((name) => ({ name, w: weightOf(name) })) };

const setup = (text: string, space: PiecewiseSpace) => ({
  params: { table: file, format: 'tunas', device: 'Pixel 1' },
  inputs: { space },
  inputDigests: digests,
  files: { [file]: text },
});

/** TuNAS's space in both grammars, and how they say that a layer is left out. */
const spaces: readonly (readonly [string, PiecewiseSpace])[] = [
  ['tunas-proxyless', tunasProxylessSpace()],
  ['proxyless with the first kernel searched', proxylessSpace({ firstKernels: KERNELS })],
];

/** What TuNAS's model says of an architecture: its bias and the weights of the features that are 1. */
function told(space: PiecewiseSpace, names: readonly string[]): number {
  const encoding = encodingOf(space, wordsOf(space, names));
  if (!encoding.ok) throw new Error(encoding.failures[0]!.message);
  return names.reduce((sum, name) => sum + weightOf(name), bias);
}

/** Features of an architecture as the words of its choices. */
function wordsOf(space: PiecewiseSpace, names: readonly string[]): { [choice: string]: string } {
  const stacks = space.grammar === 'stacks';
  const words: { [choice: string]: string } = {};
  for (const name of names) {
    const [, stack = '1', layer = '0'] = /^S(\d)L(\d)/.exec(name) ?? [];
    const id = stacks && ['1', '7'].includes(stack) ? `s${stack}` : `s${stack}l${layer}`;
    if (layer !== '0')
      words[`${id}.${stacks ? 'op' : 'block'}`] = name.endsWith('zero') ? 'identity' : 'mbconv';
    const [, kernel] = / k(\d)/.exec(name) ?? [];
    const [, expansion] = / e(\d)/.exec(name) ?? [];
    if (kernel !== undefined) words[`${id}.kernel`] = kernel;
    if (expansion !== undefined) words[`${id}.expansion`] = expansion;
  }
  return words;
}

/** One feature of every layer. */
const drawn = (seed: number): string[] => {
  const rng = createRng(seed);
  const places = new Map<string, string[]>();
  for (const name of features) {
    const place = name.split(' ')[0]!;
    places.set(place, [...(places.get(place) ?? []), name]);
  }
  return [...places.values()].map((names) => names[rng.integer(names.length)]!);
};

test.each(spaces)('%s: a linear model is told exactly, shapes in other places apart', async (_, space) => {
  const { outputs } = await runStage('latency-import', setup(JSON.stringify(model), space));
  const table = outputs!.table as LatencyTable;
  expect(table).toMatchObject({ places: true, device: { name: 'Pixel 1' } });
  expect(table.entries.every(({ median }) => median >= 0)).toBe(true);
  const cost = latencyCost(space, spaceDigest, table);
  if (!cost.ok) throw new Error(cost.failures[0]!.message);
  for (let seed = 0; seed < 20; seed++) {
    const names = drawn(seed);
    const encoding = encodingOf(space, wordsOf(space, names));
    if (!encoding.ok) throw new Error(encoding.failures[0]!.message);
    expect(cost.value.cost(encoding.value)).toBeCloseTo(told(space, names), 9);
    const predicted = predictLatency(table, latencyKeys(space, encoding.value, table));
    expect(predicted.ok && predicted.value.ms).toBeCloseTo(told(space, names), 9);
  }
  const { min, max, minEncoding, maxEncoding } = cost.value.range();
  expect(cost.value.cost(minEncoding)).toBeCloseTo(min, 9);
  expect(cost.value.cost(maxEncoding)).toBeCloseTo(max, 9);
  const rng = createRng(1);
  for (let i = 0; i < 50; i++) {
    const ms = cost.value.cost(randomEncoding(space, rng.fork(i)));
    expect(min - 1e-9 <= ms && ms <= max + 1e-9).toBe(true);
  }
});

test('features that are not there are named', async () => {
  const gaps = {
    bias,
    features: model.features.filter(({ name }) => !/^(S2L1 zero|S4L0 k5 e6)$/.test(name)),
  };
  expect(await failureOf('latency-import', setup(JSON.stringify(gaps), tunasProxylessSpace()))).toEqual({
    code: 'missing-latency',
    message: `${file} is not of this space: it lacks 2 of its layers:\nS2L1 zero\nS4L0 k5 e6`,
  });
});

const start =
  "tables/pixel1.json is not of this space: it is TuNAS's model of proxylessnas_search, 144 features on images of 224x224x3 and 1000 classes, and ";
const remedy =
  '; take its space, tunas-proxyless as search-space makes it for such images, or measure a table with latency-profile';
const proxyless = proxylessSpace({ firstKernels: KERNELS });
test.each<[string, PiecewiseSpace, string]>([
  [
    'smaller images',
    tunasProxylessSpace({ input: { h: 28, w: 28, c: 1 } }),
    "does not know s1: separable 14x14x32 k3 s1 o16 relu (nor 145 more of the space's layers)",
  ],
  [
    'other classes',
    tunasProxylessSpace({ classes: 10 }),
    'does not know head 7x7x320 f1280 h0 bias o10 relu',
  ],
  [
    'another width of the head',
    tunasProxylessSpace({ filters: [32, 16, 32, 40, 80, 96, 192, 320, 1000] }),
    'does not know head 7x7x320 f1000 h0 bias o1000 relu',
  ],
  [
    'other widths',
    tunasProxylessSpace({ filters: [32, 16, 24, 40, 80, 96, 192, 320, 1280] }),
    "does not know s2l0: mbconv 112x112x16 e48 k3 s2 o24 relu (nor 32 more of the space's layers)",
  ],
  [
    'another skeleton',
    tiny,
    "does not know one: mbconv 5x6x8 e16 k3 s2 o8 se8 relu (nor 22 more of the space's layers)",
  ],
  [
    'squeeze-and-excitation',
    {
      ...proxyless,
      blocks: proxyless.blocks.map((block) => ({ ...block, squeezeExcite: [true] })),
    },
    "does not know s1l0: mbconv 112x112x32 e32 k3 s1 o16 se8 relu6 (nor 128 more of the space's layers)",
  ],
  [
    'a layer that may be left out',
    {
      ...proxyless,
      blocks: proxyless.blocks.map((block) =>
        block.id === 's1l0' ? { ...block, output: 32, identity: true } : block,
      ),
    },
    "does not know s1l0: mbconv 112x112x32 e32 k3 s1 o32 relu6 residual (nor 9 more of the space's layers)",
  ],
  [
    'a layer that is not there',
    { ...proxyless, blocks: proxyless.blocks.filter(({ id }) => id !== 's3l3') },
    'the space has no s3l3',
  ],
])('%s: the model is not of the space', async (_, space, what) => {
  expect(await failureOf('latency-import', setup(JSON.stringify(model), space))).toEqual({
    code: 'table-of-another-space',
    message: `${start}${what}${remedy}`,
  });
});

test.each([
  ['{}', 'it has no bias in milliseconds'],
  ['{"bias": 1}', 'it has no list of features'],
  ['{"bias": 1, "features": [{"w": 1}]}', 'features[0] has no name'],
  ['{"bias": 1, "features": [{"name": "sep1 k3"}]}', 'sep1 k3 has no weight in milliseconds'],
  ['{"bias": 1, "features": [{"name": "a", "w": 1}, {"name": "a", "w": 1}]}', 'a is there twice'],
])('%s is malformed', async (text, message) => {
  expect(await failureOf('latency-import', setup(text, tunasProxylessSpace()))).toEqual({
    code: 'malformed-table',
    message: `${file}: ${message}`,
  });
});

const FILE = 'data/tunas/proxylessnas_search_pixel1.json';
const pixel1 = ['../../../shared/', '../../../../shared/']
  .map((up) => new URL(`${up}${FILE}`, import.meta.url))
  .find((url) => existsSync(url));

/** Genotype of TuNAS's integration test (mobile_cost_model_integration_test): children before parents. */
const GENOTYPE =
  '0,0,0,1,0,0,0,0,1,0,0,1,0,0,1,0,1,1,0,1,0,0,1,0,0,0,0,0,0,2,1,0,1,1,0,2,1,0,2,1,0,0,1,1,0,0,0,0,1,0,0,1,0,0,0,1,1,0,2,0,0,0,0,0,1,0,0,0,2,1,0,0,0';

/** Its features: the kernel of the separable convolution, of every other layer kernel, expansion and absence. */
function published(): string[] {
  const indices = GENOTYPE.split(',').map(Number);
  let at = 1; // the stem's filters
  const names = [`sep1 k${KERNELS[indices[at++]!]}`];
  for (const stack of [2, 3, 4, 5, 6, 7]) {
    at++; // filters of the stack before
    for (const layer of stack === 7 ? [0] : [0, 1, 2, 3]) {
      const [kernel, expansion, absence] = [indices[at++]!, indices[at++]!, indices[at++]!];
      const zero = layer > 0 && absence === 1;
      names.push(`S${stack}L${layer} ${zero ? 'zero' : `k${KERNELS[kernel]} e${EXPANSIONS[expansion]}`}`);
    }
  }
  return names;
}

test.skipIf(pixel1 === undefined).each(spaces)(
  '%s: TuNAS’s Pixel 1 model, imported, gives its 84.01667 ms (needs ../shared/data)',
  async (_, space) => {
    const { outputs } = await runStage('latency-import', setup(readFileSync(pixel1!, 'utf8'), space));
    const cost = latencyCost(space, spaceDigest, outputs!.table as LatencyTable);
    const encoding = encodingOf(space, wordsOf(space, published()));
    expect(cost.ok && encoding.ok && cost.value.cost(encoding.value)).toBeCloseTo(84.01667, 5);
  },
);
