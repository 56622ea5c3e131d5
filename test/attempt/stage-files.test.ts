import { mkdir, symlink, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import { stageFiles } from '../../src/attempt/stage-files.ts';
import { digestBytes, digestValue } from '../../src/base/digest.ts';
import { nodeFiles } from '../../src/base/files.ts';
import { temporaryRoot } from '../store/fixture.ts';
import { draftOf } from './fixture.ts';

async function directory(): Promise<string> {
  const root = await temporaryRoot();
  await mkdir(path.join(root, 'images/deep'), { recursive: true });
  await writeFile(path.join(root, 'images/a.gz'), 'a');
  await writeFile(path.join(root, 'images/deep/b.gz'), 'b');
  await writeFile(path.join(root, 'secret'), 's');
  await symlink(path.join(root, 'images/a.gz'), path.join(root, 'linked'));
  return root;
}

const { preimage } = draftOf('any');

const text = (bytes: Uint8Array | undefined) => bytes && new TextDecoder().decode(bytes);

test('files that params name are read by the path in the params; all others are absent', async () => {
  const root = await directory();
  const files = stageFiles(nodeFiles, {
    files: {
      './data/images': {
        path: path.join(root, 'images'),
        type: 'directory',
        digests: { 'a.gz': digestBytes('a'), 'deep/b.gz': digestBytes('b') },
      },
      '../linked.gz': { path: path.join(root, 'linked'), type: 'file', digest: digestBytes('a') },
    },
    datasets: {},
    preimage,
  });
  await writeFile(path.join(root, 'images/c'), 'it came after the stage was planned');
  expect(text(await files.read('./data/images/a.gz'))).toBe('a');
  expect(text(await files.read('./data/images/deep/b.gz'))).toBe('b');
  expect(text(await files.read('../linked.gz'))).toBe('a');
  for (const other of [
    './data/images/c',
    './data/images/../../secret',
    './data/images',
    'secret',
    '/etc/hostname',
  ]) {
    expect(await files.read(other), other).toBeUndefined();
  }
});

test('a file that changed after planning is refused: it is not what the fingerprint says', async () => {
  const root = await directory();
  const named = { path: path.join(root, 'secret'), type: 'file' as const, digest: digestBytes('other') };
  const files = stageFiles(nodeFiles, { files: { secret: named }, datasets: {}, preimage });
  await expect(files.read('secret')).rejects.toThrow(
    'secret was changed after the stage was planned; run again',
  );
});

test('so is a file of a directory that changed, is gone or is another thing now', async () => {
  const root = await directory();
  const digests = { 'a.gz': digestBytes('other'), gone: digestBytes(''), deep: digestBytes('') };
  const images = { path: path.join(root, 'images'), type: 'directory' as const, digests };
  const files = stageFiles(nodeFiles, { files: { images }, datasets: {}, preimage });
  await expect(files.read('images/gone')).rejects.toThrow(
    `images/gone is no longer at ${root}/images/gone, where it was when the stage was planned; put it back or run again`,
  );
  for (const name of ['a.gz', 'deep']) {
    await expect(files.read(`images/${name}`)).rejects.toThrow(
      `images/${name} was changed after the stage was planned; run again`,
    );
  }
});

test('a data set comes whole; one that was not declared is absent', async () => {
  const root = await directory();
  const datasets = { mini: path.join(root, 'images/deep') };
  const content = { mini: digestValue('naspipe/directory', [['b.gz', digestBytes('b')]]) };
  const files = stageFiles(nodeFiles, { files: {}, datasets, preimage: { ...preimage, content } });
  expect([...(await files.dataset('mini'))!].map(([name, bytes]) => [name, text(bytes)])).toEqual([
    ['b.gz', 'b'],
  ]);
  expect(await files.dataset('full')).toBeUndefined();
  await writeFile(path.join(root, 'images/deep/c.gz'), 'c');
  await expect(files.dataset('mini')).rejects.toThrow(
    'data set mini was changed after the stage was planned',
  );
});
