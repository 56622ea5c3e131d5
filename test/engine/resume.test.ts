import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { pipe } from '../cli/pipe.ts';
import { runDriver } from './driver.ts';
import { createProject, pipelineText, statuses, type TestProject } from './project.ts';

const walk = { type: 'walk', params: { steps: 80, pause: 20 } };
const walks = { name: 'walks', seed: 5, stages: { walk } };
const file = 'pipelines/walks.json';
const options = { pipeline: walks, file, checkpointSeconds: 0 };

let undisturbed: string;
let project: TestProject;
beforeAll(async () => {
  const reference = await createProject();
  const { result } = await reference.run(options);
  expect(statuses(result)).toEqual({ walk: 'ran' });
  undisturbed = result.stages.walk!.outputs.end!.digest;
  await reference.remove();
});
beforeEach(async () => {
  project = await createProject();
});
afterEach(() => project.remove());

/** Runs once more: it must go on from a checkpoint and end as an undisturbed run does. */
async function expectResumed(): Promise<void> {
  const { result, events } = await project.run(options);
  expect(statuses(result)).toEqual({ walk: 'resumed' });
  expect(result.stages.walk!.outputs.end!.digest).toBe(undisturbed);
  const started = events.find((event) => event.event === 'stage-started');
  expect(started?.event === 'stage-started' && started.resumedFrom).toBeGreaterThanOrEqual(1);
}

describe('a stage goes on where it was after', () => {
  test('it was asked to stop', async () => {
    const { handle, events } = await project.start({
      ...options,
      onEvent: (event) => event.event === 'stage-progress' && handle.stop(),
    });
    const result = await handle.finished;
    expect(result.status).toBe('stopped');
    expect(statuses(result)).toEqual({ walk: 'stopped' });
    expect(events.find(({ event }) => event === 'stage-stopped')).toHaveProperty('checkpointStep');
    await expectResumed();
  });

  test('its attempt was killed', async () => {
    const { handle } = await project.start({
      ...options,
      onEvent: (event) => event.event === 'stage-checkpoint' && event.step >= 5 && handle.kill(),
    });
    const result = await handle.finished;
    expect(result.status).toBe('failed');
    expect(result.stages.walk!.failure).toEqual({
      code: 'killed',
      message: expect.stringMatching(/^killed \(SIGKILL\) at step \d+ of 80$/),
    });
    await expectResumed();
  });

  test('its driver was killed', async () => {
    await project.write(file, pipelineText(walks));
    await runDriver({ ...project, file }, (event, driver) => {
      if (event.event === 'stage-checkpoint' && event.step >= 5) process.kill(driver.pid!, 'SIGKILL');
    });
    await expectResumed();
  });
});

test('a failure stops what has not started, is told in full', async () => {
  const pipeline = {
    name: 'lost',
    stages: {
      lost: { type: 'walk', params: { failAt: 3 } },
      after: { type: 'walk', inputs: { from: 'lost' } },
    },
  };
  const { result, events } = await project.run({ pipeline });
  expect(statuses(result)).toEqual({ lost: 'failed', after: 'not-run' });
  expect(result.stages.lost!.failure).toEqual({ code: 'lost', message: 'the walk was lost at step 3' });
  expect(events.find(({ event }) => event === 'stage-failed')).toMatchObject({ stage: 'lost', code: 'lost' });
  const store = await project.openStore();
  const id = await store.runs.resolve('latest');
  expect(await store.runs.results(id as string)).toMatchObject({ status: 'failed' });
});

test('--keep-going: a failure keeps only what needs it from running, and the results say what that was', async () => {
  const pipeline = {
    name: 'branches',
    stages: {
      lost: { type: 'walk', params: { failAt: 1 } },
      behind: { type: 'sum', inputs: { a: 'lost' } },
      long: { type: 'walk', params: { steps: 40, pause: 25 } },
      both: { type: 'sum', inputs: { a: 'long', b: 'behind' } },
      last: { type: 'sum', inputs: { a: 'long' } },
    },
  };
  const file = 'pipelines/branches.json';
  const given = { lost: 'failed', behind: 'not-run', both: 'not-run' };
  // what is under way goes on to its end in any case
  const halted = await project.run({ pipeline, file });
  expect(statuses(halted.result)).toEqual({ ...given, long: 'ran', last: 'not-run' });
  const { code, out } = await pipe(project.root, 'run', file, '--keep-going', '--json');
  expect(code).toBe(1);
  const end = JSON.parse(out.trim().split('\n').at(-1)!);
  expect(end.status).toBe('failed');
  expect(statuses(end)).toEqual({ ...given, long: 'cached', last: 'ran' });
  const shown = await pipe(project.root, 'show', 'latest');
  expect(shown.out).toMatch(/both +not run/);
});
