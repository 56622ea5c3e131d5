import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Clock } from '../../src/base/clock.ts';
import { type Files, nodeFiles } from '../../src/base/files.ts';
import { Died, deathsAt, type Fault, type FileCall, faultyFiles, isWriting } from '../base/faulty-files.ts';
import { commitOf, filesBelow, fingerprint, open as openAt, temporaryRoot } from './fixture.ts';

/** An hour ahead of the files' times, so that no stat signature is too young to be trusted: every run makes equal calls. */
const ahead: Clock = { now: () => start + 3600 * 1000, elapsed: () => 0 };
const start = Date.now();

const open = (root: string, files?: Files) => openAt(root, files, ahead);

/** The calls that some work makes on a store that `prepare` has filled. */
async function callsOf(work: Work, prepare: Work): Promise<readonly FileCall[]> {
  const root = await temporaryRoot();
  await prepare(root);
  const { files, calls } = faultyFiles(() => undefined);
  await work(root, files);
  return calls;
}

type Work = (root: string, files?: Files) => Promise<unknown>;

const at = (n: number, fault: Fault) => (call: FileCall) => (call.n === n ? fault : undefined);

/**
 * Does the work once for every call that it makes and every way to die there; `check` looks at what is left.
 * Returns the number of deaths.
 */
async function diesEverywhere(
  work: Work,
  prepare: Work,
  check: (root: string) => Promise<void>,
): Promise<number> {
  const calls = await callsOf(work, prepare);
  let points = 0;
  for (const call of calls) {
    for (const death of deathsAt(call)) {
      points++;
      const root = await temporaryRoot();
      await prepare(root);
      const { files } = faultyFiles(at(call.n, death));
      await expect(work(root, files), `${death} ${call.n} ${call.method}`).rejects.toThrow();
      await check(root);
    }
  }
  return points;
}

const commitIt: Work = async (root, files) => (await open(root, files)).commit(commitOf('x'));
const nothing: Work = async () => {};

