import { rm } from 'node:fs/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { checkRun } from '../../src/check/index.ts';
import { kinds } from '../../src/kinds/index.ts';
import { macsCost, paramsCost, resolveTarget, reward } from '../../src/nas/index.ts';
import type { Architecture, EvaluatedModel, Trial } from '../../src/stage/index.ts';
import { fits } from '../cli/schema.ts';
import * as samples from '../kinds/samples.ts';
import { encodings, recordRun, space, temporaryStore } from '../report/fixture.ts';

/** The store of the last run that was checked. */
let target: Awaited<ReturnType<typeof temporaryStore>>;
const made: string[] = [];
afterAll(() => Promise.all(made.map((root) => rm(root, { recursive: true, force: true }))));

const [params, macs] = [paramsCost(space), macsCost(space)];
const costsOf = (encoding: readonly number[]) => ({
  params: params.cost(encoding),
  macs: macs.cost(encoding),
});
const limit = resolveTarget(macs, { fraction: 0.5 });
if (!limit.ok) throw new Error('the target lies in the range');
const aim = limit.value;

const trial = (index: number, encoding: readonly number[], accuracy: number, phase: string): Trial => ({
  index,
  encoding: [...encoding],
  origin: 'controller',
  accuracy: { value: accuracy, provenance: 'inherited', split: 'validation', images: 100 },
  costs: costsOf(encoding),
  cost: macs.cost(encoding),
  target: aim,
  reward: reward({ kind: 'mnas-soft', target: aim }, accuracy, macs.cost(encoding)),
  phase,
});

/** Two classes, four images: cat right, cat wrong, dog right, dog right. */
const evaluation: EvaluatedModel = {
  probabilities: Float32Array.from([0.75, 0.25, 0.25, 0.75, 0.25, 0.75, 0.125, 0.875]),
  labels: Uint8Array.from([0, 0, 1, 1]),
  metrics: {
    accuracy: { value: 0.75, provenance: 'trained', split: 'test', images: 4 },
    top5: 1,
    margin: 0.3,
    negativeLogLikelihood: -(Math.log(0.75) + Math.log(0.25) + Math.log(0.75) + Math.log(0.875)) / 4,
    classes: [
      { class: 'cat', support: 2, precision: 1, recall: 0.5, f1: 2 / 3 },
      { class: 'dog', support: 2, precision: 2 / 3, recall: 1, f1: 0.8 },
    ],
    macro: { precision: 5 / 6, recall: 0.75, f1: (2 / 3 + 0.8) / 2 },
    weighted: { precision: 5 / 6, recall: 0.75, f1: (2 / 3 + 0.8) / 2 },
    confusion: [
      [1, 1],
      [0, 2],
    ],
    costs: { params: 1, macs: 1 },
  },
};

/** A search and an evaluation as the stages leave them, with changes; what is found not to agree. */
async function findings({
  trials = (all: Trial[]) => all,
  architecture = (one: Architecture) => one,
  evaluated = (one: EvaluatedModel) => one,
} = {}) {
  target = await temporaryStore();
  made.push(target.store.root);
  const digest = (
    await target.store.objects.put(
      'search-space',
      kinds['search-space'].version,
      kinds['search-space'].save(space),
    )
  ).digest;
  const all = [
    trial(0, encodings.large, 0.9, 'search'),
    trial(1, encodings.small, 0.8, 'derive'),
    trial(2, encodings.large, 0.5, 'derive'),
  ];
  const chosen: Architecture = {
    ...samples.architecture,
    space: digest,
    encoding: [...encodings.small],
    costs: costsOf(encodings.small),
    accuracy: all[1]!.accuracy,
  };
  const result = await recordRun(target, 'toy', {
    space: {
      type: 'search-space',
      outputs: { space: { kind: 'search-space', value: space } },
      ms: 1,
    },
    search: {
      type: 'controller-search',
      params: {
        target: { quantity: 'macs', fraction: 0.5 },
        reward: 'mnas-soft',
        costExponent: null,
      } as never,
      inputs: { space: 'space.space' },
      outputs: {
        trials: { kind: 'trials', value: trials(all) },
        architecture: { kind: 'architecture', value: architecture(chosen) },
      },
      ms: 1,
    },
    evaluate: {
      type: 'evaluate',
      inputs: { architecture: 'search.architecture' },
      outputs: { evaluation: { kind: 'evaluation', value: evaluated(evaluation) } },
      ms: 1,
    },
  });
  const report = await checkRun(target.store, result);
  expect(await fits('check', report)).toEqual([]);
  expect(report.agrees).toBe(report.findings.every(({ status }) => status === 'agrees'));
  return report.findings
    .filter(({ status }) => status !== 'agrees')
    .map(({ stage, what, detail }) => `${stage}: ${what}: ${detail}`);
}

