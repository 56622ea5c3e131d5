import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodeFiles } from '../../src/base/files.ts';
import { type Bundle, bundleStage } from '../../src/stage/bundle.ts';
import { bundleOf, discoverStageTypes } from '../../src/stage/discovery.ts';
import { createProject, projectFiles, repository, type TestProject } from '../engine/project.ts';

let project: TestProject;
let sum: Bundle;
const bundle = async (type: string, root = project.root): Promise<Bundle> => {
  const result = await bundleStage(nodeFiles, path.join(root, 'stages', type, 'stage.ts'), root);
  if (!result.ok) throw new Error(result.failures.map(({ message }) => message).join('\n'));
  return result.value;
};
const failure = async (type: string) => {
  const result = await bundleStage(
    nodeFiles,
    path.join(project.root, 'stages', type, 'stage.ts'),
    project.root,
  );
  return result.ok ? undefined : result.failures[0];
};

beforeAll(async () => {
  project = await createProject();
  sum = await bundle('sum');
});
afterAll(() => project.remove());

/** Writes another text of the helper, bundles both types that import it, and puts the old text back. */
async function digestsWith(text: string): Promise<{ sum: string; parity: string }> {
  const file = 'lib/arithmetic.ts';
  await project.write(file, text);
  const digests = { sum: (await bundle('sum')).codeDigest, parity: (await bundle('parity')).codeDigest };
  await project.write(file, projectFiles[file]!);
  return digests;
}

describe('the digest of the code', () => {
  const helper = projectFiles['lib/arithmetic.ts']!;

  test('is the same for comments, white space, quotes, types and brackets', async () => {
    const before = await digestsWith(helper);
    const cosmetic = `/* another */\n${helper}`
      .replace('(a + b) * scale', '(\n    (a + b) * scale // product\n  )')
      .replace('a: number, b: number', 'a: 0 | number, b: number')
      .replace('export const scale = 1;', 'export const scale = 1\n\n');
    expect(await digestsWith(cosmetic)).toEqual(before);
  });

  test('is another for an edited constant, only where it is reached', async () => {
    const before = await digestsWith(helper);
    const after = await digestsWith(helper.replace('scale = 1', 'scale = 2'));
    expect(after.sum).not.toBe(before.sum);
    expect(after.parity).toBe(before.parity);
  });

  test('does not depend on where the project lies', async () => {
    const elsewhere = await createProject();
    expect(await bundle('sum', elsewhere.root)).toEqual(sum);
    await elsewhere.remove();
  });

  test('holds naspipe itself, but no path', () => {
    expect(sum.text).not.toContain('naspipe/');
    expect(sum.text).not.toContain(project.root);
    expect(Object.keys(sum.sources)).toEqual([
      'lib/arithmetic.ts',
      'naspipe/dist/stage/contract.js',
      'stages/sum/stage.ts',
    ]);
  });

  test('depends on the version of a package, which stays outside, and on JSON, which does not', async () => {
    const dependency = (version: string) =>
      project.write(
        'node_modules/scaler/package.json',
        JSON.stringify({ name: 'scaler', version, main: 'i.js' }),
      );
    await dependency('1.0.0');
    await project.write('lib/table.json', '{"factor": 2, "unused": "text"}');
    await project.write(
      'stages/scaled/stage.ts',
      `import { scale } from 'scaler';
import table from '../../lib/table.json' with { type: 'json' };
export default { run: async () => ({ number: scale(table.factor) }) };`,
    );
    const first = await bundle('scaled');
    expect(first.packages).toEqual({ scaler: '1.0.0' });
    expect(first.text).toMatch(/from\s*"scaler"/);
    expect(first.text).toContain('factor:2');
    await dependency('1.0.1');
    const second = await bundle('scaled');
    expect(second.text).toBe(first.text);
    expect(second.codeDigest).not.toBe(first.codeDigest);
    await project.write('lib/table.json', '{\n  "factor": 2,\n  "unused": "text"\n}');
    expect((await bundle('scaled')).codeDigest).toBe(second.codeDigest);
    await project.write('lib/table.json', '{"factor": 3, "unused": "text"}');
    expect((await bundle('scaled')).codeDigest).not.toBe(second.codeDigest);
  });
});

describe('what cannot be bundled is refused in a sentence:', () => {
  const stage = (text: string) => project.write('stages/odd/stage.ts', text);

  test('a native file', async () => {
    await project.write('lib/native.node', 'ELF');
    await stage("import native from '../../lib/native.node';\nexport default { run: native };");
    expect(await failure('odd')).toEqual({
      code: 'unbundlable-file',
      message: "lib/native.node cannot be part of a stage's code: only TypeScript, JavaScript and JSON can",
    });
  });

  test('a package that is not installed', async () => {
    await stage("import { x } from 'no-such-package/deep';\nexport default { run: x };");
    expect(await failure('odd')).toEqual({
      code: 'missing-package',
      message: `${project.root}/stages/odd/stage.ts imports "no-such-package/deep", which is not installed`,
    });
  });

  test('a part of naspipe that is not public', async () => {
    await stage("import { x } from 'naspipe/store';\nexport default { run: x };");
    expect(await failure('odd')).toMatchObject({ code: 'unknown-import' });
  });

  test('a text that does not parse', async () => {
    await stage('export default {\n  run: = 3,\n};');
    expect(await failure('odd')).toEqual({
      code: 'bundling',
      message: 'stages/odd/stage.ts:2:8 Unexpected "="',
    });
  });
});

test('built-ins as the build bundled them have the digest that their sources have', async () => {
  const fromSources = await discoverStageTypes(nodeFiles, repository);
  const fromBuild = await discoverStageTypes(nodeFiles, project.root);
  for (const name of ['data-prep', 'evaluate', 'controller-search']) {
    const [source, ready] = [fromSources.types.get(name)!, fromBuild.types.get(name)!];
    expect([source.prebundled, ready.prebundled]).toEqual([false, true]);
    const [a, b] = await Promise.all([bundleOf(nodeFiles, source), bundleOf(nodeFiles, ready)]);
    expect(b).toEqual(a);
  }
});

test('an installed naspipe without its sources still has its stage types', async () => {
  const ready = await fs.readdir(path.join(repository, 'dist', 'stages'));
  const types = (await fs.readdir(path.join(repository, 'stages'))).sort();
  expect(
    ready
      .filter((file) => file.endsWith('.mjs'))
      .map((file) => file.slice(0, -4))
      .sort(),
  ).toEqual(types);
});
