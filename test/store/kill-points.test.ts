import { mkdir, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Clock } from '../../src/base/clock.ts';
import { digestBytes } from '../../src/base/digest.ts';
import { nodeFiles } from '../../src/base/files.ts';
import { isHeld, readHolder, tryAcquire } from '../../src/base/locks.ts';
import { openJournal } from '../../src/store/index.ts';
import { DOUBLE, draftOf } from '../attempt/fixture.ts';
import { Died, type DiskCall, type DiskFault, onDisk } from '../base/faulty-disk.ts';
import { DEAD_PID, type FileCall, faultyFiles } from '../base/faulty-files.ts';
import { commitOf, fingerprint, open as openAt, temporaryRoot } from './fixture.ts';
import { DAY, lab, later } from './lab.ts';
import { attack, matrixTable, type Operation, type Row } from './matrix.ts';

/** An hour ahead of the files' times, so that no stat signature is too young to be trusted: every run makes equal calls. */
const ahead: Clock = { now: () => start + 3600 * 1000, elapsed: () => 0 };
const start = Date.now();
const open = (root: string) => openAt(root, undefined, ahead);

const nothing = async () => {};
const commitIt = async (root: string) => (await open(root)).commit(commitOf('x'));

/**
 * What is in the store is whole, and `fsck` finds nothing. After some faults it may find what costs nothing: links for
 * people that went with the power, lines about a run that a failing disk did not take.
 */
async function isWhole(root: string, fault?: DiskFault): Promise<void> {
  const { findings, reruns } = await (await openAt(root, undefined, later)).check(false);
  const cheap = fault === 'power' ? 'relink' : fault === 'ENOSPC' || fault === 'EIO' ? 'rewrite' : undefined;
  const found = findings.filter(({ remedy }) => remedy !== cheap);
  expect(found.map(({ what, why }) => `${what}: ${why}`)).toEqual([]);
  expect(reruns).toEqual([]);
}

/** Whether it was committed or not, what is there is whole; and it can be done again. */
async function isCommitted(root: string, fault: DiskFault): Promise<void> {
  const store = await open(root);
  const before = await store.records.find(fingerprint);
  expect(before.damage).toEqual([]);
  const { record, damage } = await store.commit(commitOf('x'));
  expect(damage).toEqual([]);
  expect(record.n).toBe(before.record || fault === 'short' ? 2 : 1);
  expect(await store.records.find(fingerprint)).toEqual({ record, damage: [] });
  expect((await store.objects.open(record.outputs.model!.digest)).ok).toBe(true);
  await isWhole(root);
}

/** Signatures, which are a cache: what cannot be written of it is missing, no more. */
const isCache = ({ file }: DiskCall): boolean => /\/signatures(\/|$)/.test(file);

const save = (root: string, step: number) =>
  open(root).then((store) =>
    store.checkpoints.save({
      fingerprint,
      attempt: 'a',
      step,
      total: 9,
      computeMs: 0,
      state: { step },
      tensors: new Uint8Array(100).fill(step),
    }),
  );

const holder = { host: 'here', pid: DEAD_PID, since: 0, purpose: 'train' };
const lockOf = (root: string) => path.join(root, 'lock');

/** Two stages and a run of them; a third that nothing needs, with a checkpoint, and what a dead process left. */
async function populated(root: string): Promise<void> {
  const { store, make, run, checkpoint } = await lab(root);
  const first = await make('first', { text: 'first' });
  const second = await make('second', { text: 'second', inputs: { from: first.digest } });
  const orphan = await make('orphan', { text: 'orphan' });
  await checkpoint(second.fingerprint, 3000);
  await checkpoint(orphan.fingerprint, 3000);
  await run('main', [orphan]);
  await run('main', [first, second]);
  await store.pins.add({ of: 'stage', target: first.fingerprint });
  await mkdir(path.join(root, 'tmp', `elsewhere-1-0123456789ab`), { recursive: true });
}

/** One stage and a run of it. */
async function little(root: string): Promise<void> {
  const { make, run } = await lab(root);
  await run('main', [await make('first', { text: 'first' })]);
}

