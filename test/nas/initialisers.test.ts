import { expect, test } from 'vitest';
import { createRng } from '../../src/base/rng.ts';
import { openCpuBackend } from '../../src/cpu/index.ts';
import { searchSpace } from '../../src/kinds/search-space.ts';
import {
  childNetwork,
  choiceBlocks,
  publishedSpaces,
  type SearchSpace,
  supernetWeights,
} from '../../src/nas/index.ts';
import type { WeightSpec } from '../../src/net/network.ts';
import { initialise, writeWeights } from '../../src/train/index.ts';
import { openOracle } from '../contract/backend.ts';
import { elasticSpace, smallSpace } from './spaces.ts';

type Initialisers = NonNullable<SearchSpace['initialisers']>;

const sizes = { input: { h: 8, w: 8, c: 2 }, classes: 3 };

const first = (space: SearchSpace) =>
  childNetwork(
    space,
    choiceBlocks(space).map(() => 0),
  );

const inits = (weights: readonly WeightSpec[]) => new Map(weights.map(({ name, init }) => [name, init]));

/** Kernels whose start the choice changes, supernet and first network. */
function changed(plain: SearchSpace, initialisers: Initialisers): Map<string, unknown> {
  const space = { ...plain, initialisers };
  const found = new Map<string, unknown>();
  for (const weights of [supernetWeights, (each: SearchSpace) => first(each).weights]) {
    const before = inits(weights(plain));
    for (const [name, init] of inits(weights(space))) {
      if (JSON.stringify(init) !== JSON.stringify(before.get(name))) found.set(name, init);
    }
  }
  return found;
}

test('a layer starts as the space says, a group but for the layers that have a word of their own', () => {
  const found = changed(smallSpace, {
    stem: 'glorot-uniform',
    'three.depthwise': 'he-uniform-fan-out',
    three: 'he-truncated',
    classifier: 'zeros',
  });
  expect(Object.fromEntries(found)).toEqual({
    'stem.conv.weight': { kind: 'glorot-uniform', fan: 9 * 2 + 9 * 8 },
    'three.expand.conv.weight': { kind: 'he-truncated', fan: 8 },
    'three.depthwise.k3.weight': { kind: 'he-uniform', fan: 9 },
    'three.se.reduce.weight': { kind: 'he-truncated', fan: 24 },
    'three.se.expand.weight': { kind: 'he-truncated', fan: 8 },
    'three.project.conv.weight': { kind: 'he-truncated', fan: 24 },
    'classifier.weight': { kind: 'zeros' },
  });
});

test.each([
  ['stacks', elasticSpace, 's1l0'],
  ['macro', publishedSpaces['enas-macro']({ ...sizes, layers: 3, filters: 8 }), 'l1'],
  [
    'macro, final',
    publishedSpaces['enas-macro']({ ...sizes, layers: 3, filters: 8, form: 'final' }),
    'l1.join',
  ],
  ['cells', publishedSpaces['enas-micro']({ ...sizes, layers: 3, filters: 8 }), 'stem'],
] as const)('in every grammar: %s', (_, space, name) => {
  const found = changed(space, { [name]: 'zeros' });
  expect(found.size).toBeGreaterThan(0);
  for (const [weight, init] of found) {
    expect(weight.startsWith(`${name}.`), weight).toBe(true);
    expect(init).toEqual({ kind: 'zeros' });
  }
  const known = inits(first({ ...space, initialisers: { [name]: 'zeros' } }).weights);
  expect([...known].some(([weight, init]) => weight.startsWith(`${name}.`) && init.kind === 'zeros')).toBe(
    true,
  );
});

test('what a layer has chosen is not replaced by what a stage chooses for all, he-normal least of all', async () => {
  const chosen = { ...smallSpace, initialisers: { stem: 'he-normal', 'one.project': 'zeros' } } as const;
  const [plain, own] = [smallSpace, chosen].map((space) =>
    initialise(first(space).weights, createRng(3), 'glorot-uniform'),
  );
  const byDefault = initialise(first(smallSpace).weights, createRng(3));
  expect(own!.get('stem.conv.weight')).toEqual(byDefault.get('stem.conv.weight'));
  expect(plain!.get('stem.conv.weight')).not.toEqual(byDefault.get('stem.conv.weight'));
  expect(own!.get('one.project.conv.weight')!.data.every((value) => value === 0)).toBe(true);
  for (const [name, tensor] of own!) {
    if (name !== 'stem.conv.weight' && name !== 'one.project.conv.weight')
      expect(tensor).toEqual(plain!.get(name));
  }
  const { weights } = first(chosen);
  for (const open of [() => openCpuBackend({ threads: 1 }), openOracle]) {
    const backend = await open();
    const model = await backend.build(weights, { kind: 'sgd', momentum: 0, nesterov: false, ema: false });
    await writeWeights(model, own!, false);
    expect(new Map(await model.read())).toEqual(own);
    await model.close();
    await backend.close();
  }
});

test('a layer that no network has is a mistake; so is one without a kernel', () => {
  const failures = (initialisers: Initialisers) => {
    const checked = searchSpace.check({ ...smallSpace, initialisers });
    return checked.ok ? [] : checked.failures.map(({ code, message }) => `${code}: ${message}`);
  };
  expect(failures({ stem: 'zeros', 'two.se': 'glorot-normal' })).toEqual([]);
  expect(failures({ clasifier: 'zeros' })).toEqual([
    'unknown-layer: initialisers names a layer "clasifier", but no layer with a kernel is called so or begins with it; the nearest is "classifier"',
  ]);
  expect(failures({ 'stem.bn': 'zeros' })[0]).toMatch(/^unknown-layer: .*"stem.bn"/);
});
