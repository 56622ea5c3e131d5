import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunEvent } from '../../src/schema/generated/event.ts';
import { pipe } from '../cli/pipe.ts';
import { createProject, pipelineText, statuses, type TestProject } from './project.ts';

const schema = (properties: object, stage: object) =>
  JSON.stringify({
    description: 'For a test.',
    type: 'object',
    additionalProperties: false,
    properties,
    'x-stage': stage,
  });
const port = { kind: 'json', description: 'A value.' };

let project: TestProject;
beforeAll(async () => {
  project = await createProject({
    'schemas/stages/list.schema.json': schema(
      { values: { description: 'The list.', default: [] } },
      { outputs: { list: port } },
    ),
    'stages/list/stage.ts': `
import { defineStage } from 'naspipe/stage';
export default defineStage<{ values: number[] }, {}, { list: 'json' }>({
  async run({ params }) {
    return { list: params.values.map((n) => ({ n })) };
  },
});
`,
    'schemas/stages/number.schema.json': schema({}, { inputs: { of: port }, outputs: { number: port } }),
    'stages/number/stage.ts': `
import { defineStage } from 'naspipe/stage';
export default defineStage<{}, { of: 'json' }, { number: 'json' }>({
  async run({ inputs }) {
    return { number: 10 * (inputs.of as { n: number }).n };
  },
});
`,
    // dies at its third step unless it goes on from a checkpoint
    'schemas/stages/frail.schema.json': schema(
      { deaths: { type: 'integer', description: 'Steps at which it dies.', default: 1 } },
      { outputs: { step: port }, retries: { times: 2, seconds: 0.05 } },
    ),
    'stages/frail/stage.ts': `
import { defineStage } from 'naspipe/stage';
export default defineStage<{ deaths: number }, {}, { step: 'json' }>({
  async run({ params, resume, tick }) {
    const first = (resume?.state as number | undefined) ?? 0;
    for (let step = first + 1; step <= 9; step++) {
      await tick({ step, total: 9 }, () => ({ state: step, tensors: new Map() }));
      if (step % 3 === 0 && step / 3 <= params.deaths && step > first) process.kill(process.pid, 'SIGKILL');
    }
    return { step: 9 };
  },
});
`,
  });
});
afterAll(() => project.remove());

const best = (values: number[], more: object = {}) => ({
  name: 'best',
  stages: {
    numbers: { type: 'list', params: { values } },
    each: {
      type: 'foreach',
      items: 'numbers',
      by: 'n',
      take: 2,
      stages: {
        ten: { type: 'number', inputs: { of: 'item' } },
        plus: { type: 'sum', inputs: { a: 'ten' } },
      },
    },
    choice: { type: 'choose', inputs: { candidates: 'each.plus' }, params: { figure: '' } },
    gate: { type: 'assert', inputs: { of: 'choice' }, params: { figure: '', atLeast: 25 } },
    after: { type: 'sum', inputs: { a: 'gate' } },
    ...more,
  },
});

const run = (pipeline: object, options: object = {}) =>
  project.run({ pipeline, file: 'pipelines/best.json', ...options });
const of = <E extends RunEvent['event']>(events: readonly RunEvent[], name: E) =>
  events.filter((event): event is Extract<RunEvent, { event: E }> => event.event === name);

