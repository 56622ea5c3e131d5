import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { MLP_PREDICTOR, PUBLISHED, type StrategyKind } from '../../src/nas/index.ts';
import { compileSchema } from '../../src/schema/check.ts';
import type { Trial } from '../../src/stage/index.ts';
import { readWritten } from '../../stages/tabular-search/written.ts';
import { failureOf, runStage, type Setup, stageSchema } from './harness.ts';

const toy = readFileSync(new URL('../../pipelines/tables/toy.json', import.meta.url), 'utf8');
const files = { 'toy.json': toy };
const kinds = Object.keys(PUBLISHED) as StrategyKind[];

/** Settings that make every strategy do all it does in a few evaluations. */
const small: { readonly [K in StrategyKind]: object } = {
  random: {},
  'aging-evolution': { population: 8, tournament: 3 },
  evolution: { population: 8, tournament: 3 },
  'lstm-controller': { batch: 3, hidden: 8, rate: 0.02 },
  'factorised-controller': { batch: 3, rate: 0.1 },
  ppo: { batch: 3, hidden: 8, rate: 0.02, passes: 2 },
  'constrained-evolution': { population: 8 },
  'predictor-evolution': { samples: 10, every: 4, population: 10, generations: 3 },
  nsga2: { population: 8, costs: ['latency', 'params'] },
  netadapt: { reduction: 0.001 },
};

const toyLatencies = (JSON.parse(toy) as { rows: { costs: { latency: number } }[] }).rows.map(
  ({ costs }) => costs.latency,
);

const setup = (kind: StrategyKind, params: object = {}): Setup => ({
  params: {
    table: 'toy.json',
    evaluations: 30,
    limit: { quantity: 'latency', fraction: 0.4 },
    strategy: { kind, ...small[kind] },
    ...params,
  },
  inputs: {},
  files,
});

/** NetAdapt draws nothing at random, comes down to the limit from above, and then ends. */
describe.each(kinds.filter((kind) => kind !== 'netadapt'))('%s', (kind) => {
  test('looks up what the table says, never above the limit', async () => {
    const { outputs, summary } = await runStage('tabular-search', setup(kind));
    const trials = outputs!.trials as readonly Trial[];
    const table = readWritten(toy, 'toy.json');
    const latencies = table.rows.map(({ costs }) => costs.latency!);
    const [min, max] = [Math.min(...latencies), Math.max(...latencies)];
    expect(trials).toHaveLength(30);
    for (const [index, trial] of trials.entries()) {
      const { accuracy, costs } = table.at(trial.encoding);
      expect(trial).toMatchObject({
        index,
        accuracy: { value: accuracy, provenance: 'predicted', split: 'validation', images: 1000 },
        costs,
        cost: costs.latency,
      });
      expect(trial.cost).toBeLessThanOrEqual(min + 0.4 * (max - min));
    }
    const best = Math.max(...trials.map(({ accuracy }) => accuracy.value));
    expect(outputs!.best).toEqual([trials.find(({ accuracy }) => accuracy.value === best)]);
    expect(summary).toMatchObject({ accuracy: best, evaluations: 30 });
  });

  test('goes on from a checkpoint as if nothing had happened', async () => {
    const whole = await runStage('tabular-search', setup(kind));
    const { checkpoint } = await runStage('tabular-search', setup(kind), { stopAt: 17 });
    const resumed = await runStage('tabular-search', setup(kind), { resume: checkpoint! });
    expect(resumed.outputs).toEqual(whole.outputs);
    const other = await runStage('tabular-search', { ...setup(kind), seed: 2 });
    expect(other.outputs).not.toEqual(whole.outputs);
  });
});

const withDefaults = async (strategy: object): Promise<object> => {
  const compiled = compileSchema(await stageSchema('tabular-search'));
  if (!compiled.ok) throw new Error(compiled.failures[0]!.message);
  const params = { table: 'toy.json', strategy };
  compiled.value.full()(params);
  return params.strategy;
};

test.each(kinds)('%s has the published settings where none are given', async (kind) => {
  expect(await withDefaults({ kind })).toEqual(PUBLISHED[kind]);
});

test('a perceptron has settings for some hundred samples where none are given', async () => {
  expect(await withDefaults({ kind: 'predictor-evolution', predictor: { kind: 'mlp' } })).toEqual({
    ...PUBLISHED['predictor-evolution'],
    predictor: MLP_PREDICTOR,
  });
});

test('without a limit everything may be proposed; the cost told is that of the limit, else MACs', async () => {
  const { outputs } = await runStage(
    'tabular-search',
    setup('random', { limit: null, evaluations: 84, strategy: { kind: 'random', distinct: true } }),
  );
  const trials = outputs!.trials as readonly Trial[];
  expect(new Set(trials.map(({ encoding }) => encoding.join())).size).toBe(84);
  expect(trials.every(({ cost, costs, target }) => cost === costs.macs && target === undefined)).toBe(true);
});

const without = (change: (table: { rows: { costs: { latency?: number } }[] }) => void): string => {
  const table = JSON.parse(toy);
  change(table);
  return JSON.stringify(table, null, 1);
};

