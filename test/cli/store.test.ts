import { readFile, rm, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProject, type TestProject } from '../engine/project.ts';
import { masked, pipeHere as pipe } from './pipe.ts';
import { fits } from './schema.ts';

/** A stage type that promises equal outputs and does not give them. */
const drift = {
  'schemas/stages/drift.schema.json': JSON.stringify({
    $schema: 'http://json-schema.org/draft-07/schema#',
    description: 'Gives another number each time.',
    type: 'object',
    additionalProperties: false,
    properties: {},
    'x-stage': { outputs: { number: { kind: 'json', description: 'Numbers.' } } },
  }),
  'stages/drift/stage.ts': `
import { defineStage } from 'naspipe/stage';
export default defineStage<{}, {}, { number: 'json' }>({
  async run({ stopwatch }) {
    return { number: { same: 1, other: [2, stopwatch()] } };
  },
});
`,
};

/** One that is equal up to its third step and not after; it saves a checkpoint at each. */
const lateDrift = {
  'schemas/stages/late.schema.json': drift['schemas/stages/drift.schema.json'],
  'stages/late/stage.ts': `
import { defineStage } from 'naspipe/stage';
export default defineStage<{}, {}, { number: 'json' }>({
  async run({ stopwatch, resume, tick }) {
    const found = ((resume?.state as { found: number[] } | undefined)?.found ?? []).slice();
    while (found.length < 6) {
      found.push(found.length < 3 ? found.length : stopwatch());
      const now = found.slice();
      await tick({ step: now.length, total: 6 }, () => ({ state: { found: now }, tensors: new Map() }));
    }
    return { number: { found } };
  },
});
`,
};

let project: TestProject;
beforeAll(async () => {
  project = await createProject({ ...drift, ...lateDrift });
  const pipeline = {
    name: 'sums',
    seed: 3,
    stages: {
      first: { type: 'constant', params: { value: 1 } },
      walk: { type: 'walk', params: { steps: 3 }, inputs: { from: 'first' } },
      drift: { type: 'drift' },
    },
  };
  const { result } = await project.run({ pipeline, checkpointSeconds: 0 });
  expect(result.status).toBe('ok');
}, 120_000);
afterAll(() => project.remove());

const run = async (...words: string[]) => {
  const { code, out, err } = await pipe(project.root, ...words);
  return { code, out: masked(out), err: masked(err).replace(/\s+/g, ' ') };
};
/** The same with digests and sizes replaced. */
const plain = (text: string) =>
  text.replace(/\b[0-9a-f]{12}\b/g, '<digest>').replace(/\b[\d.]+ k?B\b/g, '<size>');

test('verify: a run and the store as they were made', async () => {
  expect(await run('verify', 'latest')).toEqual({
    code: 0,
    out: '3 stages, 3 artifacts: all as they were made\n',
    err: '',
  });
  expect((await run('verify')).out).toBe('3 stages, 3 artifacts: all as they were made\n');
  expect(await run('verify', '--from-checkpoint')).toEqual({
    code: 2,
    out: '',
    err: 'wrong-options: --from-checkpoint says where a replay starts: it needs --replay <stage> ',
  });
});

test('verify --replay: an exact stage gives the same, from its beginning and from its last checkpoint', async () => {
  expect(await run('verify', '--replay', 'walk', '--from-checkpoint')).toEqual({
    code: 0,
    out: [
      'walk (walk, exact) was run again from its checkpoint at step 3: record 2 beside 1',
      'All outputs are equal, byte for byte.',
      '',
    ].join('\n'),
    err: '',
  });
  expect((await run('verify', '--replay', 'latest:walk')).out).toBe(
    [
      'walk (walk, exact) was run again from its beginning: record 3 beside 1',
      'All outputs are equal, byte for byte.',
      '',
    ].join('\n'),
  );
});

test('verify --replay: one that is not says where, and the divergence is kept and told', async () => {
  const { code, out } = await run('verify', '--replay', 'drift');
  expect(code).toBe(1);
  expect(plain(out).replace(/: [\d.]+ → [\d.]+/, ': <a> → <b>')).toBe(
    [
      'drift (drift, exact) was run again from its beginning: record 2 beside 1',
      'first difference: number <digest> → <digest>, value.json, other[1]: <a> → <b>',
      'This should not be: both are kept as a divergence.',
      '',
    ].join('\n'),
  );
  const verified = await run('verify', 'latest');
  expect(verified.code).toBe(1);
  expect(verified.out).toBe(
    'drift: records 1 and 2 should have equal outputs and have not\n3 stages, 3 artifacts: 1 wrong\n',
  );
});

