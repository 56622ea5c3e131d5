import { chmod, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { nodeFiles } from '../../src/base/files.ts';
import { faultyFiles } from '../base/faulty-files.ts';
import { open, temporaryRoot, temporaryStore, tree } from './fixture.ts';

const flip = async (file: string, at: number): Promise<void> => {
  const bytes = await readFile(file);
  bytes[at]! ^= 1;
  await writeFile(file, bytes);
};

test('the digest is a known answer: it must never change', async () => {
  const { objects } = await temporaryStore();
  const { digest } = await objects.put('json', 1, new Map([['value.json', new TextEncoder().encode('1\n')]]));
  expect(digest).toBe('bba0fe2d3e92a8b90fe0781e6f3326cdc17adcdcd80c7fbc387ea019dbdb58ae');
});

test('what was put is opened as it was; kind, version and paths are part of the identity', async () => {
  const { objects } = await temporaryStore();
  const stored = await objects.put('model', 1, tree('x'));
  expect(stored).toMatchObject({ files: 2, bytes: 63, reused: false, damage: [] });
  const opened = await objects.open(stored.digest);
  if (!opened.ok) throw new Error(opened.failures[0]!.message);
  expect(opened.value.kind).toBe('model');
  expect([...opened.value.tree.keys()]).toEqual(['info.json', 'weights/a.bin']);
  expect([...opened.value.tree.get('weights/a.bin')!]).toEqual([...tree('x').get('weights/a.bin')!]);

  expect(await objects.put('model', 1, tree('x'))).toMatchObject({ digest: stored.digest, reused: true });
  const renamed = new Map([...tree('x')].map(([name, bytes]) => [`other/${name}`, bytes]));
  const others = [objects.put('model', 2, tree('x')), objects.put('architecture', 1, tree('x'))];
  others.push(objects.put('model', 1, renamed));
  const digests = (await Promise.all(others)).map(({ digest }) => digest);
  expect(new Set([stored.digest, ...digests]).size).toBe(4);
});

test('many writers of one object at once leave one', async () => {
  const { objects } = await temporaryStore();
  const stored = await Promise.all(Array.from({ length: 8 }, () => objects.put('model', 1, tree('x'))));
  expect(new Set(stored.map(({ digest }) => digest)).size).toBe(1);
  expect(await objects.list()).toHaveLength(1);
});

test.each(['../up', '/root', '.hidden', 'a//b', 'a/.b', 'ä', ''])('a path "%s" is refused', async (name) => {
  const { objects } = await temporaryStore();
  await expect(objects.put('json', 1, new Map([[name, new Uint8Array()]]))).rejects.toThrow(
    'internal error: expected a portable path',
  );
});

test('a flipped bit, anywhere, is found when the object is opened and when its files changed', async () => {
  for (const name of ['info.json', 'weights/a.bin', '.manifest.json']) {
    for (const look of ['open', 'check'] as const) {
      const { objects, root } = await temporaryStore();
      const { digest } = await objects.put('model', 1, tree('x'));
      await flip(path.join(objects.directory(digest), name), 5);
      if (look === 'open') {
        const opened = await objects.open(digest);
        const [failure] = opened.ok ? [] : opened.failures;
        expect(failure).toMatchObject({ code: 'artifact-damaged', digest });
        expect(failure!.damage).toHaveLength(1);
      } else {
        const { present, damage } = await objects.check(digest);
        expect(present).toBe(false);
        expect(damage[0]!.movedTo).toContain(path.join(root, 'quarantine'));
      }
      expect(await objects.check(digest)).toEqual({ present: false, damage: [] });
      expect(await objects.put('model', 1, tree('x'))).toMatchObject({ digest, reused: false });
    }
  }
});

test.each([
  ['cut short', (file: string) => writeFile(file, 'x')],
  ['missing', (file: string) => rm(file)],
  ['emptied', (file: string) => writeFile(file, '')],
  [
    'changed and then made read-only, with the size and the time it had',
    async (file: string) => {
      const { atime, mtime } = await stat(file);
      await flip(file, 0);
      await utimes(file, atime, mtime);
      await chmod(file, 0o444);
    },
  ],
])('a file that is %s is damage', async (_, harm) => {
  const { objects } = await temporaryStore();
  const { digest } = await objects.put('model', 1, tree('x'));
  await harm(path.join(objects.directory(digest), 'weights/a.bin'));
  expect((await objects.check(digest)).present).toBe(false);
});

test('putting over a damaged object mends it and says so', async () => {
  const { objects } = await temporaryStore();
  const { digest } = await objects.put('model', 1, tree('x'));
  await flip(path.join(objects.directory(digest), 'info.json'), 3);
  const again = await objects.put('model', 1, tree('x'));
  expect(again.damage.map(({ why }) => why)).toEqual(['info.json does not have its digest']);
  expect((await objects.open(digest)).ok).toBe(true);
});

test('a warm check reads no artifact; a touched file is hashed again and trusted again', async () => {
  const root = await temporaryRoot();
  const { digest } = await (await open(root)).objects.put('model', 1, tree('x'));
  await sleep(40);
  await (await open(root)).objects.check(digest);

  const { files, calls } = faultyFiles(() => undefined);
  const { objects } = await open(root, files);
  const readsOf = async () => {
    const before = calls.length;
    expect((await objects.check(digest)).present).toBe(true);
    return calls.slice(before).filter(({ method, file }) => method === 'read' && file.includes('objects'))
      .length;
  };
  expect(await readsOf()).toBe(0);
  await utimes(path.join(objects.directory(digest), 'info.json'), 1, 1);
  await sleep(40);
  expect(await readsOf()).toBeGreaterThan(0);
  expect(await readsOf()).toBe(0);
});

test('a lost or broken signature costs a hash, nothing else', async () => {
  const { objects, root } = await temporaryStore();
  const { digest } = await objects.put('model', 1, tree('x'));
  await nodeFiles.writeAtomic(path.join(root, 'signatures', digest.slice(0, 2), `${digest}.json`), '{');
  expect(await objects.check(digest)).toEqual({ present: true, damage: [] });
  await rm(path.join(root, 'signatures'), { recursive: true });
  expect(await objects.check(digest)).toEqual({ present: true, damage: [] });
});
