import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunEvent } from '../../src/schema/generated/event.ts';
import { createProject, pipelineText, sums, type TestProject } from '../engine/project.ts';
import { masked, pipe, start } from './pipe.ts';

let project: TestProject;

beforeAll(async () => {
  project = await createProject({
    'pipelines/sums.json': pipelineText(sums),
    'pipelines/walk.json': pipelineText({
      name: 'stroll',
      seed: 1,
      stages: {
        begin: { type: 'constant' },
        walk: { type: 'walk', params: { steps: 60, pause: 50 }, inputs: { from: 'begin' } },
      },
    }),
    'pipelines/lost.json': pipelineText({
      name: 'lost',
      stages: {
        walk: { type: 'walk', params: { steps: 5, failAt: 3 } },
        after: { type: 'sum', inputs: { a: 'walk' } },
      },
    }),
  });
});

afterAll(() => project.remove());

const events = (out: string): RunEvent[] =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as RunEvent);

describe('run', () => {
  test('prints a line when a stage starts and when it ends, then the result; the second time nothing runs', async () => {
    const planned = await pipe(project.root, 'plan', 'pipelines/sums.json');
    expect(masked(planned.out)).toMatchInlineSnapshot(`
      " run      first   it has not run before
       run      second  it has not run before
       unknown  total   until first and second have run
       unknown  odd     until first and second have run

      2 of 4 stages will run; 2 more may, if what they take changes.
      "
    `);
    const first = await pipe(project.root, 'run', 'pipelines/sums.json');
    expect({ code: first.code, err: first.err }).toEqual({ code: 0, err: '' });
    // first and second run at the same time: their lines come in any order
    const [head, ...lines] = masked(first.out).split('\n');
    expect(head).toBe('sums · 4 stages · store artifacts/');
    expect(lines.slice(0, 8).sort()).toMatchInlineSnapshot(`
      [
        "first   finished in <took> · 1 value",
        "first   starts: it has not run before",
        "odd     finished in <took>",
        "odd     starts: it has not run before",
        "second  finished in <took> · 2 value",
        "second  starts: it has not run before",
        "total   finished in <took>",
        "total   starts: it has not run before",
      ]
    `);
    expect(lines.slice(8)).toMatchInlineSnapshot(`
      [
        "",
        "Time       <took> · 4 stages ran",
        "Artifacts  artifacts/runs/latest/",
        "Next       npx pipe show latest",
        "           npx pipe show latest --html report.html",
        "",
      ]
    `);
    const second = await pipe(project.root, 'run', 'pipelines/sums.json');
    expect({ code: second.code, err: second.err }).toEqual({ code: 0, err: '' });
    expect(masked(second.out)).toContain('Time       <took> · nothing to do: 4 stages cached\n');
  });

  test('--json: one event a line, the last one run-finished with every stage', async () => {
    await pipe(project.root, 'run', 'pipelines/sums.json');
    const { code, out, err } = await pipe(
      project.root,
      'run',
      'pipelines/sums.json',
      '--json',
      '--set',
      'second.params.value=5',
    );
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const all = events(out);
    expect(all[0]!.event).toBe('run-started');
    const last = all.at(-1)!;
    if (last.event !== 'run-finished') throw new Error(out);
    expect(last.status).toBe('ok');
    expect(Object.entries(last.stages).map(([id, stage]) => [id, stage!.status])).toEqual([
      ['first', 'cached'],
      ['second', 'ran'],
      ['total', 'ran'],
      ['odd', 'ran'],
    ]);
    for (const stage of Object.values(last.stages)) {
      expect(stage!.fingerprint).toMatch(/^[0-9a-f]{64}$/);
      expect(Object.values(stage!.outputs)[0]).toMatch(/^[0-9a-f]{64}$/);
    }
  });

  test('--quiet prints the result only, --force runs a cached stage', async () => {
    await pipe(project.root, 'run', 'pipelines/sums.json');
    const { code, out, err } = await pipe(
      project.root,
      'run',
      'pipelines/sums.json',
      '--quiet',
      '--force',
      'total',
    );
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(masked(out).split('\n')[0]).toBe('Time       <took> · 1 stage ran, 3 cached');
  });

  test('--jobs 1: one stage at a time', async () => {
    const words = ['run', 'pipelines/sums.json', '--json', '--jobs', '1'];
    const { code, out } = await pipe(project.root, ...words, '--force', 'first', '--force', 'second');
    expect(code).toBe(0);
    const order = events(out).flatMap((event) =>
      event.event === 'stage-started' || event.event === 'stage-finished' ? [event.event] : [],
    );
    expect(order).toEqual(['stage-started', 'stage-finished', 'stage-started', 'stage-finished']);
  });

  test('a failing stage: what happened, where its log is, exit code 1', async () => {
    const { code, out, err } = await pipe(project.root, 'run', 'pipelines/lost.json');
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(masked(out)).toMatchInlineSnapshot(`
      "lost · 2 stages · store artifacts/
      walk   starts: it has not run before
      walk   failed after <took>: the walk was lost at step 3
             log: npx pipe logs latest:walk

      Time       <took> · 1 stage failed, 1 not run
      Artifacts  artifacts/runs/latest/
      Try again  npx pipe run pipelines/lost.json
      "
    `);
    const logs = await pipe(project.root, 'logs', 'walk');
    expect(logs.code).toBe(0);
    expect(logs.out).toContain('failed: lost: the walk was lost at step 3');
  });
});