test('verify --replay: a stage is run again as it was, though its type has other params now', async () => {
  const file = 'schemas/stages/walk.schema.json';
  const schema = await project.read(file);
  const { properties, ...rest } = JSON.parse(schema);
  const length = { type: 'integer', description: 'Steps, by another name.' };
  await project.write(
    file,
    JSON.stringify({ ...rest, properties: { failAt: properties.failAt, length }, required: ['length'] }),
  );
  const { code, out, err } = await run('verify', '--replay', 'walk');
  await project.write(file, schema);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('All outputs are equal, byte for byte.');
});

test('check --replay: a stage of an export is run again, and what differs is named', async () => {
  await run('export', 'latest', 'out.tar.gz');
  const walk = await run('check', 'out.tar.gz', '--replay', 'walk');
  expect(walk.code).toBe(0);
  expect(walk.out).toMatch(/✔ walk +run again +from its checkpoint at step 3: all outputs are equal, byte/);
  const other = await run('check', 'out.tar.gz', '--replay', 'drift', '--json');
  expect(other.code).toBe(1);
  const { agrees, findings } = JSON.parse(other.out);
  expect(agrees).toBe(false);
  expect(findings.at(-1)).toMatchObject({ stage: 'drift', what: 'run again', status: 'differs' });
  expect(findings.at(-1).detail).toMatch(/^from its beginning: number .*, value.json, other\[1\]: /);
});

test('import: tags and note come along and more are given; `latest` leads to the run where there is no other', async () => {
  await run('tag', 'latest', 'ours', '--note', 'as it was');
  await run('export', 'latest', 'out.tar.gz');
  await run('tag', 'latest', '--remove', 'ours', '--note', '');
  const there = ['--store', 'there'];
  expect((await run('import', 'out.tar.gz', '--tag', 'no tag', ...there)).err).toContain('bad-tag: "no tag"');
  expect((await run('runs', ...there)).out).not.toContain('sums');
  await run('import', 'out.tar.gz', '--tag', 'moved', ...there);
  expect(masked((await run('tag', 'latest', ...there)).out)).toBe('run <run>: moved, ours · as it was\n');
  await run('import', 'out.tar.gz', '--note', 'from here', ...there);
  expect(masked((await run('tag', 'latest-sums', ...there)).out)).toBe(
    'run <run>: moved, ours · from here\n',
  );
  expect((await run('fsck', ...there)).out).not.toContain('runs/latest');
  expect((await run('show', 'nothing', ...there)).err).toContain('unknown-run: no run "nothing"; npx pipe');
});

test('a divergence is told by whatever is asked for the stage: show, why, fsck, the report, and the next run', async () => {
  const sentence = 'records 1 and 2 should have equal outputs and have not';
  expect((await run('show', 'latest')).out).toMatch(/^drift .* outputs diverged: records 1 and 2/m);
  expect((await run('show', 'latest:drift')).out).toMatch(new RegExp(`^Diverged +${sentence}`, 'm'));
  expect((await run('why', 'drift')).out.replace(/\s+/g, ' ')).toContain(
    'records 1 and 2 of it should have equal outputs and have not: npx pipe verify --replay drift',
  );
  expect((await run('runs')).out).toMatch(/outputs diverged\n.* drift\n/);
  const listed = await run('runs', '--json');
  expect(JSON.parse(listed.out).runs[0].diverged).toEqual({ drift: 'records 1 and 2' });
  expect(await fits('runs', JSON.parse(listed.out))).toEqual([]);
  const checked = await run('check', 'latest');
  expect(checked.code).toBe(1);
  expect(checked.out.replace(/ +/g, ' ')).toContain(`✖ drift outputs made again ${sentence}`);
  await run('show', 'latest', '--html', 'report.html');
  expect(await readFile(path.join(project.root, 'report.html'), 'utf8')).toContain(
    'outputs diverged: records 1 and 2',
  );
  const again = await run('run', 'pipelines/sums.json');
  expect(again.out).toMatch(/^Diverged +outputs of drift: records 1 and 2 differ$/m);
  expect(again.err + again.out).toContain('warning: drift: records 1 and 2 should have equal outputs');
  await run('rm', 'latest');
  await run('gc');
});

