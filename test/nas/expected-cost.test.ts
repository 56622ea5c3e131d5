import { beforeAll, describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import type { CostModel, GatedSpace, LatencyTable, MacroSpace, StacksSpace } from '../../src/nas/index.ts';
import {
  canonicalEncoding,
  choiceBlocks,
  enasMacroSpace,
  latencyCost,
  latencyKeys,
  macsCost,
  paramsCost,
  profileItems,
} from '../../src/nas/index.ts';
import { rawEncodings } from './enumerate.ts';
import { elasticSpace, sidedSpace, sortedSpace, variedSpace } from './spaces.ts';

const digest = 'a'.repeat(64);

/** Made-up latencies of every shape in every place of a space. */
function latency(space: GatedSpace): CostModel {
  const keys = new Set([
    ...profileItems(space).map(({ key }) => key),
    ...rawEncodings(space).flatMap((encoding) =>
      latencyKeys(space, canonicalEncoding(space, encoding), { places: true }),
    ),
  ]);
  const rng = createRng(8);
  const table: LatencyTable = {
    space: digest,
    device: { name: 'test', arch: 'x64', backend: 'cpu', instructionSet: 'none', threads: 1 },
    batch: 1,
    unit: 'ms',
    precision: 0.03,
    overhead: 0.25,
    overheadMargin: 0,
    ...(space.grammar === 'macro' ? {} : { places: true }),
    entries: [...keys].map((key) => ({
      key,
      median: 0.1 + rng.uniform(),
      spread: 0,
      margin: 0,
      samples: 1,
    })),
    validation: { networks: 0, meanAbsolutePercentageError: 0, summedError: 0, r2: 0.5, kendallTau: 0 },
  };
  const model = latencyCost(space, digest, table);
  if (!model.ok)
    throw new Error(`internal error: expected a latency model, got ${model.failures[0]!.message}`);
  return model.value;
}

/** Probabilities of every choice, none of them 0. */
function probabilitiesOf(space: GatedSpace): number[][] {
  const rng = createRng(11);
  return choiceBlocks(space).map(({ options }) => {
    const weights = options.map(() => 0.1 + rng.uniform());
    const total = weights.reduce((sum, w) => sum + w, 0);
    return weights.map((w) => w / total);
  });
}

/** The first layers of the first stack only, so that its architectures can be counted. */
const few = (space: StacksSpace): StacksSpace => ({ ...space, stacks: space.stacks.slice(0, 1) });

/** Four layers, two of which are halved behind, with skips over both halvings. */
const macros = (['release', 'layers'] as const).map(
  (anchors): MacroSpace => ({
    ...enasMacroSpace({ input: { h: 8, w: 8, c: 2 }, classes: 3, layers: 4, filters: 4, anchors }),
    operations: ['conv3', 'max3'],
  }),
);

const cases: readonly (readonly [string, GatedSpace, (space: GatedSpace) => CostModel])[] = [
  ['elastic, MACs', few(elasticSpace), macsCost],
  ['images of two sides, MACs', few(sidedSpace), macsCost],
  ['every kind of choice, MACs', variedSpace, macsCost],
  ['every kind of choice, parameters', variedSpace, paramsCost],
  ['every kind of choice, latency by place', variedSpace, latency],
  ['left out last, parameters', sortedSpace, paramsCost],
  ['left out last, latency by place', sortedSpace, latency],
  ...macros.flatMap((space) => [
    [`macro, anchors ${space.anchors}, parameters`, space, paramsCost] as const,
    [`macro, anchors ${space.anchors}, latency`, space, latency] as const,
  ]),
];

describe.each(cases)('expected cost: %s', (_, space, modelOf) => {
  const model = modelOf(space);
  const probabilities = probabilitiesOf(space);
  /** Of every encoding. */
  let costs: readonly number[];
  beforeAll(() => {
    costs = rawEncodings(space).map((encoding) => model.cost(canonicalEncoding(space, encoding)));
  });

  test('is that of an enumeration', () => {
    const mean = rawEncodings(space).reduce(
      (sum, encoding, index) =>
        sum + encoding.reduce((p, option, at) => p * probabilities[at]![option]!, costs[index]!),
      0,
    );
    expect(model.expected(probabilities).value / mean).toBeCloseTo(1, 10);
  });

  test('its gradient is the difference quotient', () => {
    const { value, gradient } = model.expected(probabilities);
    for (const [at, row] of probabilities.entries()) {
      for (const k of row.keys()) {
        const moved = probabilities.map((p) => [...p]);
        moved[at]![k]! += 1;
        // linear in each single probability, so a step of 1 is exact
        const difference = model.expected(moved).value - value;
        expect(Math.abs(difference - gradient[at]![k]!)).toBeLessThan(1e-9 * value);
      }
    }
  });

  test('the range is that of an enumeration', () => {
    const { min, max, minEncoding, maxEncoding } = model.range();
    expect(min).toBeCloseTo(Math.min(...costs), 9);
    expect(max).toBeCloseTo(Math.max(...costs), 9);
    expect([model.cost(minEncoding), model.cost(maxEncoding)]).toEqual([min, max]);
  });

  test('of one architecture is its cost', () => {
    const rng = createRng(3);
    for (let k = 0; k < 10; k++) {
      const encoding = probabilities.map((p) => rng.categorical(p));
      const certain = probabilities.map((p, at) => p.map((_, option) => (option === encoding[at] ? 1 : 0)));
      const cost = model.cost(canonicalEncoding(space, encoding));
      expect(model.expected(certain).value / cost).toBeCloseTo(1, 10);
    }
  });
});
