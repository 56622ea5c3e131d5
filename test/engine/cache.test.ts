import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createProject, pipelineText, projectFiles, statuses, sums, type TestProject } from './project.ts';

const all = (status: string) => ({ first: status, second: status, total: status, odd: status });

/** The pipeline with other params or inputs of one stage. */
const changed = (stage: keyof typeof sums.stages, change: object) => ({
  ...sums,
  stages: { ...sums.stages, [stage]: { ...sums.stages[stage], ...change } },
});

let done: TestProject;
let project: TestProject;
beforeAll(async () => {
  done = await createProject();
  const { result } = await done.run();
  expect(statuses(result)).toEqual(all('ran'));
});
beforeEach(async () => {
  project = await createProject();
  await fs.cp(done.store, project.store, { recursive: true, verbatimSymlinks: true });
});
afterEach(() => project.remove());
afterAll(() => done.remove());

describe('a second run', () => {
  test('takes everything from the store and gives the same', async () => {
    const { result } = await project.run();
    expect(statuses(result)).toEqual(all('cached'));
    expect(result.status).toBe('ok');
    const parity = path.join(project.store, 'runs', 'latest', 'odd', 'parity');
    expect(JSON.parse(await fs.readFile(path.join(parity, 'value.json'), 'utf8'))).toBe(1);
  });

  test('tells each stage once, and the end in the promised form', async () => {
    const { events, result } = await project.run();
    expect(events.map(({ event }) => event)).toEqual([
      'run-started',
      ...Array(4).fill('stage-cached'),
      'run-finished',
    ]);
    const last = events.at(-1)!;
    expect(Object.keys(last).sort()).toEqual(['event', 'run', 'stages', 'status']);
    expect(last).toMatchObject({ run: result.run, status: 'ok' });
    const { odd } = (last as { stages: { [id: string]: object } }).stages;
    expect(odd).toEqual({
      status: 'cached',
      fingerprint: result.stages.odd!.fingerprint,
      determinism: 'exact',
      outputs: { parity: result.stages.odd!.outputs.parity!.digest },
    });
  });

  test('is not disturbed by anything that changes no result', async () => {
    const reordered = {
      stages: Object.fromEntries(Object.entries(sums.stages).reverse()),
      seed: 3,
      description: 'The same.',
      name: 'renamed',
    };
    await fs.utimes(path.join(project.root, 'stages/sum/stage.ts'), 1, 1);
    await project.write(
      'lib/arithmetic.ts',
      projectFiles['lib/arithmetic.ts']!.replace('// shared', '// a comment\n// shared').replaceAll(
        '  ',
        ' ',
      ),
    );
    const text = pipelineText(reordered).replaceAll('\n', '\n\n');
    const { result } = await project.run({ pipeline: text, file: 'pipelines/other.json' });
    expect(statuses(result)).toEqual(all('cached'));
  });
});

describe('these rerun exactly the dependants:', () => {
  test('a param', async () => {
    const { result, events } = await project.run({ sets: ['second.params.value=4'] });
    expect(statuses(result)).toEqual({ first: 'cached', second: 'ran', total: 'ran', odd: 'ran' });
    const started = events.flatMap((event) =>
      event.event === 'stage-started' ? [[event.stage, event.reason]] : [],
    );
    expect(started).toEqual([
      ['second', 'params.value 2 → 4'],
      ['total', 'input b changed'],
      ['odd', 'input of changed'],
    ]);
  });

  test('a default', async () => {
    const file = 'schemas/stages/sum.schema.json';
    await project.write(file, projectFiles[file]!.replace('"default":0', '"default":2'));
    const { result } = await project.run();
    expect(statuses(result)).toEqual({ first: 'cached', second: 'cached', total: 'ran', odd: 'ran' });
  });

  test('the seed, of stages that are random', async () => {
    const pipeline = {
      name: 'walks',
      seed: 1,
      stages: { ...sums.stages, walk: { type: 'walk', inputs: { from: 'odd' } } },
    };
    await project.run({ pipeline });
    const { result } = await project.run({ pipeline, sets: ['seed=4'] });
    expect(statuses(result)).toEqual({ ...all('cached'), walk: 'ran' });
  });

  test('swapped input roles', async () => {
    const { result } = await project.run({
      pipeline: changed('total', { inputs: { a: 'second', b: 'first' } }),
    });
    expect(result.stages.total!.status).toBe('ran');
    expect(result.stages.odd!.status).toBe('cached');
  });

  test('a constant in a helper that the stage type reaches', async () => {
    const file = 'lib/arithmetic.ts';
    await project.write(file, projectFiles[file]!.replace('scale = 1', 'scale = 3'));
    const { result, events } = await project.run();
    expect(statuses(result)).toEqual({ first: 'cached', second: 'cached', total: 'ran', odd: 'ran' });
    const total = events.find((event) => event.event === 'stage-started' && event.stage === 'total');
    expect(total).toMatchObject({ reason: 'code changed (lib/arithmetic.ts)' });
  });
});

test('a stage that gives the same as before cuts off what depends on it', async () => {
  const { result } = await project.run({ sets: ['first.params.value=2', 'second.params.value=1'] });
  expect(statuses(result)).toEqual({ first: 'cached', second: 'cached', total: 'ran', odd: 'cached' });
});

test('a stage that is forced runs, and its equal outputs cut off what depends on it', async () => {
  const { result } = await project.run({ force: ['total'] });
  expect(statuses(result)).toEqual({ first: 'cached', second: 'cached', total: 'ran', odd: 'cached' });
});

test('a lost object is made again', async () => {
  const { result: before } = await project.run();
  const { digest } = before.stages.total!.outputs.number!;
  await fs.rm(path.join(project.store, 'objects', digest.slice(0, 2), digest), { recursive: true });
  const { result, events } = await project.run();
  expect(statuses(result)).toEqual({ first: 'cached', second: 'cached', total: 'ran', odd: 'cached' });
  expect(events.find(({ event }) => event === 'stage-started')).toMatchObject({
    reason: 'its outputs are no longer whole in the store',
  });
  expect(result.stages.total!.outputs).toEqual(before.stages.total!.outputs);
});
