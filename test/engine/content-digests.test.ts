import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import * as fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import type { Digest } from '../../src/base/digest.ts';
import { type FileStat, type Files, nodeFiles } from '../../src/base/files.ts';
import { directoryDigest, openContentDigests } from '../../src/engine/identity/content-digests.ts';
import { fileAt } from '../../src/engine/identity/listing.ts';
import type { Cache } from '../../src/store/index.ts';
import { open, temporaryRoot } from '../store/fixture.ts';

let root: string;
let data: string;
let cache: Cache;
let hashed: string[];
let files: Files;

beforeEach(async () => {
  root = await temporaryRoot();
  ({ cache } = await open(root));
  data = path.join(path.dirname(root), 'data');
  await fs.mkdir(path.join(data, 'sub'), { recursive: true });
  for (const name of ['a', 'b', 'sub/c', '.hidden']) await fs.writeFile(path.join(data, name), `of ${name}`);
  await fs.symlink('../a', path.join(data, 'sub/link'));
  hashed = [];
  files = {
    ...nodeFiles,
    read: () => Promise.reject(new Error('a file was read whole')),
    hashAll(all) {
      for (const [file] of all) hashed.push(path.relative(data, file));
      return nodeFiles.hashAll(all);
    },
  };
});

/** What a process that knows only what is in the store makes of the directory. */
async function digest(over: Partial<Files> = {}): Promise<string> {
  const digests = openContentDigests({ ...files, ...over }, cache, systemClock, 'p');
  const found = await digests.directory(data);
  await digests.keep();
  return found;
}

const settle = () => wait(30);

describe('a directory that was hashed before', () => {
  beforeEach(async () => {
    await settle();
    await digest();
    hashed = [];
  });

  test('is not read again', async () => {
    expect(await digest()).toBe(await directoryDigest(nodeFiles, data));
    expect(hashed).toEqual([]);
  });

  test('has the digest of its content after any edits, however soon after one another', async () => {
    const name = fc.constantFrom('a', 'b', 'sub/c', 'sub/link', 'new');
    const edit = fc.record({
      what: fc.constantFrom('write', 'overwrite', 'replace', 'relink', 'remove', 'touch'),
      name,
      other: fc.constantFrom('a', 'b', 'sub/c'),
      byte: fc.constantFrom('x', 'y'),
      pause: fc.constantFrom(0, 0, 30),
    });
    const apply = async ({
      what,
      name,
      other,
      byte,
    }: typeof edit extends fc.Arbitrary<infer E> ? E : never) => {
      const file = path.join(data, name);
      const before = await fs.stat(file).catch(() => undefined);
      if (what === 'touch') await fs.utimes(file, 1, 1).catch(() => {});
      else if (what === 'remove') await fs.rm(file, { force: true });
      else if (what === 'relink') {
        await fs.rm(file, { force: true });
        await fs.symlink(path.join(data, other), file);
      } else if (what === 'replace') {
        await fs.writeFile(`${file}.tmp`, byte.repeat(4));
        await fs.rename(`${file}.tmp`, file);
      } else if (before !== undefined) {
        // the same size, and the time of content as it was
        await fs.writeFile(file, byte.repeat(before.size));
        if (what === 'overwrite') await fs.utimes(file, before.atime, before.mtime);
      }
    };
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 6 }), async (edits) => {
        for (const each of edits) {
          await apply(each).catch(() => {});
          await wait(each.pause);
          const [now, right] = [digest(), directoryDigest(nodeFiles, data)].map((found) =>
            found.catch((error: Error) => error.message),
          );
          expect(await now).toBe(await right);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('is read only where it changed', async () => {
    await fs.writeFile(path.join(data, 'b'), 'else');
    await settle();
    await digest();
    expect(hashed).toEqual(['b']);
  });

  test('is read again when what was kept is damaged, to the same digest', async () => {
    const right = await digest();
    const places = ['content', 'content-files'].map((name) => path.join(root, 'cache', name));
    const kept = (await Promise.all(places.map((place) => nodeFiles.list(place)))).flatMap((names, i) =>
      names.map((name) => path.join(places[i]!, name)),
    );
    expect(kept).toHaveLength(2);
    const texts = await Promise.all(kept.map((file) => fs.readFile(file)));
    for (const spoil of [
      (text: Buffer) => text.subarray(0, text.length / 2),
      (text: Buffer) => Buffer.from(text.toString().replace(/[0-9a-f]{64}(?="[},\]])/, 'ab'.repeat(32))),
      () => Buffer.from('{}'),
      () => Buffer.from('{"v":1,"name":"x","value":null,"seal":"y"}'),
    ]) {
      for (const [i, file] of kept.entries()) await fs.writeFile(file, spoil(texts[i]!));
      hashed = [];
      expect(await digest()).toBe(right);
      expect(hashed).toEqual(['a', 'b', 'sub/c', 'a']);
    }
  });
});

test('the files of a directory are those that it had when it was hashed, or none', async () => {
  await settle();
  const right = (await digest()) as Digest;
  const filesOf = () => openContentDigests(files, cache, systemClock, 'p').filesOf(data, right);
  const names = ['a', 'b', 'sub/c', 'sub/link'];
  hashed = [];
  expect((await filesOf())?.map(([name]) => name)).toEqual(names);
  expect(hashed).toEqual([]);
  await fs.rm(path.join(root, 'cache/content-files'), { recursive: true });
  expect((await filesOf())?.map(([name]) => name)).toEqual(names);
  await fs.writeFile(path.join(data, 'new'), '');
  expect((await filesOf())?.map(([name]) => name)).toEqual(names);
  await fs.rm(path.join(root, 'cache/content-files'), { recursive: true });
  expect(await filesOf()).toBeUndefined();
  await fs.rm(path.join(root, 'cache/content-files'), { recursive: true });
  await fs.rm(data, { recursive: true });
  expect(await filesOf()).toBeUndefined();
});

test('a file that changed just before it was hashed is not believed, nor where times are whole seconds', async () => {
  const now = BigInt(Date.now()) * 1_000_000n;
  for (const changed of [now - 5_000_000n, (now / 1_000_000_000n) * 1_000_000_000n]) {
    // the clock of this file system stands: what is written now does not show in the times
    const frozen = (stat: FileStat | undefined) => stat && { ...stat, modified: changed, changed };
    const standing: Partial<Files> = {
      stat: async (file) => frozen(await nodeFiles.stat(file)),
      statAll: async (all) => (await nodeFiles.statAll(all)).map(frozen),
    };
    await fs.writeFile(path.join(data, 'a'), 'one');
    const one = await digest(standing);
    await fs.writeFile(path.join(data, 'a'), 'two');
    expect(await digest(standing)).not.toBe(one);
  }
});

test('a single file is not read again, but for other bytes', async () => {
  const file = path.join(data, 'a');
  const found = async () => {
    const digests = openContentDigests(files, cache, systemClock, 'p');
    const digest = await digests.file(await fileAt(files, file));
    await digests.keep();
    return digest;
  };
  await settle();
  const first = await found();
  expect(await found()).toBe(first);
  expect(hashed).toEqual(['a']);
  await fs.writeFile(file, 'fo a');
  expect(await found()).not.toBe(first);
});
