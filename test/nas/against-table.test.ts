import { describe, expect, test } from 'vitest';
import {
  architectureTable,
  expectedBest,
  PUBLISHED,
  type StrategySpec,
  tableCost,
} from '../../src/nas/index.ts';
import { bestAfter } from '../bench/search/run.ts';
import { CHOSEN } from '../bench/search/settings.ts';
import { macroTable } from '../net/nas-bench-macro.ts';

const macro = macroTable();

/**
 * `npm run bench:search` is the whole of this. The settings of the controllers were chosen on made-up tables
 * (`npm run bench:search -- settings`), those of evolution are its reference's: none has seen this table.
 */
describe.skipIf(macro === undefined)('against NAS-Bench-Macro (needs ../shared/data)', () => {
  const rows = [...(macro ?? [])].map(([code, { mean_acc, params, flops }]) => ({
    encoding: [...code].map(Number),
    accuracy: mean_acc / 100,
    costs: { params, macs: flops },
  }));
  const table = architectureTable(
    {
      grammar: 'choices',
      name: 'macro',
      choices: Array.from({ length: 8 }, (_, at) => ({
        id: `layer${at}`,
        block: `layer${at}`,
        what: 'option',
        tag: 'op' as const,
        options: ['0', '1', '2'],
      })),
    },
    { provenance: 'trained', split: 'test', images: 10_000 },
    rows,
  );
  const fewer = { samples: 30, population: 20, generations: 5 };
  const accuracies = rows.map(({ accuracy }) => accuracy);

  test.each<[string, StrategySpec, number, number]>([
    ['evolution without aging', { ...PUBLISHED.evolution, population: 20, tournament: 10 }, 100, 50],
    ['constrained evolution', { ...PUBLISHED['constrained-evolution'], population: 20 }, 200, 50],
    ['evolution on a predictor', { ...PUBLISHED['predictor-evolution'], ...fewer }, 60, 50],
    ['TuNAS’s controller', CHOSEN['factorised-controller'], 200, 50],
    ['ENAS’s controller', CHOSEN['lstm-controller'], 200, 50],
    ['PPO', CHOSEN.ppo, 200, 50],
  ])(
    '%s beats random search at equal evaluations',
    (_, spec, evaluations, seeds) => {
      const best = Array.from(
        { length: seeds },
        (_, seed) => bestAfter(table, spec, [evaluations], seed)[0]!,
      );
      const mean = best.reduce((sum, value) => sum + value, 0) / seeds;
      const deviation = Math.sqrt(best.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (seeds - 1));
      expect(mean - (1.96 * deviation) / Math.sqrt(seeds)).toBeGreaterThan(
        expectedBest(accuracies, evaluations),
      );
    },
    240_000,
  );

  test('under a limit of cost the best allowed architecture is found', () => {
    const macs = tableCost(table, 'macs')!;
    const { min, max } = macs.range();
    const limit = { cost: macs, value: min + 0.3 * (max - min) };
    const optimum = Math.max(
      ...rows.filter(({ costs }) => costs.macs <= limit.value).map(({ accuracy }) => accuracy),
    );
    const spec = { ...PUBLISHED['aging-evolution'], population: 20, tournament: 10 };
    const found = Array.from({ length: 20 }, (_, seed) => bestAfter(table, spec, [600], seed, limit)[0]!);
    expect(found.filter((value) => value === optimum).length).toBeGreaterThanOrEqual(16);
  });
});
