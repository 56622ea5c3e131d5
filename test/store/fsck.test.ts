import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { nodeFiles } from '../../src/base/files.ts';
import { openJournal } from '../../src/store/index.ts';
import { DEAD_PID } from '../base/faulty-files.ts';
import { filesBelow, open, temporaryRoot } from './fixture.ts';
import { lab, later, type Made } from './lab.ts';

/** A store with everything that a store can have. */
async function populated(root: string): Promise<{ first: Made; second: Made }> {
  const { store, make, run, checkpoint } = await lab(root);
  const first = await make('first', { text: 'first', computeMs: 2000 });
  const second = await make('second', { text: 'second', computeMs: 3000, inputs: { from: first.digest } });
  await checkpoint(second.fingerprint, 3000);
  const at = store.attempts.at(second.fingerprint, second.attempt);
  const journal = openJournal(nodeFiles, at.journal, at.id, later);
  for (const step of [1, 2, 3]) journal.write({ type: 'progress', step, total: 3 });
  journal.close();
  await run('main', [first, second]);
  await store.pins.add({ of: 'stage', target: second.fingerprint }, 'a note');
  expect(await store.check(false)).toMatchObject({
    findings: [],
    leftovers: [],
    reruns: [],
    divergences: [],
  });
  return { first, second };
}

let original: string;
let made: { first: Made; second: Made };
let all: string[];
beforeAll(async () => {
  const directory = await mkdtemp(path.join(existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir(), 'naspipe-'));
  original = path.join(directory, 'artifacts');
  made = await populated(original);
  all = await filesBelow(original);
  return () => rm(directory, { recursive: true });
});