/** What is needed of `little`, or of `populated`, is whole, whatever happened to the rest. */
async function keepsCommitted(root: string, of: 'little' | 'populated' = 'populated'): Promise<void> {
  const { store, make } = await lab(root);
  const first = await made('first');
  for (const { fingerprint, digest } of of === 'little'
    ? [first]
    : [first, await made('second', { from: first.digest })]) {
    const { record, damage } = await store.records.find(fingerprint);
    expect(damage).toEqual([]);
    expect(Object.values(record?.outputs ?? {})).toMatchObject([{ digest }]);
    expect((await store.objects.open(digest)).ok).toBe(true);
  }
  // the stage that may go is there whole, or not at all: it can be made again
  if (of === 'populated') await make('orphan', { text: 'orphan' });
}

/** Fingerprint and digest of a stage of `populated`. */
const known = new Map<string, { fingerprint: string; digest: string }>();
async function made(text: string, inputs: { readonly [port: string]: string } = {}) {
  let found = known.get(text);
  if (found === undefined) {
    found = await (await lab(await temporaryRoot())).make(text, { text, inputs });
    known.set(text, found);
  }
  return found;
}

/** An attempt at a stage, which says something and goes no further. */
async function tryIt(root: string) {
  const { store } = await lab(root);
  const draft = draftOf('any');
  const attempt = await store.attempts.prepare(draft, DOUBLE);
  const journal = openJournal(nodeFiles, attempt.journal, attempt.id, ahead);
  journal.write({ type: 'note', sentence: 'it goes on' });
  journal.close();
  return attempt;
}

/** Repeats the run of `little`. */
async function repeatIt(root: string): Promise<string> {
  const { runs } = await openAt(root, undefined, later);
  const [of] = await runs.list();
  const results = (await runs.results(of!)) as object;
  const digestOf = async (name: string) => digestBytes(await readFile(path.join(root, 'runs', of!, name)));
  const { digest } = await made('first');
  const id = await runs.repeat({
    name: 'main',
    of: { run: of!, pipeline: await digestOf('pipeline.json'), uses: await digestOf('uses.jsonl') },
    outputs: new Map([['first', { model: digest }]]),
    events: (run) => [{ event: 'run-finished', run, status: 'ok', stages: {} }],
    results: (run) => ({ ...results, run }),
  });
  if (id === undefined) throw new Error('the run before is not what it was');
  return id;
}

const removeFirst = async (root: string) => {
  const { runs } = await openAt(root, undefined, later);
  const [first] = await runs.list();
  await runs.remove(first!);
};

const collect = async (root: string) =>
  (await openAt(root, undefined, later)).collect({ graceMs: DAY, keepLast: 1 });

/** `populated` with damage of every part. */
async function damaged(root: string): Promise<void> {
  await populated(root);
  const flip = async (file: string) => {
    const bytes = await readFile(file);
    bytes[bytes.length >> 1]! ^= 1;
    await writeFile(file, bytes);
  };
  const orphan = await made('orphan');
  const second = await made('second', { from: (await made('first')).digest });
  await flip(path.join(root, 'objects', orphan.digest.slice(0, 2), orphan.digest, 'info.json'));
  await truncate(path.join(root, 'attempts', second.fingerprint, 'checkpoints/1/state.json'), 1);
  await rm(path.join(root, 'runs/latest'));
  const runs = (await readdir(path.join(root, 'runs'))).filter((name) => /^\d/.test(name));
  await flip(path.join(root, 'runs', runs[0]!, 'results.json'));
  await writeFile(path.join(root, 'records', 'stray'), 'x');
  const [pin] = await readdir(path.join(root, 'pins'));
  await flip(path.join(root, 'pins', pin!));
}

const repair = async (root: string) => (await openAt(root, undefined, later, true)).check(true);

