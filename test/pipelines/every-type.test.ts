import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunResult } from '../../src/engine/index.ts';
import { storeSource } from '../../src/report/source.ts';
import { createProject, repository } from '../engine/project.ts';
import { stageSchema } from '../stages/harness.ts';

/**
 * A pipeline of every shipped stage type, run in two stores that know nothing of each other: the determinism label of each
 * type is held against what they got.
 */

const shipped = (file: string) => fs.readFile(path.join(repository, 'pipelines', file), 'utf8');
const types = (await fs.readdir(path.join(repository, 'stages'))).sort();

const smoke = JSON.parse(await shipped('smoke.json')) as { stages: Record<string, object> };
const halving = JSON.parse(await shipped('halving.json')) as { stages: Record<string, object> };
const few = {
  evaluations: 4,
  strategy: { kind: 'aging-evolution', population: 2 },
  recalibrationImages: 25,
};

/** Every stage type once at least, with less of everything. */
const tiny = {
  name: 'tiny',
  extends: 'finalists.json',
  stages: {
    data: { params: { trainImages: 100, validationImages: 50, testImages: 50 } },
    space: { params: { expansions: [2], kernels: [3, 5] } },
    latency: { params: { repeats: 2, mostRepeats: 2, networks: 2 } },
    warmup: { params: { epochs: 1, batch: 25 } },
    search: { params: { steps: 3, batch: 25, validationBatch: 25, derive: 2, recalibrationImages: 25 } },
    evolve: { ...smoke.stages.evolve, params: { limit: { quantity: 'macs', fraction: 0.3 }, ...few } },
    random: {
      ...smoke.stages.random,
      params: { limit: { quantity: 'macs', fraction: 0.3 }, evaluations: 3, recalibrationImages: 25 },
    },
    finetune: {
      ...smoke.stages.finetune,
      params: {
        steps: 4,
        batch: 25,
        gateBatch: 25,
        derive: 1,
        recalibrationImages: 25,
        target: { quantity: 'macs', fraction: 0.3 },
      },
    },
    finalists: { take: 2, stages: { candidate: { params: { epochs: 1, batch: 25 } } } },
    train: { params: { atLeast: 0 } },
    found: { type: 'architecture', inputs: { space: 'space' }, params: { encoding: Array(20).fill(0) } },
    adapt: {
      ...halving.stages.adapt,
      params: { limit: { quantity: 'macs', fraction: 0.97 }, recalibrationImages: 25 },
    },
    inherited: { ...halving.stages.inherited, params: { recalibrationImages: 25 } },
    halving: {
      ...halving.stages.halving,
      params: { networks: 3, eta: 2, epochs: 0.5, batch: 25 },
    },
    larger: { type: 'scale', inputs: { space: 'space', architecture: 'found' } },
    tabular: { type: 'tabular-search', params: { table: 'pipelines/tables/toy.json', evaluations: 5 } },
    measure: { params: { warmup: 0, repeats: 3, mostRepeats: 3 } },
  },
};

const files = {
  'pipelines/smoke.json': await shipped('smoke.json'),
  'pipelines/finalists.json': await shipped('finalists.json'),
  'pipelines/tables/toy-device.yaml': await shipped('tables/toy-device.yaml'),
  'pipelines/tables/toy.json': await shipped('tables/toy.json'),
};
const projects = [await createProject(files), await createProject(files)];
afterAll(() => Promise.all(projects.map((project) => project.remove())));

let runs: readonly RunResult[];
beforeAll(async () => {
  runs = [];
  for (const project of projects) {
    const { result } = await project.run({ pipeline: tiny, file: 'pipelines/tiny.json' });
    expect(result.status, JSON.stringify(result.stages)).toBe('ok');
    runs = [...runs, result];
  }
}, 120_000);

const stagesOf = (run: RunResult, type: string) =>
  Object.entries(run.stages).flatMap(([id, stage]) => (stage!.type === type ? [{ id, ...stage! }] : []));

describe.each(types)('%s', (type) => {
  test('gives what its label promises', async () => {
    const schema = (await stageSchema(type)) as { 'x-stage': { determinism: string } };
    const label = schema['x-stage'].determinism;
    const [first, second] = runs.map((run) => stagesOf(run, type));
    expect(first!.length).toBeGreaterThan(0);
    expect(first!.map(({ determinism }) => determinism)).toEqual(first!.map(() => label));
    const outputsOf = (stages: typeof first) => stages!.map(({ id, outputs }) => [id, outputs]);
    if (label === 'exact') {
      expect(outputsOf(second)).toEqual(outputsOf(first));
      return;
    }
    expect(label).toBe('measured');
    const { id } = first![0]!;
    const run = async (force: string[]) => {
      const { result } = await projects[0]!.run({ pipeline: tiny, file: 'pipelines/tiny.json', force });
      return result.stages[id]!;
    };
    const before = await run([]);
    const repeated = await run([id]);
    expect(repeated).toMatchObject({ status: 'ran', fingerprint: before.fingerprint });
    expect(repeated.diverged, 'a measurement supersedes, it does not diverge').toBeUndefined();
    const kindsOf = ({ outputs }: typeof before) =>
      Object.entries(outputs).map(([port, output]) => [port, output!.kind]);
    expect(kindsOf(repeated)).toEqual(kindsOf(before));
    expect(await run([])).toMatchObject({ status: 'cached', outputs: repeated.outputs });
  }, 60_000);
});

test('the best trials are each trained from scratch, and the best of these is evaluated', async () => {
  const [project, result] = [projects[0]!, runs[0]!];
  const source = storeSource(await project.openStore());
  const load = async <K extends 'trials' | 'architecture' | 'model'>(stage: string, kind: K) => {
    const output = Object.values(result.stages[stage]!.outputs).find((each) => each!.kind === kind)!;
    return (await source.load(kind, output.digest))!;
  };
  const rewards = new Map<string, number>();
  for (const { encoding, reward } of await load('search', 'trials')) {
    rewards.set(`${encoding}`, Math.max(reward!, rewards.get(`${encoding}`) ?? reward!));
  }
  const ranked = [...rewards].sort(([, a], [, b]) => b - a).map(([encoding]) => encoding);
  const accuracies: number[] = [];
  for (const [index, encoding] of ranked.slice(0, 2).entries()) {
    expect(`${(await load(`architecture@finalists=${index + 1}`, 'architecture')).encoding}`).toBe(encoding);
    const { info } = await load(`candidate@finalists=${index + 1}`, 'model');
    expect(`${info.architecture!.encoding}`).toBe(encoding);
    accuracies.push(info.training!.accuracy.value);
  }
  expect(Object.keys(result.stages)).not.toContain('candidate@finalists=3');
  const best = await load('best', 'model');
  expect(best.info.training!.accuracy.value).toBe(Math.max(...accuracies));
  expect(result.stages.train!.outputs.passed!.digest).toBe(result.stages.best!.outputs.chosen!.digest);
  expect(result.stages.evaluate!.inputs.model!.digest).toBe(result.stages.best!.outputs.chosen!.digest);
});
