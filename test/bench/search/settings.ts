import { PUBLISHED, type StrategyKind, type StrategySpec } from '../../../src/nas/index.ts';
import { madeUpTable } from './made-up.ts';
import { bestAfter } from './run.ts';

/** Evaluations that the settings are chosen for. */
const EVALUATIONS = 200;
const TABLES = 3;
const SEEDS = 10;

const each = <T, U>(values: readonly T[], make: (value: T) => readonly U[]): U[] => values.flatMap(make);

/** What is tried of each controller. */
const TRIED: { readonly [K in StrategyKind]?: readonly StrategySpec[] } = {
  'factorised-controller': each([0.01, 0.03, 0.1, 0.3], (rate) =>
    [1, 5].map((batch) => ({
      ...PUBLISHED['factorised-controller'],
      rate,
      batch,
      ramp: 1,
      baselineDecay: 0.9,
    })),
  ),
  'lstm-controller': each([0.003, 0.01, 0.03, 0.1], (rate) =>
    [5, 10].map((batch) => ({
      ...PUBLISHED['lstm-controller'],
      hidden: 8,
      rate,
      batch,
      baselineDecay: 0.9,
    })),
  ),
  ppo: each([0.001, 0.003, 0.01, 0.03], (rate) =>
    [5, 10].map((batch) => ({ ...PUBLISHED.ppo, hidden: 8, rate, batch })),
  ),
};

/** What did best on them: the settings that the controllers are tried with on tables of trained networks. */
export const CHOSEN = {
  'factorised-controller': {
    ...PUBLISHED['factorised-controller'],
    rate: 0.1,
    batch: 5,
    ramp: 1,
    baselineDecay: 0.9,
  },
  'lstm-controller': {
    ...PUBLISHED['lstm-controller'],
    hidden: 8,
    rate: 0.1,
    batch: 5,
    baselineDecay: 0.9,
  },
  ppo: { ...PUBLISHED.ppo, hidden: 8, rate: 0.003, batch: 10 },
} as const;

/** Prints, of each controller's settings, the mean best accuracy on made-up tables: `npm run bench:search -- settings`. */
export function chooseSettings(): void {
  const tables = Array.from({ length: TABLES }, (_, seed) => madeUpTable(seed));
  const score = (spec: StrategySpec): number => {
    const found = tables.flatMap((table) =>
      Array.from({ length: SEEDS }, (_, seed) => bestAfter(table, spec, [EVALUATIONS], seed)[0]!),
    );
    return found.reduce((sum, value) => sum + value, 0) / found.length;
  };
  console.log(`random: ${(100 * score(PUBLISHED.random)).toFixed(2)}`);
  for (const [kind, specs] of Object.entries(TRIED)) {
    const scored = specs.map((spec) => ({ spec, value: score(spec) })).sort((a, b) => b.value - a.value);
    console.log(kind);
    for (const { spec, value } of scored) {
      const { rate, batch } = spec as { rate: number; batch: number };
      console.log(`  rate ${rate}, batch ${batch}: ${(100 * value).toFixed(2)}`);
    }
  }
}
