import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createProject, pipelineText, sums, type TestProject } from '../engine/project.ts';
import { masked, pipe } from './pipe.ts';

let project: TestProject;

beforeAll(async () => {
  project = await createProject({ 'pipelines/sums.json': pipelineText(sums) });
});

afterAll(() => project.remove());

test('before anything has run, looking says so and makes no store', async () => {
  const message = 'no-store: there is no store at artifacts/: nothing has run here yet\n';
  for (const words of [
    ['runs'],
    ['show', 'latest'],
    ['why', 'total'],
    ['diff', 'a', 'b'],
    ['logs', 'total'],
  ]) {
    expect(await pipe(project.root, ...words)).toEqual({ code: 2, out: '', err: message });
  }
  await expect(project.read('artifacts/store.json')).rejects.toThrow('ENOENT');
});

describe('after two runs', () => {
  beforeAll(async () => {
    await pipe(project.root, 'run', 'pipelines/sums.json');
    await pipe(project.root, 'run', 'pipelines/sums.json', '--set', 'second.params.value=7');
  });

  test('runs', async () => {
    const { code, out } = await pipe(project.root, 'runs');
    expect(code).toBe(0);
    expect(masked(out).replace(/ +/g, ' ')).toMatchInlineSnapshot(`
      "run pipeline when status time stages accuracy MACs latency
      <run> sums <when> ok <took> 3 of 4 ran
      <run> sums <when> ok <took> 4 of 4 ran
      "
    `);
    const { runs } = JSON.parse((await pipe(project.root, 'runs', '--json')).out);
    expect(runs.map(({ status }: { status: string }) => status)).toEqual(['ok', 'ok']);
  });

  test('show a run, a stage, an artifact', async () => {
    const run = await pipe(project.root, 'show', 'latest');
    expect(masked(run.out)).toMatchInlineSnapshot(`
      "sums · run <run> · ok · <when> · <took>
      seed 3

      first   cached  <took>  1 value
      second  ran     <took>  7 value
      total   ran     <took>
      odd     ran     <took>

      Artifacts  artifacts/runs/<run>/
      "
    `);
    const artifact = await pipe(project.root, 'show', 'latest:total/number');
    expect(masked(artifact.out)).toMatchInlineSnapshot(`
      "total/number · json · artifacts/runs/<run>/total/number/
      8
      "
    `);
    const stage = JSON.parse((await pipe(project.root, 'show', 'latest:total', '--json')).out);
    expect(stage).toMatchObject({ stage: 'total', type: 'sum', status: 'ran', record: { stageType: 'sum' } });
  });

  test('why', async () => {
    const { code, out } = await pipe(project.root, 'why', 'second');
    expect(code).toBe(0);
    expect(masked(out)).toMatchInlineSnapshot(`
      "second ran on <when> because params.value changed:
        params.value  2 → 7
        since run <run>; code, inputs: unchanged
      "
    `);
  });

  test('diff: 1 and what differs, 0 for the same', async () => {
    const { runs } = JSON.parse((await pipe(project.root, 'runs', '--json')).out);
    const different = await pipe(project.root, 'diff', runs[1].run, 'latest');
    expect(different.code).toBe(1);
    expect(
      masked(different.out)
        .replace(/ +/g, ' ')
        .replace(/[+−]\d+ %/, '<change>'),
    ).toMatchInlineSnapshot(`
      "first difference second.params.value 2 → 7
       <run> latest
       time of all stages <took> <took> <change>
      follows from inputs total odd
      same first
      "
    `);
    const same = await pipe(project.root, 'diff', `${runs[1].run}:first`, 'latest:first');
    expect({ code: same.code, err: same.err }).toEqual({ code: 0, err: '' });
    const json = await pipe(project.root, 'diff', runs[1].run, 'latest', '--json');
    expect(JSON.parse(json.out)).toMatchObject({
      same: false,
      first: { stage: 'second', change: { field: 'params.value', from: '2', to: '7' } },
    });
  });

  test('a name that is not there', async () => {
    const far = await pipe(project.root, 'why', 'elsewhere');
    expect(far.err.replace(/\s+/g, ' ')).toMatch(
      /no stage "elsewhere"; it is a run of sums and has first, .* and odd; a stage of another run is named <run>:<stage> $/,
    );
    expect(await pipe(project.root, 'show', 'latest:totl')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^unknown-stage: run \S+ has no stage "totl"; did you mean "total"\?\n$/),
    });
  });
});

test('--store and PIPE_STORE move the store', async () => {
  const { code, out } = await pipe(project.root, 'run', 'pipelines/sums.json', '--store', 'elsewhere/store');
  expect(code).toBe(0);
  expect(out).toContain('sums · 4 stages · store elsewhere/store/\n');
  expect((await pipe(project.root, 'runs', '--store', 'elsewhere/store')).out.split('\n')).toHaveLength(3);
});

test('types lists what the project and naspipe bring, and describes one', async () => {
  const list = await pipe(project.root, 'types');
  expect(list).toMatchObject({ code: 0, err: '' });
  expect(list.out).toMatch(/^walk +project +A random walk, step by step$/m);
  expect(list.out).toMatch(/^evaluate +built-in +Evaluates a model on the test split$/m);
  const one = await pipe(project.root, 'types', 'walk');
  expect(one.out).toMatchInlineSnapshot(`
    "walk  project, version 1
    A random walk, step by step.

    Inputs
      from  json (optional)  A number.

    Outputs
      end  json  A number.

    Params
      steps: number, default 20
          Steps.
      pause: number, default 0
          Busy milliseconds a step.
      failAt: number, default 0
          Step that fails; 0: none.

    Takes 1 processor, 512 MiB; equal inputs give equal bytes. It is random: the
    seed is part of its fingerprint.
    "
  `);
});

test('doctor says what this machine offers', async () => {
  const { out } = await pipe(project.root, 'doctor', '--json');
  const found = JSON.parse(out);
  expect(found).toMatchObject({ nodeFits: true, probe: { chosen: { name: 'cpu' } } });
  expect(found.lockFailure).toBeUndefined();
  expect(found.probe.backends.find(({ name }: { name: string }) => name === 'cpu').ok).toBe(true);
});
