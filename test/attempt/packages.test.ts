import { mkdir, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryRoot, temporaryStore } from '../store/fixture.ts';
import { attemptOnce, draftOf } from './fixture.ts';

/** A directory with one package installed. */
async function withPackage(name: string, code: string): Promise<string> {
  const root = await temporaryRoot();
  const home = path.join(root, 'node_modules', name);
  await mkdir(home, { recursive: true });
  await writeFile(
    path.join(home, 'package.json'),
    JSON.stringify({ name, type: 'module', exports: './index.js' }),
  );
  await writeFile(path.join(home, 'index.js'), code);
  return root;
}

const lineage = { naspipe: '0', packages: { 'some-pack': '1.0.0' }, sources: {} };
const BUNDLE = `
import value, { who } from 'some-pack';
import * as path from 'node:path';
export default { async run() { const later = await import('some-pack'); return { out: [value, who, later.who, path.sep] }; } };`;

test('packages of a bundle come from the directories that the request names, in that order', async () => {
  const project = await withPackage('some-pack', `export default 1; export const who = 'project';`);
  const other = await withPackage('some-pack', `export default 2; export const who = 'other';`);
  const empty = await withPackage('another', '');
  for (const [resolveFrom, who] of [
    [[project, other], 'project'],
    [[other, project], 'other'],
    [[empty, other], 'other'],
  ] as const) {
    const store = await temporaryStore();
    const { outcome } = await attemptOnce(
      store,
      draftOf('any', { resolveFrom: [...resolveFrom], lineage }),
      BUNDLE,
    );
    expect(outcome).toMatchObject({ status: 'committed' });
    const [digest] = await store.objects.list();
    const opened = await store.objects.open(digest!);
    const [bytes] = opened.ok ? [...opened.value.tree.values()] : [];
    expect(JSON.parse(new TextDecoder().decode(bytes))[1]).toBe(who);
  }
});

test('a package that is not installed fails by name', async () => {
  const empty = await withPackage('another', '');
  const store = await temporaryStore();
  const { outcome } = await attemptOnce(store, draftOf('any', { resolveFrom: [empty], lineage }), BUNDLE);
  expect(outcome).toMatchObject({ status: 'failed', code: 'bundle-broken' });
  expect(outcome.status === 'failed' && outcome.message).toContain("Cannot find package 'some-pack'");
});