describe('commit', () => {
  /** Whatever there is, is whole; and doing it again works. */
  async function isSound(root: string): Promise<void> {
    const store = await open(root);
    const before = await store.records.find(fingerprint);
    expect(before.damage).toEqual([]);
    if (before.record) expect((await store.objects.open(before.record.outputs.model!.digest)).ok).toBe(true);

    const { record, damage } = await store.commit(commitOf('x'));
    expect(damage).toEqual([]);
    expect(record.n).toBe(before.record ? 2 : 1);
    const found = await store.records.find(fingerprint);
    expect(found).toEqual({ record, damage: [] });
    expect((await store.objects.open(record.outputs.model!.digest)).ok).toBe(true);
  }

  test('killed at any call, it has happened or it has not, and can be done again', async () => {
    expect(await diesEverywhere(commitIt, nothing, isSound)).toBeGreaterThan(15);
  });

  test('killed at any call while it replaces a damaged object, likewise', async () => {
    const damaged: Work = async (root) => {
      const store = await open(root);
      const { record } = await store.commit(commitOf('x'));
      const file = path.join(store.objects.directory(record.outputs.model!.digest), 'info.json');
      await nodeFiles.writeAtomic(file, 'bad');
    };
    await diesEverywhere(commitIt, damaged, async (root) => {
      const store = await open(root);
      const { record } = await store.commit(commitOf('x'));
      expect(await store.records.find(fingerprint)).toEqual({ record, damage: [] });
      expect((await store.objects.open(record.outputs.model!.digest)).ok).toBe(true);
    });
  });

  test.each(['ENOSPC', 'EIO'] as const)(
    '%s at any writing call: an error, nothing half, nothing left over',
    async (code) => {
      const calls = await callsOf(commitIt, nothing);
      for (const { n, file } of calls.filter(isWriting)) {
        const root = await temporaryRoot();
        const { files } = faultyFiles(at(n, code));
        const failure = await commitIt(root, files).then(
          () => undefined,
          (error: Error) => error.message,
        );
        const isCache = file.includes('signatures');
        if (isCache) expect(failure).toBeUndefined();
        else expect(failure).toContain(code);
        expect(await filesBelow(path.join(root, 'tmp'))).toEqual([]);
        if (!isCache) expect(await (await open(root)).records.find(fingerprint)).toEqual({ damage: [] });
        await isSound(root);
      }
    },
  );

  test('a disk that cannot read something of it: a miss that says so, never an error, and it can be done again', async () => {
    const find: Work = async (root, files) => {
      const store = await open(root, files);
      const { record } = await store.records.find(fingerprint);
      return record && store.objects.open(record.outputs.model!.digest);
    };
    const isRead = ({ method, file }: FileCall) => method === 'read' && !file.endsWith('store.json');
    const reads = (await callsOf(find, commitIt)).filter(isRead).length;
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

  test('outputs are durable before they are named, and named before the record', async () => {
    const calls = await callsOf(commitIt, nothing);
    const last = (test: (call: FileCall) => boolean) => calls.findLastIndex(test);
    const first = (test: (call: FileCall) => boolean) => calls.findIndex(test);
    const written = last(({ method }) => method === 'writeNew');
    const renamed = first(({ method }) => method === 'rename');
    const synced = last(({ method, file }) => method === 'syncDirectory' && /objects\/..$/.test(file));
    const recorded = first(({ method, file }) => method === 'createExclusive' && file.includes('records'));
    const privateSynced = last(
      ({ method, file }) => method === 'syncDirectory' && file.includes('artifacts/tmp/'),
    );
    expect(written).toBeGreaterThan(-1);
    expect(privateSynced).toBeGreaterThan(written);
    expect(renamed).toBeGreaterThan(privateSynced);
    expect(synced).toBeGreaterThan(renamed);
    expect(recorded).toBeGreaterThan(synced);
  });
});

describe('checkpoint', () => {
  const save =
    (step: number): Work =>
    async (root, files) =>
      (await open(root, files)).checkpoints.save({
        fingerprint,
        attempt: 'a',
        step,
        total: 9,
        computeMs: 0,
        state: { step },
        tensors: new Uint8Array(100).fill(step),
      });
  const three: Work = async (root) => {
    for (const step of [1, 2, 3]) await save(step)(root);
  };

  test('killed at any call, the newest whole one is the one before or the new one', async () => {
    const calls = await diesEverywhere(save(4), three, async (root) => {
      const store = await open(root);
      const { checkpoint, passedOver } = await store.checkpoints.load(fingerprint);
      expect(passedOver).toEqual([]);
      const step = checkpoint!.manifest.step;
      expect([3, 4]).toContain(step);
      expect(checkpoint!.state).toEqual({ step });
      expect([...checkpoint!.tensors]).toEqual(new Array(100).fill(step));

      await save(5)(root);
      expect((await store.checkpoints.load(fingerprint)).checkpoint!.state).toEqual({ step: 5 });
      const left = new Set(
        (await filesBelow(path.join(root, 'attempts', fingerprint, 'checkpoints'))).map(path.dirname),
      );
      expect(left.size).toBe(2);
    });
    expect(calls).toBeGreaterThan(8);
  });

  test.each(['ENOSPC', 'EIO'] as const)(
    '%s at any writing call: an error, and the one before stays',
    async (code) => {
      for (const { n } of (await callsOf(save(4), three)).filter(isWriting)) {
        const root = await temporaryRoot();
        await three(root);
        await expect(save(4)(root, faultyFiles(at(n, code)).files)).rejects.toThrow(code);
        const { checkpoint } = await (await open(root)).checkpoints.load(fingerprint);
        expect(checkpoint!.state).toEqual({ step: 3 });
      }
    },
  );
});

describe('run', () => {
  const begin: Work = async (root, files) => {
    const store = await open(root, files);
    const run = await store.runs.create('main', { name: 'main' });
    await run.writeResults({ status: 'running' });
    await run.linkStages(new Map([['train', { model: 'ab'.repeat(32) }]]));
    await run.writeResults({ status: 'ok' });
  };

  test('killed at any call, runs can be listed and begun', async () => {
    await diesEverywhere(begin, nothing, async (root) => {
      const { runs } = await open(root);
      for (const id of await runs.list()) {
        expect([undefined, 'running', 'ok']).toContain(
          ((await runs.results(id)) as { status: string } | undefined)?.status,
        );
      }
      await begin(root);
      expect(await runs.results((await runs.resolve('latest')) as string)).toEqual({ status: 'ok' });
    });
  });
});

test('the double refuses everything after a death', async () => {
  const { files } = faultyFiles(at(0, 'after'));
  await expect(files.list('/')).rejects.toThrow(Died);
  await expect(files.list('/')).rejects.toThrow(Died);
});
