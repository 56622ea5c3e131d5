import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exitCodeTable } from '../../src/cli/exit-codes.ts';
import { createProject, repository, type TestProject } from '../engine/project.ts';
import { pipe } from './pipe.ts';

const readme = await fs.readFile(path.join(repository, 'README.md'), 'utf8');

/** The files that the README spells out: path → text. */
const files = Object.fromEntries(
  [...readme.matchAll(/<!-- file: (\S+) -->\n+```\w+\n(.*?)```/gs)].map(([, file, text]) => [file!, text!]),
);

let project: TestProject;

beforeAll(async () => {
  project = await createProject(files);
});

afterAll(() => project.remove());

describe('the stage type that the README makes', () => {
  test('is three files', () => {
    expect(Object.keys(files)).toEqual([
      'schemas/stages/class-balance.schema.json',
      'stages/class-balance/stage.ts',
      'pipelines/balance.json',
    ]);
  });

  test('type-checks against naspipe as a package, by the types that are written for it', async () => {
    const { code, err } = await pipe(project.root, 'types', '--write');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    await project.write(
      'tsconfig.json',
      JSON.stringify({
        compilerOptions: {
          strict: true,
          noEmit: true,
          module: 'NodeNext',
          target: 'ES2022',
          noUncheckedIndexedAccess: true,
          allowImportingTsExtensions: true,
          skipLibCheck: true,
          types: [],
        },
        include: ['stages/class-balance'],
      }),
    );
    const tsc = path.join(repository, 'node_modules', '.bin', 'tsc');
    const { status, stdout } = spawnSync(tsc, ['-p', project.root], { encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });

  test('runs, and shows what it counted', async () => {
    const { code, out, err } = await pipe(project.root, 'run', 'pipelines/balance.json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^balance {2}finished in \S+ · 10 classes · 0 uneven$/m);
    const shown = await pipe(project.root, 'show', 'latest:balance/balance');
    expect(shown.out).toContain('"Ankle boot": 900');
  });
});

test('its table of exit codes is the one that --help prints', () => {
  for (const [code, meaning] of exitCodeTable()) {
    expect(readme.replaceAll('`', '')).toContain(`| ${code} | ${meaning} |`);
  }
});

test.each(['README.md', 'ARCHITECTURE.md', 'CHANGELOG.md'])(
  'every file that %s names is there',
  async (page) => {
    const text = await fs.readFile(path.join(repository, page), 'utf8');
    const linked = [...text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, target]) => target!);
    const named = [...text.matchAll(/`((?:src|test|schemas|datasets|stages|pipelines)\/[\w./-]+)`/g)];
    // what the worked example makes is in no clone
    const made = new Set([...Object.keys(files), 'stages/class-balance/types.ts']);
    const targets = [...linked, ...named.map(([, target]) => target!)].filter((target) => !made.has(target));
    for (const target of targets) {
      await expect(fs.access(path.join(repository, target)), target).resolves.toBeUndefined();
    }
  },
);

test('the pipeline on top plans without a mistake', async () => {
  const [, text] = /```json\n(.*?)```/s.exec(readme)!;
  await project.write('pipelines/first.json', text!);
  const { code, err } = await pipe(project.root, 'plan', 'pipelines/first.json');
  expect({ code, err }).toEqual({ code: 0, err: '' });
});

test('new stage makes a stage type that type-checks and is found', async () => {
  const made = await pipe(project.root, 'new', 'stage', 'best-trials');
  expect(made).toEqual({
    code: 0,
    err: '',
    out: [
      'made schemas/stages/best-trials.schema.json',
      'made stages/best-trials/stage.ts',
      'made stages/best-trials/types.ts',
      'Change the schema first; then npx pipe types --write brings types.ts up to date.',
      '',
    ].join('\n'),
  });
  const again = await pipe(project.root, 'new', 'stage', 'best-trials');
  expect(again).toMatchObject({ code: 2, err: expect.stringContaining('stage-type-exists') });
  const reference = await pipe(project.root, 'types', 'best-trials');
  expect(reference).toMatchObject({ code: 0, out: expect.stringContaining('best: integer from 1 to 1000') });
  await project.write(
    'tsconfig.json',
    (await project.read('tsconfig.json')).replace('stages/class-balance', 'stages/best-trials'),
  );
  const tsc = path.join(repository, 'node_modules', '.bin', 'tsc');
  const { status, stdout } = spawnSync(tsc, ['-p', project.root], { encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
});
