import { describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import type { Encoding, StacksSpace } from '../../src/nas/index.ts';
import {
  canonicalEncoding,
  checkSpace,
  childNetwork,
  choiceBlocks,
  choicesOf,
  crossover,
  describeArchitecture,
  encodingKey,
  encodingOf,
  latencyKeys,
  macsCost,
  mutate,
  neighbours,
  paramsCost,
  profileItems,
  randomEncoding,
  spaceSize,
  supernetWeights,
} from '../../src/nas/index.ts';
import { checkNetwork, countNetwork } from '../../src/net/index.ts';
import type { SpaceStack } from '../../src/schema/generated/artifacts/search-space.ts';
import { architectures, rawEncodings } from './enumerate.ts';

const around = {
  grammar: 'stacks',
  input: { h: 6, w: 5, c: 2 },
  sides: [],
  classes: 3,
  batchNorm: { decay: 0.9, epsilon: 1e-3 },
  rounding: 'divisible',
  squeeze: 'expanded',
  gate: 'hard-sigmoid',
  identities: 'kept',
  stem: { filters: [8], kernel: [3], stride: 1, activation: 'relu' },
  head: { filters: [16], hidden: [0], hiddenForm: 'bias', activation: 'relu', dropout: 0.1 },
} satisfies Partial<StacksSpace>;

const plain = { squeezeExcite: [false], skip: ['identity' as const] };
const rest: Pick<SpaceStack, 'activation' | 'stride' | 'depth' | 'same' | 'others'> = {
  activation: 'relu',
  stride: 1,
  depth: [1],
  same: false,
  others: [],
};

/** Small spaces that between them use every feature of the grammar. */
const spaces: readonly StacksSpace[] = [
  {
    ...around,
    name: 'widths, depths and images',
    sides: [6, 8],
    stem: { ...around.stem, filters: [8, 16], kernel: [1, 3] },
    stacks: [
      { ...rest, id: 'a', filters: [], first: [{ op: 'conv', kernel: [3], ...plain }, { op: 'identity' }] },
      {
        ...rest,
        id: 'b',
        filters: [8, 16],
        stride: 2,
        depth: [1, 2],
        first: [{ op: 'mbconv', kernel: [3], expansion: [2], ...plain }],
        others: [{ op: 'mbconv', kernel: [3, 5], expansion: [2, 3], ...plain }],
      },
    ],
    head: { ...around.head, filters: [0, 16], hidden: [0, 8], hiddenForm: 'plain' },
  },
  {
    ...around,
    name: 'layers that are the same',
    squeeze: 'input',
    gate: 'sigmoid',
    stacks: [
      {
        ...rest,
        id: 'a',
        filters: [8, 16],
        stride: 1,
        depth: [1, 3],
        same: true,
        first: [
          { op: 'conv', kernel: [1, 3], squeezeExcite: [false, true], skip: ['none', 'identity', 'pool'] },
          { op: 'separable', kernel: [1, 3], squeezeExcite: [true], skip: ['none', 'identity', 'pool'] },
        ],
      },
    ],
  },
  {
    ...around,
    name: 'left out last, and universal blocks',
    identities: 'last',
    stacks: [
      {
        ...rest,
        id: 'a',
        filters: [8],
        stride: 2,
        depth: [4],
        first: [{ op: 'universal', start: [0, 3], kernel: [3], expansion: [2] }, { op: 'identity' }],
        others: [{ op: 'universal', start: [0, 3], kernel: [0, 3], expansion: [2] }, { op: 'identity' }],
      },
    ],
    head: { ...around.head, hidden: [8], hiddenForm: 'batch-norm' },
  },
];

/** What a network is but for the names of its layers. */
const structure = (space: StacksSpace, encoding: Encoding): string => {
  const network = childNetwork(space, encoding);
  const place = new Map(network.layers.map(({ id }, index) => [id, index]));
  return JSON.stringify([
    network.input,
    network.layers.map(({ id: _, inputs, output, ...layer }) => [
      layer.op,
      inputs.map((input) => place.get(input) ?? -1),
      output,
      'kernel' in layer ? layer.kernel : 0,
    ]),
  ]);
};

describe.each(spaces.map((space) => [space.name, space] as const))('%s', (_, space) => {
  const all = architectures(space);

  test('distinct networks are those of an enumeration, one canonical encoding each', () => {
    expect(checkSpace(space)).toEqual({ ok: true, value: space });
    const { raw, distinct } = spaceSize(space);
    expect(BigInt(rawEncodings(space).length)).toBe(raw);
    expect(BigInt(all.length)).toBe(distinct);
    expect(new Set(all.map((each) => structure(space, each))).size).toBe(all.length);
    for (const each of rawEncodings(space)) {
      const canonical = canonicalEncoding(space, each);
      expect(canonicalEncoding(space, canonical)).toEqual(canonical);
    }
  });

  test('costs add up, and their range is that of all', () => {
    for (const [cost, quantity] of [
      [paramsCost(space), 'params'],
      [macsCost(space), 'macs'],
    ] as const) {
      const costs = all.map((each) => cost.cost(each));
      const { min, max, minEncoding, maxEncoding } = cost.range();
      expect([min, max]).toEqual([Math.min(...costs), Math.max(...costs)]);
      expect([cost.cost(minEncoding), cost.cost(maxEncoding)]).toEqual([min, max]);
      for (const [index, each] of all.entries()) {
        if (index % 5 !== 0) continue;
        const network = childNetwork(space, each);
        expect(checkNetwork(network).ok).toBe(true);
        expect(countNetwork(network)[quantity]).toBe(costs[index]);
      }
    }
  });

  test('the profile has every piece and no other', () => {
    const items = profileItems(space);
    for (const { network } of items) expect(checkNetwork(network).ok).toBe(true);
    const used = new Set(all.flatMap((each) => latencyKeys(space, each)));
    expect(items.map(({ key }) => key)).toEqual([...used].sort());
  });

  test('words, lines, mutations and crossover keep to the space', () => {
    expect(new Set(choiceBlocks(space).map(({ id }) => id)).size).toBe(choiceBlocks(space).length);
    expect(new Set(all.map((each) => describeArchitecture(space, each))).size).toBe(all.length);
    const keys = new Set(all.map(encodingKey));
    const rng = createRng(2);
    for (let k = 0; k < 40; k++) {
      const [a, b] = [randomEncoding(space, rng), randomEncoding(space, rng)];
      expect(encodingOf(space, choicesOf(space, a))).toEqual({ ok: true, value: a });
      const near = neighbours(space, a).map(encodingKey);
      expect(near).toContain(encodingKey(mutate(space, a, rng)));
      expect(near.every((key) => keys.has(key) && key !== encodingKey(a))).toBe(true);
      expect(keys.has(encodingKey(crossover(space, a, b, rng)))).toBe(true);
    }
  });
});

test('what the schema cannot say is checked', () => {
  const [one, two, three] = spaces as [StacksSpace, StacksSpace, StacksSpace];
  const wrong = (space: StacksSpace, change: object): string[] => {
    const stack = { ...space.stacks.at(-1)!, ...change };
    const checked = checkSpace({ ...space, stacks: [...space.stacks.slice(0, -1), stack] });
    return checked.ok ? [] : checked.failures.map(({ code, message }) => `${code}: ${message}`);
  };
  expect(wrong(one, { id: 'a' })).toContain('duplicate-block: two stacks or layers are called a');
  expect(wrong(one, { others: [] })).toEqual([
    'missing-candidates: stack b lacks the candidates of its other layers',
  ]);
  expect(wrong(one, { others: [...one.stacks[1]!.others, { op: 'identity' }] })).toEqual([
    'impossible-depth: stack b has several depths and layers that may be left out, so that one network has two encodings; take one of the two',
  ]);
  expect(wrong(one, { filters: [8, 8] })).toEqual(['repeated-option: stack b lists one width twice']);
  expect(wrong(two, { others: two.stacks[0]!.first })).toEqual([
    'missing-candidates: stack a has the same layers, and others besides',
  ]);
  expect(wrong(two, { first: [...two.stacks[0]!.first, { op: 'identity' }] })).toContain(
    'impossible-identity: stack a cannot leave out layers that are all the same',
  );
  expect(wrong(three, { first: three.stacks[0]!.others })).toEqual([
    'impossible-stride: the first layer of a strides, but may have no depthwise convolution: leave 0 out of start or kernel',
  ]);
  expect(wrong(one, { first: [{ op: 'mbconv', kernel: [3], expansion: [2, 2.1], ...plain }] })).toEqual([
    'repeated-option: the first layer of b lists one expansion twice, of 8 channels',
  ]);
});

test.each([
  // a quarter of 72 is 18, and 16, the multiple of 8 below, is less than nine tenths of it
  ['expanded', 24],
  ['input', 6],
] as const)(
  'squeeze-and-excitation of 24 channels expanded to 72 by the rule %s has %i units',
  (squeeze, units) => {
    const space: StacksSpace = {
      ...around,
      name: 'squeezed',
      squeeze,
      stem: { ...around.stem, filters: [24] },
      stacks: [
        {
          ...rest,
          id: 'a',
          filters: [40],
          stride: 2,
          depth: [1],
          first: [{ op: 'mbconv', kernel: [3], expansion: [3], squeezeExcite: [true], skip: ['none'] }],
        },
      ],
    };
    const { layers } = childNetwork(
      space,
      choiceBlocks(space).map(() => 0),
    );
    const found = layers.flatMap((layer) => (layer.op === 'squeeze-excite' ? [layer.squeeze] : []));
    expect(found).toEqual([units]);
    const shapes = new Map(supernetWeights(space).map(({ name, shape }) => [name, shape]));
    expect(shapes.get('a.se.reduce.weight')).toEqual([72, units]);
    expect(shapes.get('a.se.expand.weight')).toEqual([units, 72]);
  },
);