describe('an interrupt', () => {
  test('stops at a checkpoint, exit code 3; the same command goes on', async () => {
    const first = start(project.root, 'run', 'pipelines/walk.json', '--json', '--checkpoint', '0');
    await first.saw('"stage-checkpoint"');
    first.child.kill('SIGINT');
    const stopped = await first.ended;
    expect(stopped.code).toBe(3);
    const last = events(stopped.out).at(-1)!;
    expect(last).toMatchObject({
      event: 'run-finished',
      status: 'stopped',
      stages: { walk: { status: 'stopped' } },
    });
    const plan = await pipe(project.root, 'plan', 'pipelines/walk.json', '--json');
    expect(JSON.parse(plan.out).stages.map(({ status }: { status: string }) => status)).toEqual([
      'cached',
      'resume',
    ]);
    const second = await pipe(project.root, 'run', 'pipelines/walk.json', '--set', 'walk.params.pause=50');
    expect(second.code).toBe(0);
    expect(masked(second.out)).toMatch(/^walk {3}resumes from step \d+: it has not run to its end before$/m);
    expect(masked(second.out)).toMatch(/^walk {3}finished after resuming in <took>$/m);
  });

  test('a second one kills, exit code 130', async () => {
    const words = ['run', 'pipelines/walk.json', '--set', 'walk.params.pause=3000', '--json'];
    const running = start(project.root, ...words);
    await running.saw('"stage-started"');
    running.child.kill('SIGINT');
    running.child.kill('SIGTERM');
    const { code, out } = await running.ended;
    expect(code).toBe(130);
    expect(events(out).find(({ event }) => event === 'stage-failed')).toMatchObject({
      stage: 'walk',
      code: 'killed',
      message: expect.stringMatching(/^killed \(SIGKILL\)/),
    });
  });
});

describe('a mistake', () => {
  test('is shown in the file, all at once; exit code 2, nothing was run', async () => {
    const text = pipelineText({
      ...sums,
      stages: { ...sums.stages, total: { type: 'sum', inputs: { a: 'frist', b: 'second' } } },
    });
    await project.write('pipelines/wrong.json', text);
    const { code, out, err } = await pipe(project.root, 'run', 'pipelines/wrong.json');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatchInlineSnapshot(`
      "pipelines/wrong.json:20:14 unknown-stage: the pipeline has no stage "frist"; did
      you mean "first"?
         20 |         "a": "frist",
            |              ^^^^^^^
      1 error; nothing was run.
      "
    `);
  });

  test('as JSON it is one line on the error stream', async () => {
    const { code, out, err } = await pipe(project.root, 'plan', 'pipelines/none.json', '--json');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(JSON.parse(err)).toMatchInlineSnapshot(`
      {
        "problems": [
          {
            "code": "unreadable",
            "message": "cannot read pipelines/none.json: there is no such file",
          },
        ],
      }
    `);
  });

  test('a stage to force that is not there', async () => {
    expect(await pipe(project.root, 'run', 'pipelines/sums.json', '--force', 'totl')).toEqual({
      code: 2,
      out: '',
      err: 'unknown-stage: --force names "totl", which is no stage of pipelines/sums.json;\ndid you mean "total"?\n1 error; nothing was run.\n',
    });
  });
});