const operations: readonly Operation[] = [
  {
    name: 'commit',
    prepare: nothing,
    act: commitIt,
    check: isCommitted,
    forgives: isCache,
  },
  {
    name: 'commit in place of a damaged artifact',
    async prepare(root) {
      const store = await open(root);
      const { record } = await store.commit(commitOf('x'));
      const file = path.join(store.objects.directory(record.outputs.model!.digest), 'info.json');
      await nodeFiles.writeAtomic(file, 'bad');
    },
    act: commitIt,
    async check(root) {
      const store = await open(root);
      const { record } = await store.commit(commitOf('x'));
      expect(await store.records.find(fingerprint)).toEqual({ record, damage: [] });
      expect((await store.objects.open(record.outputs.model!.digest)).ok).toBe(true);
      await isWhole(root);
    },
    forgives: isCache,
  },
  {
    name: 'checkpoint',
    async prepare(root) {
      for (const step of [1, 2, 3]) await save(root, step);
    },
    act: (root) => save(root, 4),
    async check(root, fault) {
      const store = await open(root);
      const { checkpoint, passedOver } = await store.checkpoints.load(fingerprint);
      expect(passedOver).toEqual([]);
      const step = checkpoint!.manifest.step;
      expect(fault === 'short' ? [4] : [3, 4]).toContain(step);
      expect(checkpoint!.state).toEqual({ step });
      expect([...checkpoint!.tensors]).toEqual(new Array(100).fill(step));
      await save(root, 5);
      expect((await store.checkpoints.load(fingerprint)).checkpoint!.state).toEqual({ step: 5 });
      const left = await readdir(path.join(root, 'attempts', fingerprint, 'checkpoints'));
      expect(left).toHaveLength(2);
      await isWhole(root);
    },
  },
  {
    name: 'lock',
    prepare: (root) => mkdir(root, { recursive: true }),
    async act(root) {
      const lock = tryAcquire(lockOf(root), holder);
      lock!.release();
    },
    async check(root) {
      expect(isHeld(lockOf(root))).toBe(false);
      // what the dead holder wrote of itself is whole, or nothing
      expect([undefined, holder]).toContainEqual(readHolder(lockOf(root)));
      const lock = tryAcquire(lockOf(root), { ...holder, purpose: 'next' });
      expect(readHolder(lockOf(root))).toEqual({ ...holder, purpose: 'next' });
      lock!.release();
    },
  },
  {
    name: 'run with its journal',
    prepare: little,
    async act(root) {
      const { run } = await lab(root);
      await run('other', [{ ...(await made('first')), id: 'first', attempt: 'a' }]);
    },
    async check(root, fault) {
      await keepsCommitted(root, 'little');
      const { runs } = await open(root);
      for (const id of await runs.list()) {
        expect(runs.isLive(id)).toBe(false);
        for (const { event } of await runs.events(id)) expect(event.event).toBe('stage-note');
        await runs.results(id);
      }
      const { run } = await lab(root);
      const next = await run('other', [{ ...(await made('first')), id: 'first', attempt: 'a' }]);
      expect(await runs.resolve('latest')).toBe(next.id);
      expect(await runs.results(next.id)).toMatchObject({ pipeline: 'other' });
      expect((await runs.events(next.id)).map(({ event }) => event.event)).toEqual(['stage-note']);
      await isWhole(root, fault);
    },
    forgives: ({ call, file }) => call === 'write' && file.endsWith('.jsonl'),
  },
  {
    name: 'run that repeats another',
    prepare: little,
    act: repeatIt,
    async check(root) {
      await keepsCommitted(root, 'little');
      const { runs } = await openAt(root, undefined, later);
      const results = await Promise.all((await runs.list()).map((id) => runs.results(id)));
      for (const each of results) expect(each).toMatchObject({ pipeline: 'main' });
      const id = await repeatIt(root);
      expect(await runs.resolve('latest')).toBe(id);
      expect((await runs.events(id)).map(({ event }) => event.event)).toEqual(['run-finished']);
      const file = path.join(root, 'runs/latest/first/model/info.json');
      expect(await readFile(file, 'utf8')).toBe('{"text":"first"}\n');
      await isWhole(root);
    },
  },
  {
    name: 'rm of a run whose links stand for those of two others',
    async prepare(root) {
      await little(root);
      for (let i = 0; i < 2; i++) {
        const directory = path.join(root, 'runs', await repeatIt(root));
        await rm(path.join(directory, 'first'), { recursive: true });
        const [first] = (await readdir(path.join(root, 'runs'))).filter((name) => /^\d/.test(name));
        await symlink(`../${first}`, path.join(directory, 'same.as'));
      }
    },
    act: removeFirst,
    async check(root, fault) {
      await keepsCommitted(root, 'little');
      const { runs } = await openAt(root, undefined, later);
      if ((await runs.list()).length === 3) await removeFirst(root);
      const ids = await runs.list();
      expect(ids).toHaveLength(2);
      // links for people may go with the power
      if (fault === 'power') {
        const { findings } = await repair(root);
        expect(findings.filter(({ remedy }) => remedy !== 'relink')).toEqual([]);
      }
      for (const id of ids) {
        const home = path.join(root, 'runs', id);
        const links = (await readdir(home)).includes('same.as') ? path.join(home, 'same.as') : home;
        expect(await readFile(path.join(links, 'first/model/info.json'), 'utf8')).toBe('{"text":"first"}\n');
      }
      await isWhole(root);
    },
  },
  {
    name: 'attempt with its journal',
    prepare: little,
    act: tryIt,
    async check(root) {
      await keepsCommitted(root, 'little');
      const attempt = await tryIt(root);
      const { attempts } = await open(root);
      expect((await attempts.request(attempt))?.attempt).toBe(attempt.id);
      expect((await attempts.entries(attempt)).map(({ event }) => event.type)).toEqual(['note']);
      await isWhole(root);
    },
    forgives: ({ call, file }) => call === 'write' && file.endsWith('.jsonl'),
  },
  {
    name: 'gc',
    prepare: populated,
    act: collect,
    async check(root) {
      await keepsCommitted(root);
      await collect(root);
      await keepsCommitted(root);
      await isWhole(root);
      expect(await (await open(root)).runs.list()).toHaveLength(1);
      expect(await readdir(path.join(root, 'tmp'))).toEqual([]);
    },
  },
  {
    name: 'repair (fsck --repair)',
    prepare: damaged,
    act: repair,
    async check(root) {
      await repair(root);
      await keepsCommitted(root);
      const { findings } = await (await openAt(root, undefined, later)).check(false);
      expect(findings).toEqual([]);
    },
  },
  {
    name: 'pin',
    prepare: little,
    async act(root) {
      const { pins } = await open(root);
      const { digest } = await made('first');
      await pins.add({ of: 'artifact', target: digest });
      await pins.remove({ of: 'artifact', target: digest });
    },
    async check(root) {
      await keepsCommitted(root, 'little');
      const { pins } = await open(root);
      const { digest } = await made('first');
      await pins.add({ of: 'artifact', target: digest });
      expect(await pins.remove({ of: 'artifact', target: digest })).toBe(true);
      expect(await pins.list()).toEqual([]);
      await isWhole(root);
    },
  },
];