test('a run as its stages left it agrees in everything', async () => {
  expect(await findings()).toEqual([]);
});

describe('what was changed by hand is named', () => {
  const change = (at: number, fields: Partial<Trial>) => (all: Trial[]) =>
    all.map((each, index) => (index === at ? { ...each, ...fields } : each));

  test('the reward of a trial, which then is not the best one', async () => {
    const derived = trial(1, encodings.small, 0.8, 'derive').reward;
    expect(await findings({ trials: change(1, { reward: 0.1 }) })).toEqual([
      `search: rewards of the trials: trial 1: reward 0.1, derived ${derived}`,
      `search: choice of the architecture: it has 0.1, the best trial ${trial(2, encodings.large, 0.5, 'derive').reward}`,
    ]);
  });

  test('a cost, a target', async () => {
    const { costs } = trial(0, encodings.large, 0.9, 'search');
    expect(await findings({ trials: change(0, { costs: { ...costs, macs: 5 } }) })).toEqual([
      `search: costs of the trials: trial 0: macs 5, derived ${costs.macs}`,
    ]);
    expect(await findings({ trials: change(0, { target: 1 }) })).toEqual([
      `search: rewards of the trials: trial 0: target 1, derived ${aim}`,
    ]);
  });

  test('another architecture than the best, one of no trial, another accuracy', async () => {
    const other = (encoding: readonly number[]) => (one: Architecture) => ({
      ...one,
      encoding: [...encoding],
      costs: costsOf(encoding),
    });
    expect(await findings({ architecture: other(encodings.large) })).toEqual([
      expect.stringMatching(/^search: choice of the architecture: it has 0\.\d+, the best trial 0\.\d+$/),
    ]);
    expect(await findings({ architecture: other([0, 0, 0, 1, 1, 1, 0, 0]) })).toEqual([
      'search: choice of the architecture: it is none of the trials',
    ]);
    const accuracy = { ...evaluation.metrics.accuracy, value: 0.9 };
    expect(await findings({ architecture: (one) => ({ ...one, accuracy }) })).toEqual([
      'search: choice of the architecture: accuracy 0.9, its trial 0.8',
    ]);
    const costs = { ...costsOf(encodings.small), params: 7 };
    expect(await findings({ architecture: (one) => ({ ...one, costs }) })).toEqual([
      `search: costs of the architecture: params 7, derived ${params.cost(encodings.small)}`,
    ]);
  });

  test('metrics that do not follow from the predictions', async () => {
    const said = (metrics: Partial<EvaluatedModel['metrics']>) => ({
      evaluated: (one: EvaluatedModel) => ({ ...one, metrics: { ...one.metrics, ...metrics } }),
    });
    const accuracy = { ...evaluation.metrics.accuracy, value: 1 };
    expect(await findings(said({ accuracy }))).toEqual([
      'evaluate: artifacts: evaluation: metrics.json: accuracy 1, but 3 of 4 on the diagonal',
    ]);
    // consistent in itself, and all the same not what was predicted
    const confusion = [
      [2, 0],
      [1, 1],
    ];
    expect(await findings(said({ confusion }))).toEqual([
      'evaluate: accuracy, F1, confusion: confusion matrix',
    ]);
    const macro = { ...evaluation.metrics.macro, f1: 0.9 };
    expect(await findings(said({ macro }))).toEqual([
      expect.stringMatching(/^evaluate: accuracy, F1, confusion: macro F1 0\.9, derived 0\.7333/),
    ]);
  });
});

test('an artifact that is gone is told', async () => {
  await findings();
  const result = (await target.store.runs.results((await target.store.runs.list()).at(-1)!)) as never;
  const { digest } = (result as { stages: { search: { outputs: { trials: { digest: string } } } } }).stages
    .search.outputs.trials;
  await rm(target.store.objects.directory(digest), { recursive: true });
  const { findings: found } = await checkRun(target.store, result);
  expect(found.find(({ what, status }) => what === 'artifacts' && status === 'differs')?.detail).toBe(
    `trials: artifact ${digest.slice(0, 12)} is not in the store`,
  );
});
