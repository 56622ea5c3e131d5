import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createWork,
  diffRuns,
  loadPipeline,
  loadProject,
  planPipeline,
  type RunResult,
  whyStage,
} from '../../src/engine/index.ts';
import { formatProblem } from '../../src/schema/problem.ts';
import type { Store } from '../../src/store/index.ts';
import { createProject, pipelineText, statuses, sums, type TestProject } from './project.ts';

/** One project whose pipeline ran twice: with 2 and with 4 as the second number. */

let project: TestProject;
let store: Store;
let first: RunResult;
let second: RunResult;
beforeAll(async () => {
  project = await createProject();
  first = (await project.run()).result;
  second = (await project.run({ sets: ['second.params.value=4'] })).result;
  store = await project.openStore();
});
afterAll(() => project.remove());

async function plan(pipeline: object = sums, sets: string[] = []) {
  await project.write('pipelines/plan.json', pipelineText(pipeline));
  const loadedProject = await loadProject(project.root);
  const file = { file: 'pipelines/plan.json', from: project.root, sets };
  const loaded = await loadPipeline(loadedProject, file);
  if (!loaded.ok) throw new Error(loaded.failures.map((problem) => formatProblem(problem)).join('\n'));
  const result = await planPipeline(createWork(loadedProject, loaded.value, store, {}));
  return result.ok ? result.value.stages : result.failures.map((problem) => formatProblem(problem, 200));
}

const lines = (stages: Awaited<ReturnType<typeof plan>>) =>
  stages.map((stage) => (typeof stage === 'string' ? stage : `${stage.status} ${stage.id}: ${stage.reason}`));

describe('a plan', () => {
  test('of what is done', async () => {
    const stages = await plan();
    expect(stages.map((stage) => typeof stage === 'object' && stage.status)).toEqual(Array(4).fill('cached'));
    expect(stages[3]).toMatchObject({
      id: 'odd',
      type: 'parity',
      determinism: 'exact',
      fingerprint: first.stages.odd!.fingerprint,
      outputs: { parity: first.stages.odd!.outputs.parity!.digest },
      expectedMs: expect.any(Number),
    });
  });

  test('says what changed, and what is not known yet; nothing runs', async () => {
    const before = await fs.readdir(path.join(project.store, 'attempts'));
    const stages = await plan(sums, ['second.params.value=8']);
    expect(lines(stages).slice(1)).toEqual([
      'run second: params.value 4 → 8',
      'unknown total: until second has run',
      'unknown odd: until second has run',
    ]);
    expect(stages[1]).toMatchObject({
      changes: [{ field: 'params.value', from: '4', to: '8' }],
      expectedMs: expect.any(Number),
    });
    expect(stages[2]).toHaveProperty('expectedMs');
    expect(await fs.readdir(path.join(project.store, 'attempts'))).toEqual(before);
  });

  test('of a stage that has not run before, and of its dependants', async () => {
    const stages = { ...sums.stages, walk: { type: 'walk', inputs: { from: 'odd' } } };
    const planned = await plan({ ...sums, stages });
    expect(lines(planned).at(-1)).toBe('run walk: it has not run before');
  });

  test('of a stage that failed last time, until it succeeds; not of another stage of its type', async () => {
    const stages = { other: { type: 'walk' }, lost: { type: 'walk', params: { failAt: 1 } } };
    const pipeline = { name: 'lost', stages };
    const file = 'pipelines/lost.json';
    await project.run({ pipeline, file });
    const failed = 'it failed last time: the walk was lost at step 1';
    expect(lines(await plan(pipeline)).at(-1)).toBe(`run lost: ${failed}`);
    const { result } = await project.run({
      pipeline,
      file,
      sets: ['lost.params.failAt=0', 'lost.params.steps=3'],
    });
    const why = await whyStage(store, result, 'lost');
    expect(why).toMatchObject({ ok: true, value: { reason: failed, changes: [], unchanged: [] } });
    expect(why).not.toHaveProperty('value.against');
    const after = await plan(pipeline, ['lost.params.failAt=0', 'lost.params.steps=4']);
    expect(lines(after).at(-1)).toMatch(/^(resume|run) lost: params.steps 3 → 4/);
  });

  test('expects of a new stage what another took with the same params, and nothing by one with others', async () => {
    const sum = (plus: number) => ({ type: 'sum', inputs: { a: 'one' }, params: { plus } });
    const stages = { one: { type: 'constant', params: { value: 1 } }, same: sum(0), other: sum(5) };
    const [, same, other] = await plan({ name: 'new', stages });
    expect(same).toMatchObject({ status: 'run', expectedMs: expect.any(Number) });
    expect(other).toMatchObject({ status: 'run' });
    expect(other).not.toHaveProperty('expectedMs');
  });

  test('finds files and artifacts from outside', async () => {
    await project.write('three.json', '3');
    const { digest } = first.stages.total!.outputs.number!;
    const inputs = { a: { file: 'three.json' }, b: { artifact: digest } };
    const stages = { sum: { type: 'sum', inputs } };
    const [sum] = await plan({ name: 'outside', stages });
    expect(sum).toMatchObject({ status: 'run' });
    const { result } = await project.run({
      pipeline: { name: 'outside', stages },
      file: 'pipelines/outside.json',
    });
    expect(statuses(result)).toEqual({ sum: 'ran' });
    expect(result.stages.sum!.inputs).toMatchObject({
      a: { from: 'three.json' },
      b: { from: 'artifact', digest },
    });
    const value = path.join(project.store, 'runs/latest-outside/sum/number/value.json');
    expect(JSON.parse(await fs.readFile(value, 'utf8'))).toBe(6);
  });

  test('what is not there is a problem in the text', async () => {
    const inputs = { a: { file: 'four.json' }, b: { artifact: '0'.repeat(64) } };
    expect(await plan({ name: 'outside', stages: { sum: { type: 'sum', inputs } } })).toEqual([
      `pipelines/plan.json:8:19 unreadable: cannot read four.json: there is no such file
    8 |           "file": "four.json"
      |                   ^^^^^^^^^^^`,
      `pipelines/plan.json:11:23 unknown-artifact: the store ${project.store} has no artifact ${'0'.repeat(64)}
   11 |           "artifact": "${'0'.repeat(64)}"
      |                       ${'^'.repeat(66)}
   Run the pipeline that makes it, or bring it with npx pipe import; npx pipe runs lists what was made.`,
    ]);
  });
});

