import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import { digestBytes } from '../../src/base/digest.ts';
import { hashFiles } from '../../src/base/hashing.ts';
import { temporaryRoot } from '../store/fixture.ts';

test('many bytes are hashed in threads as they are alone, in order; a file that is gone is told as Node tells it', async () => {
  const directory = await temporaryRoot();
  await fs.mkdir(directory);
  const sizes = [0, 1, 131_072, 131_073, 9 << 20, 3, ...Array(8).fill(8 << 20)];
  const bytes = sizes.map((size, i) => new Uint8Array(size).fill(i));
  const files = sizes.map((size, i) => [path.join(directory, `${i}`), size] as const);
  for (const [i, [file]] of files.entries()) await fs.writeFile(file, bytes[i]!);
  const right = bytes.map((each) => digestBytes(each));
  expect(await hashFiles(files, 3)).toEqual(right);
  expect(await hashFiles(files.slice(0, 6))).toEqual(right.slice(0, 6));
  await fs.rm(files[9]![0]);
  await expect(hashFiles(files, 2)).rejects.toMatchObject({ code: 'ENOENT', path: files[9]![0] });
});