test.each<[string, object, string, string, string]>([
  ['a file that is not there', { table: 'other.json' }, toy, 'missing-file', 'there is no file other.json'],
  [
    'a limit below all',
    { limit: { quantity: 'params', value: 10 } },
    toy,
    'impossible-target',
    'a params limit of 10 parameters cannot be reached: the architectures of this space have 3.152 k parameters to 18.31 k parameters',
  ],
  [
    'a latency that some rows lack',
    {},
    without(({ rows }) => delete rows[3]!.costs.latency),
    'no-latency',
    'the limit is a latency, but not every row of toy.json has one',
  ],
  [
    'a missing row',
    {},
    without(({ rows }) => rows.splice(5, 1)),
    'incomplete-table',
    [
      'toy.json is no table of architectures',
      'toy.json:66:10 incomplete-table: the architecture',
      '[0,0,0,1,0,1] has no row (83 have)',
      '   66 |  "rows": [',
      '      |          ^',
    ].join('\n'),
  ],
  [
    'more than there is',
    { limit: null, evaluations: 85, strategy: { kind: 'random', distinct: true } },
    toy,
    'no-allowed-architecture',
    'no architecture was found that is new in 1000 draws',
  ],
])('%s ends it', async (_, params, text, code, message) => {
  expect(
    await failureOf('tabular-search', { ...setup('random', params), files: { 'toy.json': text } }),
  ).toEqual({
    code,
    message,
  });
});

test('the predictor’s held-out error is told, once there is one', async () => {
  const told = async (evaluations: number) =>
    (await runStage('tabular-search', setup('predictor-evolution', { evaluations }))).summary[
      'predictor error'
    ];
  expect(await told(10)).toBeUndefined();
  expect(await told(11)).toBeGreaterThan(0);
  expect(await told(11)).toBeLessThan(0.1);
});

test('what a predictor expected of a trial is kept with it, and only of those that it proposed', async () => {
  const predictor = { kind: 'mlp', hidden: 8, epochs: 20 };
  const strategy = { kind: 'predictor-evolution', ...small['predictor-evolution'], predictor };
  const run = () => runStage('tabular-search', setup('predictor-evolution', { strategy, evaluations: 20 }));
  const { outputs, summary } = await run();
  const trials = outputs!.trials as readonly Trial[];
  expect(trials.map(({ predicted }) => predicted !== undefined)).toEqual(
    trials.map((_, index) => index >= 10),
  );
  expect(summary['predictor error']).toBeGreaterThan(0);
  expect((await run()).outputs).toEqual(outputs);
});

describe('netadapt', () => {
  const netadapt = (params: object = {}, strategy: object = {}) =>
    setup('netadapt', { evaluations: 100, ...params, strategy: { kind: 'netadapt', ...strategy } });

  test('begins with the dearest, and each step cuts the cost of what the last one kept by δ at least', async () => {
    const { outputs, summary } = await runStage('tabular-search', netadapt({}, { reduction: 0.05 }));
    const trials = outputs!.trials as readonly Trial[];
    const [start, ...cuts] = trials;
    expect(start!.phase).toBe('start');
    expect(start!.cost).toBe(Math.max(...toyLatencies));
    const delta = 0.05 * start!.cost;
    for (const { parent, cost } of cuts) expect(trials[parent!]!.cost - cost).toBeGreaterThanOrEqual(delta);
    const limit = trials[0]!.target!;
    const parents = [...new Set(cuts.map(({ parent }) => parent!))];
    expect(parents).toHaveLength(summary.steps as number);
    for (const parent of parents) expect(trials[parent]!.cost).toBeGreaterThan(limit);
    // of each step that was gone on from, the one with the most accuracy for the cost that it saves
    for (const [step, parent] of parents.slice(0, -1).entries()) {
      const from = trials[parent]!;
      const rate = (trial: Trial) => (trial.accuracy.value - from.accuracy.value) / (from.cost - trial.cost);
      const proposals = trials.filter((trial) => trial.parent === parent);
      const kept = trials[parents[step + 1]!]!;
      expect(rate(kept)).toBe(Math.max(...proposals.map(rate)));
    }
    const [best] = outputs!.best as readonly Trial[];
    expect(best!.cost).toBeLessThanOrEqual(limit);
  });

  test('goes on from a checkpoint as if nothing had happened', async () => {
    const whole = await runStage('tabular-search', netadapt());
    for (const stopAt of [1, 4, whole.ticks.length - 1]) {
      const { checkpoint } = await runStage('tabular-search', netadapt(), { stopAt });
      const resumed = await runStage('tabular-search', netadapt(), { resume: checkpoint! });
      expect(resumed.outputs).toEqual(whole.outputs);
    }
  });

  test('keeps the most accurate of each step where it is to, and begins where it is told', async () => {
    const start = [1, 1, 0, 1, 1, 1];
    const { outputs } = await runStage(
      'tabular-search',
      netadapt({ limit: null }, { keep: 'accuracy', start }),
    );
    const trials = outputs!.trials as readonly Trial[];
    expect(trials[0]!.encoding).toEqual(start);
    const parents = [...new Set(trials.slice(1).map(({ parent }) => parent!))];
    for (const [step, parent] of parents.slice(0, -1).entries()) {
      const accuracies = trials
        .filter((trial) => trial.parent === parent)
        .map(({ accuracy }) => accuracy.value);
      expect(trials[parents[step + 1]!]!.accuracy.value).toBe(Math.max(...accuracies));
    }
  });

  test('evaluations that do not bring it down to the limit are a failure, not a result above it', async () => {
    const { code, message } = await failureOf('tabular-search', netadapt({ evaluations: 3 }));
    expect(code).toBe('too-few-evaluations');
    expect(message).toMatch(
      /^netadapt had not come down to the limit after 3 evaluations \(.* ms of .* ms\): raise evaluations/,
    );
  });

  test('a start that is no encoding of the table is refused', async () => {
    expect((await failureOf('tabular-search', netadapt({}, { start: [0, 0] }))).code).toBe('encoding-length');
  });
});