test('fsck: finds a flipped bit, says what to do, mends it, and says what a rerun brings back', async () => {
  const store = await project.openStore();
  const id = (await store.runs.resolve('latest')) as string;
  const result = (await store.runs.results(id)) as {
    stages: { first: { outputs: { number: { digest: string } } } };
  };
  const { digest } = result.stages.first.outputs.number;
  const file = path.join(store.objects.directory(digest), 'value.json');
  await writeFile(file, (await readFile(file, 'utf8')).replace('1', '0'));

  const checked =
    'Checked 3 artifacts, 5 records, 2 checkpoints, 6 attempts, 1 run, 0 pins, 3 signatures, 6 remembered values, 5 locks.';
  const back =
    'outputs of first are not whole in the store: run pipeline sums again to bring it back (about <took>)';
  const parts = /(\d+) (artifacts|records|checkpoints|attempts|signatures|remembered values|locks)/g;
  const counted = (text: string) => plain(text).replace(parts, '<n> $2');
  const found = await run('fsck');
  expect(found.code).toBe(1);
  const lines = counted(found.out).split('\n');
  expect(lines[0]).toBe(checked.replace(parts, '<n> $2'));
  expect(lines[1]).toMatch(
    /^artifact <digest>: value.json does not have its digest \(artifacts\/objects\/..\/<digest>; a repair moves it aside\)$/,
  );
  expect(lines.slice(2)).toEqual([
    'drift <digest>: records 1 and 2 should have equal outputs and have not',
    back,
    'npx pipe fsck --repair mends this.',
    '',
  ]);
  const mended = await run('fsck', '--repair');
  expect(mended.code).toBe(0);
  expect(counted(mended.out)).toMatch(/; moved to artifacts\/quarantine\/objects-..-<digest>\.1\)\n/);
  expect((await run('fsck')).code).toBe(0);
  const { result: rerun } = await project.run({
    pipeline: JSON.parse(await project.read('pipelines/sums.json')),
    checkpointSeconds: 0,
  });
  expect(rerun.stages.first!.status).toBe('ran');
  expect(rerun.stages.first!.outputs.number!.digest).toBe(digest);
  expect((await run('fsck')).out).toMatch(/No damage found\.\n$/);
});

test('pin, rm, gc, unpin', async () => {
  const store = await project.openStore();
  const [first] = await store.runs.list();
  expect(await run('pin', first!, '--note', 'paper')).toEqual({
    code: 0,
    out: 'run <run> is pinned\n',
    err: '',
  });
  expect((await run('pin', first!)).out).toBe('run <run> was pinned already\n');
  expect((await run('pin')).out).toBe('run <run>  <when>  paper\n');
  expect(await run('rm', first!)).toEqual({
    code: 2,
    out: '',
    err: 'run-is-pinned: run <run> is pinned; npx pipe unpin <run> takes the pin away ',
  });
  expect((await run('unpin', first!)).out).toBe('run <run> is no longer pinned\n');
  expect((await run('unpin', first!)).err).toBe(
    'not-pinned: run <run> is not pinned; npx pipe pin lists what is ',
  );
  for (const id of await store.runs.list()) {
    expect((await run('rm', id)).out).toBe(
      'run <run> is removed; npx pipe gc --dry-run says what only it needed\n',
    );
  }
  expect((await run('gc', '--dry-run')).out).toMatch(
    /\nWould free .*: \d leftovers\.\nNothing of it would have to be computed again\.\n.* would stay\.\n$/,
  );
  const dry = await run('gc', '--dry-run', '--grace', '0');
  expect(dry.code).toBe(0);
  expect(plain(dry.out)).toMatch(
    new RegExp(
      [
        'runs   0 of 0 runs stay',
        'roots  0 runs \\(0 live\\), 0 pins, 0 attempts under way',
        'mark   they need 0 artifacts of 0 stages',
        'grace  0 more artifacts changed too recently to go',
        'sweep  \\d+ things go',
        '',
        'Would free <size>: 3 records, .*\\d+ attempts, 4 artifacts, .*leftovers?\\.',
        'To have it back takes <took> of computing\\.',
        '<size> would stay\\.',
        '',
      ].join('\n'),
    ),
  );
  expect((await run('gc', '--grace', '0')).out).toMatch(/\nFreed /);
  expect(await store.objects.list()).toEqual([]);
  await rm(path.join(project.root, 'artifacts/quarantine'), { recursive: true });
  expect((await run('fsck')).code).toBe(0);
});

test('verify --replay: one that differs after its checkpoint is told apart from there, and so is where', async () => {
  const pipeline = { name: 'late', seed: 3, stages: { late: { type: 'late' } } };
  const { result } = await project.run({ pipeline, file: 'pipelines/late.json', checkpointSeconds: 0 });
  const { fingerprint } = result.stages.late!;
  const store = await project.openStore();
  // of the checkpoints the last is at the end, the one before at step 5: two are kept
  await rm(path.join(project.store, 'attempts', fingerprint!, 'checkpoints', '6'), { recursive: true });
  const middle = await run('verify', '--replay', 'late', '--from-checkpoint');
  expect(plain(middle.out).replace(/: [\d.]+ → [\d.]+/, ': <a> → <b>')).toBe(
    [
      'late (late, exact) was run again from its checkpoint at step 5: record 2 beside 1',
      'first difference: number <digest> → <digest>, value.json, found[5]: <a> → <b>',
      'This should not be: both are kept as a divergence.',
      '',
    ].join('\n'),
  );
  const whole = await run('verify', '--replay', 'late');
  expect(whole.code).toBe(1);
  expect(whole.out).toContain('value.json, found[3]: ');
  expect((await store.records.list(fingerprint!)).records.map(({ reason }) => reason)).toEqual([
    'first',
    'divergence',
    'divergence',
  ]);
  await run('rm', 'latest');
});
