import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import { repository } from '../engine/project.ts';
import { imports, sources } from './imports.ts';

test('only src/base imports the file system', async () => {
  const found = (await imports('src', 'stages')).filter(
    ({ from, to }) => /^(node:)?fs(\/|$)/.test(to) && !from.startsWith('src/base/'),
  );
  expect(found).toEqual([]);
});

test('only src/tf imports TensorFlow.js', async () => {
  const found = (await imports('src', 'stages')).filter(
    ({ from, to }) => to.startsWith('@tensorflow/') && !from.startsWith('src/tf/'),
  );
  expect(found).toEqual([]);
});

test('no clock and no global randomness in what reaches artifacts', async () => {
  const folders = ['stages', 'src/train', 'src/nas', 'src/net', 'src/data'];
  const files = (await Promise.all(folders.map(sources))).flat();
  expect(files.length).toBeGreaterThan(20);
  const found: string[] = [];
  for (const file of files) {
    const text = await fs.readFile(path.join(repository, file), 'utf8');
    for (const [index, line] of text.split('\n').entries()) {
      const code = line.replace(/^\s*(\*|\/\/|\/\*).*/, '').replace(/\/\/.*/, '');
      if (
        /\bMath\.random\b|\bDate\b|\bperformance\.now\b|\bcrypto\.random|\brandomBytes\b|\brandomUUID\b/.test(
          code,
        )
      ) {
        found.push(`${file}:${index + 1}`);
      }
    }
  }
  expect(found).toEqual([]);
});