describe('foreach, choose and assert', () => {
  test('the best items, each once; another list reruns only what is new', async () => {
    const first = await run(best([3, 1, 3, 2]));
    expect(of(first.events, 'foreach-expanded')).toMatchObject([{ stage: 'each', items: 2, of: 3 }]);
    expect(Object.keys(first.result.stages)).toEqual([
      'numbers',
      'ten@each=1',
      'plus@each=1',
      'ten@each=2',
      'plus@each=2',
      'choice',
      'gate',
      'after',
    ]);
    expect(first.result.status).toBe('ok');
    expect(first.result.stages['plus@each=1']).toMatchObject({
      name: 'each.plus',
      cell: { each: '1' },
      inputs: { a: { from: 'ten@each=1.number' } },
    });
    expect(first.result.stages['ten@each=2']!.inputs.of!.from).toBe('item 2 of numbers.list');
    const value = path.join(project.store, 'runs/latest-best/after/number/value.json');
    expect(JSON.parse(await fs.readFile(value, 'utf8'))).toBe(30);

    const again = statuses((await run(best([4, 3]))).result);
    expect(again).toMatchObject({
      numbers: 'ran',
      'ten@each=1': 'ran',
      'ten@each=2': 'cached',
      'plus@each=2': 'cached',
      choice: 'ran',
    });
  });

  test('a stage inside is forced by its name, for every item or for one', async () => {
    await run(best([6, 5]));
    const each = statuses((await run(best([6, 5]), { force: ['each.ten'] })).result);
    expect(each).toMatchObject({
      numbers: 'cached',
      'ten@each=1': 'ran',
      'ten@each=2': 'ran',
      'plus@each=1': 'cached',
    });
    const one = statuses((await run(best([6, 5]), { force: ['plus@each=2'] })).result);
    expect(one).toMatchObject({
      'ten@each=2': 'cached',
      'plus@each=1': 'cached',
      'plus@each=2': 'ran',
      choice: 'cached',
    });
  });

  test('a figure out of bounds fails its stage, and what takes from it does not run', async () => {
    const { result } = await run(best([2, 1]));
    expect(result.status).toBe('failed');
    expect(result.stages.gate).toMatchObject({
      status: 'failed',
      failure: { code: 'assertion-failed', message: 'the value is 20, less than 25' },
    });
    expect(result.stages.after!.status).toBe('not-run');
  });

  test('a list without items, one without the figure', async () => {
    const empty = await run(best([]));
    expect(empty.result.stages.choice!.failure).toEqual({
      code: 'no-items',
      message: 'choice.candidates takes at least one artifact, but the list has no items',
    });
    const pipeline = best([3]);
    const by = { ...pipeline, stages: { ...pipeline.stages, each: { ...pipeline.stages.each, by: 'm' } } };
    expect((await run(by)).result.stages.each).toMatchObject({
      status: 'failed',
      failure: {
        code: 'no-figure',
        message: 'item 1 of numbers.list has no number "m"; it has n',
      },
    });
  });

  test('is planned as unknown until its list is there, then stage by stage', async () => {
    await project.write('pipelines/plan.json', pipelineText(best([8, 7, 6])));
    const plan = async () =>
      JSON.parse((await pipe(project.root, 'plan', 'pipelines/plan.json', '--json')).out).stages.map(
        ({ id, status }: { id: string; status: string }) => `${id} ${status}`,
      );
    expect(await plan()).toEqual([
      'numbers run',
      'each unknown',
      'choice unknown',
      'gate unknown',
      'after unknown',
    ]);
    expect((await pipe(project.root, 'run', 'pipelines/plan.json', '--until', 'numbers')).code).toBe(0);
    expect(await plan()).toEqual([
      'numbers cached',
      'ten@each=1 run',
      'plus@each=1 unknown',
      'ten@each=2 run',
      'plus@each=2 unknown',
      'choice unknown',
      'gate unknown',
      'after unknown',
    ]);
  });
});

