import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { describe, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const documents = [
  'README.md',
  'ARCHITECTURE.md',
  ...(await fs.readdir(path.join(root, 'docs'))).map((name) => `docs/${name}`),
];

describe.each(documents)('%s', (name) => {
  test('names only files and scripts that are there', async () => {
    const text = await fs.readFile(path.join(root, name), 'utf8');
    const { scripts } = JSON.parse(await fs.readFile(path.join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const paths = /(?:src|test|stages|schemas|pipelines)\/[\w./-]+\.(?:ts|mjs|json|h|cpp|sh)\b/g;
    // the README also names files of a project of the reader's own
    const files = name === 'README.md' ? [] : [...text.matchAll(paths)];
    const links = [...text.matchAll(/\]\(([^)#:]+)\)/g)].map(([, target]) => [
      path.join(path.dirname(name), target!),
    ]);
    const missing: string[] = [];
    for (const [file] of [...files, ...links]) {
      const there = await fs.stat(path.join(root, file!)).then(
        () => true,
        () => false,
      );
      if (!there) missing.push(file!);
    }
    expect(missing).toEqual([]);
    const named = [...text.matchAll(/npm run (?:--silent )?([a-z][\w:-]*)/g)].map(([, script]) => script!);
    expect(named.filter((script) => !(script in scripts))).toEqual([]);
  });
});
