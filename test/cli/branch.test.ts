import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunResult } from '../../src/engine/index.ts';
import type { StageRecord } from '../../src/schema/generated/record.ts';
import { createProject, pipelineText, type TestProject } from '../engine/project.ts';
import { masked, pipeHere as pipe } from './pipe.ts';
import { fits } from './schema.ts';

const walk = {
  name: 'walk',
  seed: 3,
  stages: {
    first: { type: 'constant' },
    long: { type: 'walk', inputs: { from: 'first' }, params: { steps: 20 } },
    after: { type: 'parity', inputs: { of: 'long' } },
  },
};

let project: TestProject;
let source: RunResult;
const run = async (...words: string[]) => {
  const ended = await pipe(project.root, ...words);
  expect(ended.err, words.join(' ')).toBe('');
  return ended.out;
};
const result = async (what = 'latest') => JSON.parse(await run('show', what, '--json')) as RunResult;
const record = async (what: string) =>
  (JSON.parse(await run('show', what, '--json')) as { record: StageRecord }).record;
const checkpoints = (of: RunResult, stage: string) =>
  path.join(project.store, 'attempts', of.stages[stage]!.fingerprint!, 'checkpoints');

beforeAll(async () => {
  project = await createProject({ 'pipelines/walk.json': pipelineText(walk) });
  await run('run', 'pipelines/walk.json', '--checkpoint', '0');
  source = await result();
});
afterAll(() => project.remove());

test('a branch without changes gives what it came from, and says where it began', async () => {
  const out = await run('branch', `${source.run}:long@19`, '--checkpoint', '0');
  expect(masked(out)).toContain('long   resumes from step 19: branched from step 19 of long of run <run>\n');
  const branched = await result();
  expect(await fits('run-result', branched)).toEqual([]);
  expect(Object.values(branched.stages).map((stage) => stage!.status)).toEqual([
    'cached',
    'resumed',
    'cached',
  ]);
  expect(branched.stages.long!.outputs).toEqual(source.stages.long!.outputs);
  expect(branched.stages.long!.branched).toMatchObject({ run: source.run, stage: 'long', step: 19 });

  // where it began is part of its identity, and of no other stage's
  const long = await record('latest:long');
  expect(long.preimage.origin).toMatchObject({ fingerprint: source.stages.long!.fingerprint, step: 19 });
  expect(long.preimage).toEqual({
    ...(await record(`${source.run}:long`)).preimage,
    origin: long.preimage.origin,
  });
  expect(long.lineage.branched).toEqual(branched.stages.long!.branched);
  expect((await record('latest:after')).preimage.origin).toBeUndefined();

  expect(masked(await run('show', 'latest:long'))).toContain('\nBranched     from <run>:long@19\n');
  expect(masked(await run('why', 'long'))).toBe(
    'long ran on <when>, branched from <run>:long@19 with nothing else changed\n  since run <run>; params, seed, code, inputs: unchanged\n',
  );
  expect(masked(await run('runs'))).toMatch(/ +<run>:long@19\n<run> .*\n$/);
  const listed = JSON.parse(await run('runs', '--json', '--where', 'branched ~ long'));
  expect(await fits('runs', listed)).toEqual([]);
  expect(listed.runs.map(({ branched: from }: { branched: string }) => from)).toEqual([
    `${source.run}:long@19`,
  ]);
  const diff = await pipe(project.root, 'diff', source.run, 'latest');
  expect(masked(diff.out)).toContain('long.branched from   nothing → step 19 of ');
  expect(diff.out).toMatch(/\nlong {17}equal outputs all the same\n/);
  expect(await run('verify', '--replay', 'long', 'latest')).toMatch(
    /again from its checkpoint at step 19: .*\n.*All outputs are equal/s,
  );
  expect(await run('fsck')).toContain('No damage found.');

  // the same again has nothing to do
  expect(masked(await run('branch', `${source.run}:long@19`))).toContain('nothing to do: 3 stages cached');
}, 60_000);