const rows: Row[] = [];
afterAll(() => {
  console.log(matrixTable(rows));
});

test.each(operations)(
  '$name: whatever fails at any system call, doing it again gets it done',
  async (operation) => {
    const row = await attack(operation);
    rows.push(row);
    for (const fault of ['half', 'after', 'power', 'ENOSPC', 'EIO', 'short'] as const) {
      // gc writes nothing: it renames and removes
      const writes =
        !/^(gc$|rm )/.test(row.name) || fault === 'after' || fault === 'power' || fault === 'EIO';
      if (writes) expect(row.points[fault], `points of ${fault}`).toBeGreaterThan(0);
    }
  },
);

test('a disk that cannot read something of it: a miss that says so, never an error, and it can be done again', async () => {
  const find = async (root: string, files = nodeFiles) => {
    const store = await openAt(root, files, ahead);
    const { record } = await store.records.find(fingerprint);
    return record && store.objects.open(record.outputs.model!.digest);
  };
  const isRead = ({ method, file }: FileCall) => method === 'read' && !file.endsWith('store.json');
  const original = await temporaryRoot();
  await commitIt(original);
  const counting = faultyFiles(() => undefined);
  await find(original, counting.files);
  const reads = counting.calls.filter(isRead).length;
  expect(reads).toBeGreaterThan(3);
  for (let bad = 0; bad < reads; bad++) {
    const root = await temporaryRoot();
    await commitIt(root);
    let seen = 0;
    await find(root, faultyFiles((call) => (isRead(call) && seen++ === bad ? 'EIO' : undefined)).files);
    const store = await open(root);
    const { record } = await store.commit(commitOf('x'));
    expect(await store.records.find(fingerprint)).toEqual({ record, damage: [] });
  }
});

test('the double: who is dead does nothing more, what he held is free, and what was not synced goes with the power', async () => {
  const root = await temporaryRoot();
  await mkdir(root, { recursive: true });
  const file = path.join(root, 'a');
  const work = async () => {
    tryAcquire(lockOf(root), holder);
    await nodeFiles.writeAtomic(file, 'one');
    await nodeFiles.append(file, 'two').catch(() => {});
    await nodeFiles.append(file, 'three').catch(() => {});
    return nodeFiles.list(root);
  };
  const at = (fault: DiskFault) => (each: DiskCall) =>
    each.call === 'write' && each.file === file ? fault : undefined;
  const killed = await onDisk(root, at('half'), work);
  expect(killed.error).toBeInstanceOf(Died);
  expect(await readFile(file, 'utf8')).toBe('onet');
  expect(isHeld(lockOf(root))).toBe(false);
  await rm(file);
  await onDisk(root, at('power'), work);
  expect(await readFile(file, 'utf8')).toBe('one');
});