async function damagedCopy(damage: (root: string) => Promise<void>): Promise<string> {
  const root = await temporaryRoot();
  await cp(original, root, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  await damage(root);
  return root;
}

const flip = (fraction: number) => async (file: string) => {
  const bytes = await readFile(file);
  bytes[Math.floor(bytes.length * fraction)]! ^= 1;
  await writeFile(file, bytes);
};
const damages: { readonly [how: string]: (file: string) => Promise<void> } = {
  'with a flipped bit': flip(0.5),
  truncated: async (file) => {
    const bytes = await readFile(file);
    await writeFile(file, bytes.subarray(0, Math.floor(bytes.length / 3)));
  },
  missing: (file) => rm(file),
};

/** Files whose content decides nothing: text for people, caches, and locks, which the operating system holds. */
const isFree = (file: string): boolean => /^(signatures|locks)\/|^runs\/latest/.test(file);

/** What is made again, as a rerun of the pipeline would. */
async function rerun(root: string): Promise<void> {
  const { store, make, run } = await lab(root);
  const first = await make('first', { text: 'first' });
  const second = await make('second', { text: 'second', inputs: { from: first.digest } });
  expect([first.digest, second.digest]).toEqual([made.first.digest, made.second.digest]);
  await run('main', [first, second]);
  for (const { fingerprint, digest } of [first, second]) {
    expect((await store.records.find(fingerprint)).damage).toEqual([]);
    expect((await store.objects.open(digest)).ok).toBe(true);
  }
  expect(await store.check(false)).toMatchObject({ findings: [], leftovers: [], reruns: [] });
}

test.each(Object.keys(damages))(
  'every file of a store, %s: found, mended, made again',
  async (how) => {
    for (const file of all.filter((each) => !isFree(each))) {
      const root = await damagedCopy((copy) => damages[how]!(path.join(copy, file)));
      const store = await open(root, undefined, later, true);
      const before = await filesBelow(root);
      const found = await store.check(false);
      expect(await filesBelow(root), `a check without repair of ${file} changes nothing`).toEqual(before);
      // A file that is gone without a trace is missed where something names it, and is nothing where nothing does.
      const isUnnamed =
        (how === 'missing' && /^pins|store.json|results.json/.test(file)) ||
        (how !== 'missing' && /log.txt$/.test(file)) ||
        // A torn last line is what a killed process leaves: it counts for nothing.
        (how === 'truncated' && /jsonl$/.test(file));
      const told = [
        ...found.findings.map(({ path: at }) => at),
        ...found.reruns.map((each) => each.fingerprint),
      ];
      if (!isUnnamed) expect(told, `${file} ${how}`).not.toEqual([]);

      const mended = await store.check(true);
      expect(mended.findings.map(({ what, why }) => `${what}: ${why}`)).toEqual(
        found.findings.map(({ what, why }) => `${what}: ${why}`),
      );
      const again = await open(root, undefined, later);
      expect(
        (await again.check(false)).findings.map(({ what, why }) => `${what}: ${why}`),
        file,
      ).toEqual([]);
      await rerun(root);
    }
  },
  120_000,
);

test('what lies where it has no part is moved aside, everywhere', async () => {
  const directories = new Set(all.flatMap((file) => (isFree(file) ? [] : [path.dirname(file)])));
  directories.add('objects').add('records').add('attempts').add('runs').add('locks').add('pins');
  directories.add(`attempts/${made.second.fingerprint}`);
  for (const directory of directories) {
    const root = await damagedCopy((copy) => writeFile(path.join(copy, directory, 'extra.txt'), 'x'));
    const store = await open(root, undefined, later);
    const { findings } = await store.check(true);
    expect(
      findings.map(({ path: at }) => at),
      directory,
    ).toEqual([path.join(root, directory, 'extra.txt')]);
    expect(findings[0]!.movedTo).toMatch(/quarantine/);
    expect((await store.check(false)).findings).toEqual([]);
    await rerun(root);
  }
});

test('it says what a rerun would bring back, and where', async () => {
  const root = await damagedCopy((copy) =>
    rm(path.join(copy, 'objects', made.first.digest.slice(0, 2), made.first.digest, 'info.json')),
  );
  const store = await open(root, undefined, later);
  const report = await store.check(false);
  expect(report.findings).toEqual([
    {
      part: 'artifact',
      what: `artifact ${made.first.digest.slice(0, 12)}`,
      why: 'info.json is missing',
      path: store.objects.directory(made.first.digest),
      remedy: 'quarantine',
      artifact: made.first.digest,
    },
  ]);
  expect(report.reruns).toEqual([
    {
      fingerprint: made.first.fingerprint,
      stageType: undefined,
      pipeline: 'main',
      stage: 'first',
      computeMs: 2000,
    },
  ]);
});

test('links lead again where the results say', async () => {
  const root = await damagedCopy(async (copy) => {
    await rm(path.join(copy, 'runs/latest'));
    await symlink('261124-000000-00', path.join(copy, 'runs/latest'));
    await rm(path.join(copy, 'runs/latest-main'));
    const [run] = (await readdir(path.join(copy, 'runs'))).filter((name) => /^\d/.test(name));
    await rm(path.join(copy, 'runs', run!, 'first/model'));
    await rm(path.join(copy, 'runs', run!, 'second'), { recursive: true });
  });
  const store = await open(root, undefined, later);
  const { findings } = await store.check(true);
  expect(findings.map(({ why, remedy }) => `${remedy}: ${why}`).sort()).toEqual([
    'relink: first/model does not lead to its artifact',
    'relink: it does not lead to a run',
    'relink: it does not lead to a run',
    'relink: second/model does not lead to its artifact',
  ]);
  const latest = path.join(root, 'runs/latest-main');
  expect(await readFile(path.join(latest, 'second/model/info.json'), 'utf8')).toBe('{"text":"second"}\n');
  expect((await store.check(false)).findings).toEqual([]);
});

test('leftovers of dead processes are no damage, and a repair removes them', async () => {
  const name = `${os.hostname()}-${DEAD_PID}-0123456789ab`;
  const root = await damagedCopy(async (copy) => {
    await mkdir(path.join(copy, 'tmp', name), { recursive: true });
    await writeFile(path.join(copy, `runs/.x.${DEAD_PID}.0123456789ab.tmp`), '');
  });
  const store = await open(root);
  const { findings, leftovers } = await store.check(true);
  expect(findings).toEqual([]);
  expect(leftovers.map((each) => `${each.name}: ${each.why}`).sort()).toEqual([
    `runs/.x.${DEAD_PID}.0123456789ab.tmp: an unfinished file of a process that is gone`,
    `tmp/${name}: a directory of a process that is gone`,
  ]);
  expect((await store.check(false)).leftovers).toEqual([]);
});

test('a damaged store.json is said to be mendable, and is mended', async () => {
  const root = await damagedCopy((copy) => writeFile(path.join(copy, 'store.json'), '{"for'));
  await expect(open(root)).rejects.toThrow(
    `${root}/store.json is damaged; npx pipe fsck --repair writes it anew`,
  );
  await (await open(root, undefined, later, true)).check(true);
  expect((await (await open(root)).check(false)).findings).toEqual([]);
});

test('a recorded divergence is told', async () => {
  const root = await temporaryRoot();
  const { store, make } = await lab(root);
  const one = await make('one', { text: 'one' });
  const other = await make('other', { text: 'other' });
  const { n: _, seal: __, ...draft } = (await store.records.find(one.fingerprint)).record!;
  const { outputs } = (await store.records.find(other.fingerprint)).record!;
  await store.records.write({ ...draft, reason: 'divergence', divergesFrom: 1, outputs });
  expect((await store.check(false)).divergences).toEqual([
    { fingerprint: one.fingerprint, stageType: 'train', from: 1, to: 2 },
  ]);
});