test('a file that is no JSON is shown in itself', async () => {
  await project.write('bad.json', '{"a": 1,');
  const stages = { sum: { type: 'sum', inputs: { a: { file: 'bad.json' } } } };
  expect(await plan({ name: 'outside', stages })).toEqual([
    `bad.json:1:9 invalid-json: a key in double quotes is expected here; a comma must not follow the last member
    1 | {"a": 1,
      |         ^`,
  ]);
});

describe('why', () => {
  test('names the input that changed, in the terms of its kind', async () => {
    const why = await whyStage(store, second, 'total');
    if (!why.ok) throw new Error(why.failures[0]!.message);
    expect(why.value).toMatchObject({
      type: 'sum',
      cached: false,
      ranIn: second.run,
      reason: 'input b changed',
      against: { run: first.run, fingerprint: first.stages.total!.fingerprint },
      unchanged: ['params', 'code'],
      inputs: [{ port: 'b', kind: 'json', source: 'second.number', same: false }],
    });
    expect(why.value.inputs[0]!.changes).toMatchObject([{ from: 2, to: 4, delta: 2 }]);
  });

  test('of a cached stage goes back to the run that made it', async () => {
    const why = await whyStage(store, second, 'first');
    expect(why.ok && why.value).toMatchObject({ cached: true, ranIn: first.run });
  });

  test('of a stage that there is not', async () => {
    expect(await whyStage(store, second, 'third')).toEqual({
      ok: false,
      failures: [{ code: 'unknown-stage', message: `run ${second.run} has no stage "third"` }],
    });
  });
});

describe('a diff of two runs', () => {
  test('finds the first difference, and what it led to', async () => {
    const diff = await diffRuns(store, first, second);
    expect(diff.same).toBe(false);
    expect(diff.first).toEqual({ stage: 'second', changes: [{ field: 'params.value', from: '2', to: '4' }] });
    expect(diff.stages.map(({ id, status }) => `${id} ${status}`)).toEqual([
      'first same',
      'second different',
      'total different',
      'odd equal-outputs',
    ]);
    expect(diff.stages[2]!.outputs).toMatchObject([
      { port: 'number', same: false, changes: [{ from: 3, to: 5, delta: 2 }] },
    ]);
  });

  test('of a run with itself is the same', async () => {
    const diff = await diffRuns(store, second, second);
    expect(diff).toMatchObject({ same: true, from: second.run, to: second.run });
    expect(diff.first).toBeUndefined();
  });
});

test('everything that a run says has the form that its schema promises', async () => {
  const { Ajv } = await import('ajv');
  const { repository } = await import('./project.ts');
  const schema = async (name: string) =>
    JSON.parse(await fs.readFile(path.join(repository, 'schemas', `${name}.schema.json`), 'utf8'));
  const ajv = new Ajv({ discriminator: true, strictTypes: false });
  const [event, result, planned] = await Promise.all(['event', 'run-result', 'plan'].map(schema));
  const failing = {
    name: 'f',
    stages: { lost: { type: 'walk', params: { failAt: 2 } }, next: { type: 'sum', inputs: { a: 'lost' } } },
  };
  const { events, result: failed } = await project.run({
    pipeline: failing,
    file: 'pipelines/f.json',
    checkpointSeconds: 0,
  });
  const { events: cached } = await project.run();
  const isEvent = ajv.compile(event);
  for (const each of [...events, ...cached])
    expect([isEvent(each), isEvent.errors, each.event]).toEqual([true, null, each.event]);
  const isResult = ajv.compile(result);
  for (const each of [failed, first, second]) expect([isResult(each), isResult.errors]).toEqual([true, null]);
  const isPlan = ajv.compile(planned);
  expect([isPlan({ stages: await plan(sums, ['first.params.value=7']) }), isPlan.errors]).toEqual([
    true,
    null,
  ]);
});