describe('retries and time limits', () => {
  const frail = (deaths: number) => ({
    name: 'best',
    stages: { frail: { type: 'frail', params: { deaths } } },
  });

  test('attempts follow from the last checkpoint, each after twice the time', async () => {
    const { result, events } = await run(frail(2), { checkpointSeconds: 0 });
    expect(result.stages.frail!.status).toBe('resumed');
    expect(of(events, 'stage-retrying')).toMatchObject([
      { code: 'killed', retry: 1, of: 2, afterMs: 50 },
      { code: 'killed', retry: 2, of: 2, afterMs: 100 },
    ]);
    expect(of(events, 'stage-started').map(({ resumedFrom }) => resumedFrom)).toEqual([undefined, 3, 6]);
  });

  test('end with the failure when they are used up', async () => {
    const { result, events } = await run(frail(3), { checkpointSeconds: 0 });
    expect(result.stages.frail!.failure!.code).toBe('killed');
    expect(of(events, 'stage-retrying')).toHaveLength(2);
    expect(of(events, 'stage-failed')).toHaveLength(1);
  });

  test('a stage that takes too long fails at a checkpoint, and the next run goes on from it', async () => {
    const pipeline = { name: 'best', stages: { walk: { type: 'walk', params: { steps: 60, pause: 30 } } } };
    const { result } = await run(pipeline, { timeoutMs: 900 });
    expect(result.stages.walk!.failure).toEqual({
      code: 'timed-out',
      message: 'stopped after 0.9 s, as --timeout says; run again to go on from its checkpoint',
    });
    expect((await run(pipeline)).result.stages.walk!.status).toBe('resumed');
  });
});

describe('asking for a part, and plans that are kept', () => {
  const chain = (value: number) => ({
    name: 'chain',
    stages: {
      one: { type: 'constant', params: { value } },
      two: { type: 'sum', inputs: { a: 'one' } },
      three: { type: 'sum', inputs: { a: 'two' } },
    },
  });
  const words = (...more: string[]) => pipe(project.root, 'run', 'pipelines/chain.json', ...more);

  test('what was not asked for must be in the store', async () => {
    await project.write('pipelines/chain.json', pipelineText(chain(41)));
    const before = await words('--only', 'two');
    expect(before.code).toBe(2);
    expect(before.err).toBe(`pipelines/chain.json:4:5 not-in-store: one was not asked for, and its outputs
are not in the store: it has not run before
    4 |     "one": {
      |     ^^^^^
   What comes before the stages asked for must have run.
1 error; nothing was run.
`);
    expect((await words('--until', 'one')).code).toBe(0);
    const only = await words('--only', 'two', '--json');
    const finished = JSON.parse(only.out.trimEnd().split('\n').at(-1)!);
    expect(Object.keys(finished.stages)).toEqual(['one', 'two']);
    expect(finished.stages).toMatchObject({ one: { status: 'cached' }, two: { status: 'ran' } });
    const from = await words('--from', 'three', '--set', 'three.params.plus=2', '--json');
    const after = JSON.parse(from.out.trimEnd().split('\n').at(-1)!);
    expect(Object.keys(after.stages)).toEqual(['one', 'two', 'three']);
    expect(after.stages).toMatchObject({ two: { status: 'cached' }, three: { status: 'ran' } });
  });

  test('a kept plan is followed, or what has changed is said', async () => {
    await project.write('pipelines/chain.json', pipelineText(chain(51)));
    const plan = ['plan', 'pipelines/chain.json', '--out', 'plan.json', '--set', 'three.params.plus=1'];
    expect((await pipe(project.root, ...plan)).code).toBe(0);
    const follow = () => pipe(project.root, 'run', '--plan', 'plan.json', '--quiet');
    expect(await follow()).toMatchObject({ code: 0, err: '' });
    const value = path.join(project.store, 'runs/latest-chain/three/number/value.json');
    expect(JSON.parse(await fs.readFile(value, 'utf8'))).toBe(52);

    expect(await follow()).toEqual({
      code: 2,
      out: '',
      err: [
        'plan-changed: one was planned as run: params.value 41 → 51, but is now cached',
        'plan-changed: two was planned as unknown until one has run, but is now cached',
        'plan-changed: three was planned as unknown until one has run, but is now cached',
        '3 errors; nothing was run.',
        '',
      ].join('\n'),
    });
    const beside = await pipe(
      project.root,
      'run',
      'pipelines/chain.json',
      '--plan',
      'plan.json',
      '--seed',
      '1',
    );
    expect(beside.code).toBe(2);
    expect(beside.err.replaceAll('\n', ' ')).toContain(
      '--plan says what to run and how, so a pipeline, --seed cannot be given beside it',
    );
  });
});
