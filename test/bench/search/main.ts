import { readFileSync } from 'node:fs';
import {
  expectedBest,
  MLP_PREDICTOR,
  PUBLISHED,
  readNasBenchMacro,
  type StrategySpec,
  tableCost,
} from '../../../src/nas/index.ts';
import { bestAfter } from './run.ts';
import { CHOSEN, chooseSettings } from './settings.ts';

/**
 * `npm run bench:search -- <table> [seeds] [strategy …]`: the best accuracy that each strategy has found after so many
 * evaluations of NAS-Bench-Macro's file; the mean over seeds and its 95 % interval, in percent. `npm run bench:search --
 * settings` is what the settings of the controllers were chosen by.
 */
const [file = process.env.NAS_BENCH_MACRO, count = '50', ...only] = process.argv.slice(2);
if (file === 'settings') {
  chooseSettings();
  process.exit(0);
}
if (file === undefined) {
  console.error(
    'Name the table of NAS-Bench-Macro: npm run bench:search -- <file>, or NAS_BENCH_MACRO=<file>.',
  );
  process.exit(2);
}
const read = readNasBenchMacro(readFileSync(file, 'utf8'));
if (!read.ok) {
  console.error(`${file}: ${read.failures[0]!.message}`);
  process.exit(1);
}
const table = read.value;
const seeds = Number(count);
const MARKS = [50, 100, 200, 500];
/** Under a limit, where the strategies are told apart sooner. */
const FEW = [50, 100, 200];

/** Published settings, and such as suit some hundred evaluations: of the controllers, chosen on made-up tables. */
const STRATEGIES: { readonly [name: string]: StrategySpec } = {
  'random search': PUBLISHED.random,
  'aging evolution, P 20, S 10': { ...PUBLISHED['aging-evolution'], population: 20, tournament: 10 },
  'aging evolution, P 100, S 25 (published)': PUBLISHED['aging-evolution'],
  'evolution without aging, P 20, S 10': { ...PUBLISHED.evolution, population: 20, tournament: 10 },
  'constrained evolution, P 20': { ...PUBLISHED['constrained-evolution'], population: 20 },
  'constrained evolution, P 100 (published)': PUBLISHED['constrained-evolution'],
  'evolution on a predictor, 30 samples': {
    ...PUBLISHED['predictor-evolution'],
    samples: 30,
    every: 10,
    population: 50,
    generations: 20,
  },
  'evolution on a perceptron, 30 samples': {
    ...PUBLISHED['predictor-evolution'],
    samples: 30,
    every: 10,
    population: 50,
    generations: 20,
    predictor: MLP_PREDICTOR,
  },
  'NetAdapt, from the dearest down': PUBLISHED.netadapt,
  'NSGA-II, P 20': { ...PUBLISHED.nsga2, population: 20 },
  'TuNAS’s controller, batch 5, rate 0.1': CHOSEN['factorised-controller'],
  'TuNAS’s controller (published)': PUBLISHED['factorised-controller'],
  'ENAS’s controller, batch 5, rate 0.1': CHOSEN['lstm-controller'],
  'ENAS’s controller (published)': PUBLISHED['lstm-controller'],
  'PPO, batch 10, rate 0.003': CHOSEN.ppo,
  'PPO (usual settings)': PUBLISHED.ppo,
};

const percent = (value: number): string => (100 * value).toFixed(2);
const row = (cells: readonly string[]): void => console.log(`| ${cells.join(' | ')} |`);
const accuracies = table.rows.map(({ accuracy }) => accuracy);

row(['', ...MARKS.map(String), 'ms an evaluation']);
row(['---', ...MARKS.map(() => '---'), '---']);
row(['random search, closed form', ...MARKS.map((n) => percent(expectedBest(accuracies, n))), '']);
for (const [name, spec] of Object.entries(STRATEGIES)) {
  if (only.length > 0 && !only.some((word) => name.includes(word))) continue;
  const begin = performance.now();
  const runs = Array.from({ length: seeds }, (_, seed) => bestAfter(table, spec, MARKS, seed));
  const took = (performance.now() - begin) / seeds / MARKS.at(-1)!;
  row([name, ...MARKS.map((_, at) => interval(runs.map((run) => run[at]!))), took.toFixed(3)]);
}

console.log('');
const macs = tableCost(table, 'macs')!;
const { min, max } = macs.range();
const limit = { cost: macs, value: min + 0.3 * (max - min) };
const allowed = table.rows.filter(({ costs }) => costs.macs <= limit.value);
const optimum = Math.max(...allowed.map(({ accuracy }) => accuracy));
console.log(
  `Under ${(limit.value / 1e6).toFixed(1)} M MACs (${allowed.length} of ${table.rows.length}; the best has ${percent(optimum)}): share of seeds that found it`,
);
row(['', ...FEW.map(String)]);
row(['---', ...FEW.map(() => '---')]);
for (const [name, spec] of Object.entries(STRATEGIES)) {
  if (only.length > 0 && !only.some((word) => name.includes(word))) continue;
  const runs = Array.from({ length: seeds }, (_, seed) => bestAfter(table, spec, FEW, seed, limit));
  row([
    name,
    ...FEW.map(
      (_, at) => `${Math.round((100 * runs.filter((run) => run[at] === optimum).length) / seeds)} %`,
    ),
  ]);
}

/** Mean ± half of its 95 % interval. */
function interval(values: readonly number[]): string {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return `${percent(mean)} ± ${percent(1.96 * Math.sqrt(variance / values.length))}`;
}
