import { mkdir, symlink, utimes, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../src/store/index.ts';
import { filesBelow, open, temporaryRoot } from './fixture.ts';

test('a store of another format is refused in a sentence', async () => {
  const root = await temporaryRoot();
  await open(root);
  await writeFile(path.join(root, 'store.json'), '{"format":99}');
  expect(await openStore(root)).toEqual({
    ok: false,
    failures: [
      {
        code: 'store-format',
        message: `${root} has store format 99; this naspipe reads format 1: use the naspipe that made it, or another store with --store`,
      },
    ],
  });
});

test('a directory that cannot be a store is a failure', async () => {
  const root = await temporaryRoot();
  await writeFile(root, 'a file');
  const opened = await openStore(root);
  expect(opened.ok ? [] : opened.failures.map(({ code }) => code)).toEqual(['store-unusable']);
});

test('a store that is a link to a directory is used; one that leads nowhere is said to', async () => {
  const [real, link, lost] = [await temporaryRoot(), await temporaryRoot(), await temporaryRoot()];
  await mkdir(real);
  await symlink(real, link);
  expect((await openStore(link)).ok).toBe(true);
  await symlink(`${real}-gone`, lost);
  const message = `${lost} cannot be used as a store: it is a link that leads nowhere`;
  expect(await openStore(lost)).toEqual({ ok: false, failures: [{ code: 'store-unusable', message }] });
});

test('what a writer left behind a day ago is swept; what is younger stays', async () => {
  const root = await temporaryRoot();
  await open(root);
  for (const name of ['old', 'young']) {
    await mkdir(path.join(root, 'tmp', name), { recursive: true });
    await writeFile(path.join(root, 'tmp', name, 'file'), 'x');
  }
  const tomorrow = { now: () => Date.now() + 25 * 3600 * 1000, elapsed: () => 0 };
  await utimes(path.join(root, 'tmp', 'young'), new Date(), new Date());
  await openStore(root);
  expect(await filesBelow(path.join(root, 'tmp'))).toEqual(['old/file', 'young/file']);
  await openStore(root, { clock: tomorrow });
  expect(await filesBelow(path.join(root, 'tmp'))).toEqual([]);
});
