import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { storeSource } from '../../src/report/source.ts';
import { createProject, repository } from '../engine/project.ts';

const shipped = (file: string) => fs.readFile(path.join(repository, 'pipelines', file), 'utf8');

/** The shipped pipeline with less of everything. */
const tiny = {
  name: 'tiny',
  extends: 'finalists.json',
  stages: {
    latency: null,
    measure: null,
    size: null,
    data: { params: { trainImages: 100, validationImages: 50, testImages: 100 } },
    space: { params: { expansions: [2], kernels: [3, 5] } },
    warmup: { params: { epochs: 1, batch: 25 } },
    search: { params: { steps: 3, batch: 25, validationBatch: 25, derive: 2, recalibrationImages: 25 } },
    finalists: { take: 2, stages: { candidate: { params: { epochs: 1, batch: 25 } } } },
    train: { params: { atLeast: 0 } },
  },
};

const project = await createProject({
  'pipelines/smoke.json': await shipped('smoke.json'),
  'pipelines/finalists.json': await shipped('finalists.json'),
});
afterAll(() => project.remove());

test('the best trials are each trained from scratch, and the best of these is evaluated', async () => {
  const { result } = await project.run({ pipeline: tiny, file: 'pipelines/tiny.json' });
  expect(Object.values(result.stages).map((stage) => stage!.failure)).toEqual(
    Object.keys(result.stages).map(() => undefined),
  );
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
}, 60_000);
