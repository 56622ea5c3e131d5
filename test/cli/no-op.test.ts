import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProject, pipelineText, repository, sums, type TestProject } from '../engine/project.ts';
import { pipe } from './pipe.ts';

let project: TestProject;
beforeAll(async () => {
  project = await createProject();
  await project.write('pipelines/sums.json', pipelineText(sums));
  expect((await pipe(project.root, 'run', 'pipelines/sums.json')).code).toBe(0);
  // files that are younger than the clock's tick are not believed unread: the next run finds them old enough
  await new Promise((resolve) => setTimeout(resolve, 50));
  for (let i = 0; i < 2; i++) await pipe(project.root, 'run', 'pipelines/sums.json');
});
afterAll(() => project.remove());

/** Says on standard error which packages a process asks for, which processes it starts, which files it reads. */
const spy = `
import { register, syncBuiltinESMExports } from 'node:module';
import * as processes from 'node:child_process';
import fs from 'node:fs';
const told = (what, name) => fs.writeSync(2, what + ' ' + name + '\\n');
register('data:text/javascript,' + encodeURIComponent(\`
import { writeSync } from 'node:fs';
export async function resolve(specifier, context, next) {
  if (/^(ajv|esbuild)/.test(specifier)) writeSync(2, 'package ' + specifier + '\\\\n');
  return next(specifier, context);
}\`), import.meta.url);
const wrap = (object, name, what) => {
  const before = object[name];
  object[name] = function (first, ...rest) {
    told(what, String(first));
    return before.call(this, first, ...rest);
  };
};
const cjs = process.getBuiltinModule('module');
wrap(cjs, '_load', 'package');
for (const name of ['spawn', 'spawnSync', 'execFile', 'fork', 'exec']) wrap(process.getBuiltinModule('child_process'), name, 'process');
for (const name of ['openSync', 'readFileSync', 'createReadStream', 'open']) wrap(fs, name, 'file');
for (const name of ['open', 'readFile']) wrap(fs.promises, name, 'file');
syncBuiltinESMExports();
`;

function spied(...words: string[]): { readonly status: number | null; readonly lines: readonly string[] } {
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      '--import',
      `data:text/javascript,${encodeURIComponent(spy)}`,
      path.join(repository, 'dist/cli/main.js'),
      ...words,
    ],
    { cwd: project.root, encoding: 'utf8' },
  );
  return { status, lines: stderr.split('\n').filter(Boolean) };
}

const packages = (lines: readonly string[]) => lines.filter((line) => /^package (ajv|esbuild)/.test(line));
const started = (lines: readonly string[]) => lines.filter((line) => line.startsWith('process '));
/** Files of artifacts, and records. */
const read = (lines: readonly string[]) =>
  lines.filter((line) => line.startsWith('file ') && /artifacts\/(objects|records)\//.test(line));

test('a run with nothing to do loads neither ajv nor esbuild, starts no process, reads no artifact and no record', () => {
  const { status, lines } = spied('run', 'pipelines/sums.json');
  expect({ status, packages: packages(lines), started: started(lines), read: read(lines) }).toEqual({
    status: 0,
    packages: [],
    started: [],
    read: [],
  });
});

test('the same means see what a run with something to do does', async () => {
  const source = await project.read('stages/parity/stage.ts');
  await project.write('stages/parity/stage.ts', source.replace('return { parity:', 'return { parity: 2 +'));
  const { status, lines } = spied('run', 'pipelines/sums.json');
  expect(status).toBe(0);
  expect(packages(lines)).not.toEqual([]);
  expect(started(lines)).not.toEqual([]);
});

test('a record that is not as it was is read again, and damage is found', async () => {
  const records = path.join(project.store, 'records');
  for (const fingerprint of await fs.readdir(records)) {
    const file = path.join(records, fingerprint, '1.json');
    const text = await fs.readFile(file, 'utf8');
    if (text.includes('"stageType": "sum"')) await fs.writeFile(file, text.replace('"sum"', '"sun"'));
  }
  const { code, out } = await pipe(project.root, 'run', 'pipelines/sums.json');
  expect(code).toBe(0);
  expect(out).toContain('does not have its seal');
  expect(out).toMatch(/^total +starts/m);
  for (const port of ['first/number', 'total/number', 'odd/parity']) {
    const link = path.join(project.store, 'runs/latest', port);
    expect(await fs.readdir(link)).toContain('value.json');
  }
});

test('of many cached stages there is one line', async () => {
  const stages = Object.fromEntries(
    Array.from({ length: 41 }, (_, i) => [`s${i}`, { type: 'constant', params: { value: 1 } }]),
  );
  await project.write('pipelines/many.json', pipelineText({ name: 'many', stages }));
  await pipe(project.root, 'run', 'pipelines/sums.json');
  const { code, out } = await pipe(project.root, 'run', 'pipelines/many.json');
  expect(code).toBe(0);
  expect(out.split('\n').slice(1, 3)).toEqual(['41 stages cached', '']);
});

test('of very many, a run with nothing to do has one link to those of the run before, and any change is found', async () => {
  const stages = Object.fromEntries(
    Array.from({ length: 101 }, (_, i) => [`s${i}`, { type: 'constant', params: { value: 1 } }]),
  );
  await project.write('pipelines/very-many.json', pipelineText({ name: 'very-many', stages }));
  await new Promise((resolve) => setTimeout(resolve, 50));
  const go = async (...words: string[]) => {
    const ended = await pipe(project.root, 'run', 'pipelines/very-many.json', ...words);
    expect(ended).toMatchObject({ code: 0, err: '' });
    return ended.out;
  };
  // what it makes is there already
  const first = await go();
  const out = await go();
  expect(first).toContain('Artifacts  artifacts/runs/latest/\n');
  expect(out).toContain('Artifacts  artifacts/runs/latest/same.as/\n');
  const comparable = (text: string) => text.replace('/same.as', '').replace(/^Time .*/m, '');
  expect(comparable(out)).toBe(comparable(first));
  const link = path.join(project.store, 'runs/latest/same.as/s100/number');
  expect(await fs.readdir(link)).toContain('value.json');
  const events = (await go('--json'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events.map(({ event }) => event)).toEqual([
    'run-started',
    ...Array(101).fill('stage-cached'),
    'run-finished',
  ]);
  expect((await pipe(project.root, 'show', 'latest')).out).toContain('s100');
  expect(await go('--set', 's7.params.value=12345')).toMatch(/^s7 +starts/m);
  await fs.appendFile(path.join(project.store, 'runs/latest/s100/number/value.json'), ' ');
  expect(await go()).toContain('is damaged');
  expect((await pipe(project.root, 'fsck')).code).toBe(0);
});