test('with other params it goes its own way, also when what it came from is gone, and elsewhere', async () => {
  const set = ['--set', 'long.params.steps=25'];
  await run('run', 'pipelines/walk.json', ...set);
  const undisturbed = await result();
  await fs.rm(checkpoints(source, 'long'), { recursive: true });
  const out = await run('branch', `${source.run}:long@19`, ...set);
  expect(masked(out)).toContain('branched from step 19 of long of run <run>, params.steps 20 → 25\n');
  const longer = await result();
  expect(longer.stages.long!.outputs).toEqual(undisturbed.stages.long!.outputs);
  expect(longer.stages.long!.fingerprint).not.toBe(undisturbed.stages.long!.fingerprint);
  expect(masked(await run('why', 'long'))).toContain(
    ', branched from <run>:long@19; params.steps changed:\n',
  );

  await run('export', 'latest', 'long.tar.gz');
  const there = ['--store', path.join(project.root, 'there')];
  await run('run', 'pipelines/walk.json', ...there);
  await run('import', 'long.tar.gz', ...there);
  expect(await run('verify', longer.run, '--replay', 'long', ...there)).toContain('All outputs are equal');
}, 60_000);

test('what cannot be branched is said', async () => {
  const refused = async (...words: string[]) => {
    const { code, out, err } = await pipe(project.root, 'branch', ...words);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    return masked(err).replace(/\s+/g, ' ');
  };
  await run('run', 'pipelines/walk.json', '--force', 'long', '--checkpoint', '0');
  expect(await refused('long@5')).toContain(
    'no-checkpoint: stage long of run <run> has no checkpoint of step 5; the last it left are of steps 19 and 20',
  );
  expect(await refused('long')).toContain(
    'no-checkpoint: no step was named to branch from; the last it left are of steps 19 and 20: say <run>:long@20',
  );
  expect(await refused('first@1')).toContain('left no checkpoint: its type saves none');
  expect(await refused('lang@19')).toContain('has no stage "lang"; did you mean "long"?');
  expect(await refused('long@19', '--set', 'long.params.step=3')).toContain(
    'unknown-param: walk has no param "step"; did you mean "steps"?',
  );

  const [last] = (await fs.readdir(checkpoints(source, 'long'))).sort((a, b) => Number(b) - Number(a));
  await fs.writeFile(path.join(checkpoints(source, 'long'), last!, 'state.json'), '{}');
  const damaged = await pipe(project.root, 'branch', 'long@20', '--set', 'long.params.steps=21');
  expect(damaged.code).toBe(1);
  expect(masked(damaged.out)).toContain('the checkpoint of step 20 of long of run <run> is gone or damaged');
}, 60_000);

test('a stage whose resume does not take the params fails in its own words', async () => {
  const schema = JSON.parse(await project.read('schemas/stages/walk.schema.json'));
  const stage = await project.read('stages/walk/stage.ts');
  const start = 'while (step < params.steps) {';
  const guard = `if (step > params.steps) throw stageFailure('behind', 'it is at step ' + step + ' of ' + params.steps);`;
  await project.write('stages/march/stage.ts', stage.replace(start, `${guard} ${start}`));
  await project.write('schemas/stages/march.schema.json', JSON.stringify(schema));
  const march = { ...walk, name: 'march', stages: { long: { type: 'march', params: { steps: 6 } } } };
  await project.write('pipelines/march.json', pipelineText(march));
  await run('run', 'pipelines/march.json', '--checkpoint', '0');
  const { code, out } = await pipe(project.root, 'branch', 'long@6', '--set', 'long.params.steps=4');
  expect(code).toBe(1);
  expect(masked(out)).toContain(
    'with these params and inputs it cannot go on from step 6 of long of run <run>: it is at step 6 of 4',
  );
}, 60_000);
