import { afterAll, beforeAll, expect, test } from 'vitest';
import { baselineOf } from '../../src/cli/baseline.ts';
import { loadPipeline, loadProject, type RunResult } from '../../src/engine/index.ts';
import { createProject, pipelineText, sums, type TestProject } from '../engine/project.ts';
import { encodings, searchRun, temporaryStore } from '../report/fixture.ts';

const data = { type: 'data-prep', params: { source: 'fashion-mnist-mini', trainImages: 400 } };
const withData = (name: string, trainImages = 400) =>
  pipelineText({
    ...sums,
    name,
    stages: { ...sums.stages, data: { ...data, params: { ...data.params, trainImages } } },
  });

let project: TestProject;
let target: Awaited<ReturnType<typeof temporaryStore>>;
let run: RunResult;
const onTest = (result: RunResult, digest: string): RunResult => {
  const evaluate = { ...result.stages.evaluate!, inputs: { test: { from: 'data.test', digest } } };
  return { ...result, stages: { ...result.stages, evaluate } };
};
const baselineFor = async (file: string, result = run) => {
  const found = await loadProject(project.root);
  const pipeline = await loadPipeline(found, { file, from: project.root });
  if (!pipeline.ok) throw new Error(pipeline.failures[0]!.message);
  const ran = { project: found, pipeline: pipeline.value, store: target.store, file };
  return baselineOf(ran, project.root, result);
};

beforeAll(async () => {
  project = await createProject({
    'pipelines/search.json': withData('search'),
    'pipelines/small.json': withData('small', 200),
    'pipelines/random-baseline.json': withData('random-baseline'),
  });
  target = await temporaryStore();
  run = onTest(await searchRun(target), '1'.repeat(64));
});
afterAll(() => project.remove());

test('a search on the data of the baseline is told of it; other data and the baseline itself are not', async () => {
  const file = 'pipelines/random-baseline.json';
  expect(await baselineFor('pipelines/search.json')).toEqual({ file });
  expect(await baselineFor('pipelines/small.json')).toBeUndefined();
  expect(await baselineFor(file)).toBeUndefined();
});

test('once it has run on the same test split the two are compared', async () => {
  const other = await searchRun(target, {
    reward: 'tunas-absolute',
    encoding: encodings.large,
    correct: 2,
    median: 0.75,
  });
  const kept = await target.store.runs.create('random-baseline', {});
  await kept.writeResults({ ...onTest(other, '1'.repeat(64)), run: kept.id });
  kept.close();
  const found = await baselineFor('pipelines/search.json');
  expect(found).toMatchObject({ run: kept.id });
  expect((found as { readonly metrics: readonly object[] }).metrics.slice(0, 2)).toMatchObject([
    { name: 'test accuracy', a: 0.5, b: 0.75 },
    { name: 'latency, measured', a: 0.75, b: 1.25 },
  ]);
  const elsewhere = onTest(run, '2'.repeat(64));
  expect(await baselineFor('pipelines/search.json', elsewhere)).toEqual({
    file: 'pipelines/random-baseline.json',
  });
});
