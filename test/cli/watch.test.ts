import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createProject, pipelineText, type TestProject } from '../engine/project.ts';
import { masked, pipe, start } from './pipe.ts';
import { fits } from './schema.ts';

/** first → long, which takes its time; after. */
const slow = {
  name: 'slow',
  seed: 3,
  stages: {
    first: { type: 'constant' },
    long: { type: 'walk', inputs: { from: 'first' }, params: { steps: 150, pause: 20 } },
    after: { type: 'parity', inputs: { of: 'long' } },
  },
};

let project: TestProject;
beforeAll(async () => {
  project = await createProject({ 'pipelines/slow.json': pipelineText(slow) });
});
afterAll(() => project.remove());

const status = async (...words: string[]) => {
  const { out } = await pipe(project.root, 'status', '--json', ...words);
  const value = JSON.parse(out);
  expect(await fits('status', value)).toEqual([]);
  return value.runs[0];
};

describe('a run from another terminal', () => {
  test('is seen while it goes on, followed to its end, and dead when its driver was killed', async () => {
    const driver = start(project.root, 'run', 'pipelines/slow.json', '--checkpoint', '0');
    await driver.saw('long   starts');
    const [watching, following] = [start(project.root, 'watch'), start(project.root, 'logs', '-f', 'long')];
    await following.saw('step');
    const running = await status();
    expect(running).toMatchObject({ pipeline: 'slow', state: 'running', driver: { pid: driver.child.pid } });
    expect(running.stages.map(({ id, state }: { id: string; state: string }) => `${id} ${state}`)).toEqual([
      'first ran',
      'long running',
      'after waiting',
    ]);
    expect(running.stages[1]).toMatchObject({ step: expect.any(Number), total: 150 });
    const { out } = await pipe(project.root, 'status');
    expect(masked(out)).toMatch(/run <run> · running for <took> by process \d+ on /);
    expect(out).toMatch(/ ● long {5}█*.* *\d+ %/);

    driver.child.kill('SIGKILL');
    const watched = await watching.ended;
    expect(watched.code).toBe(3);
    expect(masked(watched.out)).toContain('long   starts: it has not run before');
    expect(masked(watched.out)).toMatch(
      /run <run>: its driver is gone since <when> or later; run the same command to go on\n$/,
    );
    expect((await following.ended).code).toBe(0);
    expect(await status()).toMatchObject({ state: 'dead', run: running.run });
    const dead = await pipe(project.root, 'status');
    expect(masked(dead.out)).toMatch(
      /run <run> · its driver is gone, last heard of <when>; run the same command/,
    );

    const [, listed = ''] = (await pipe(project.root, 'runs')).out.split('\n');
    expect(masked(listed)).toMatch(/^<run> +slow +<when> +killed +[01] of 3 done$/);
    const { runs } = JSON.parse((await pipe(project.root, 'runs', '--json')).out);
    expect(await fits('runs', { runs })).toEqual([]);
    expect(runs[0]).toMatchObject({ pipeline: 'slow', live: false, status: 'unfinished' });
    expect((await pipe(project.root, 'show', 'latest')).out).toContain('· unfinished ·');

    const again = start(project.root, 'run', 'pipelines/slow.json');
    await again.saw('resumes from step');
    const whole = await pipe(project.root, 'watch', '--json');
    expect(whole.code).toBe(0);
    const events = whole.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    for (const event of events) expect(await fits('event', event)).toEqual([]);
    const names = events.map(({ event }) => event);
    expect(names[0]).toBe('run-started');
    expect(names.at(-1)).toBe('run-finished');
    const progress = events.filter(({ event }) => event === 'stage-progress').map(({ step }) => step);
    expect(progress.length).toBeGreaterThan(1);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(progress.at(-1)).toBe(150);
    expect(names.indexOf('stage-finished')).toBeGreaterThan(names.lastIndexOf('stage-progress'));
    expect((await again.ended).code).toBe(0);
    const after = await status('latest');
    expect(after).toMatchObject({ state: 'ok' });
    const log = await pipe(project.root, 'logs', '-f', 'long');
    expect(masked(log.out)).toMatch(/<time> {2}committed: end [0-9a-f]{8}/);
  }, 60_000);

  test('that kept nothing, or is not there', async () => {
    expect(await pipe(project.root, 'watch', 'nothing')).toMatchObject({
      code: 2,
      err: 'unknown-run: no run "nothing"; npx pipe runs lists them\n',
    });
    const { err } = await pipe(project.root, 'logs', '-f', 'lon');
    expect(masked(err)).toBe('unknown-stage: run <run> has no stage "lon"; did you mean "long"?\n');
  });
});
