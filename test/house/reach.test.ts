import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { expect, test } from 'vitest';

const bundles = path.resolve(import.meta.dirname, '../../dist/stages');

/** Stage types whose code has something of a source file in it. */
async function reaching(source: string): Promise<string[]> {
  const facts = (await fs.readdir(bundles)).filter((file) => file.endsWith('.json'));
  const found = await Promise.all(
    facts.map(async (file) => {
      const { sources } = JSON.parse(await fs.readFile(path.join(bundles, file), 'utf8'));
      return Object.hasOwn(sources, source) ? [path.basename(file, '.json')] : [];
    }),
  );
  return found.flat().sort();
}

test.each([
  [
    'src/train/loop.ts',
    ['controller-search', 'final-train', 'proxyless-finetune', 'successive-halving', 'supernet-warmup'],
  ],
  ['src/data/idx.ts', ['data-prep']],
  ['src/nas/strategies/gates/path-gates.ts', ['proxyless-finetune']],
])('an edit of %s reaches the stage types that use it, and no other', async (source, types) => {
  expect(await reaching(source)).toEqual(types);
});
