import { readdir, readFile, readlink, rm, symlink } from 'node:fs/promises';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import { digestBytes } from '../../src/base/digest.ts';
import type { RepeatedRun } from '../../src/store/index.ts';
import { temporaryRoot } from './fixture.ts';
import { lab } from './lab.ts';

/** A store with a run of so many stages, all of which give one artifact, and how it is repeated. */
async function populated(stages: number) {
  const root = await temporaryRoot();
  const { store, make, run } = await lab(root);
  const made = await make('s0', { text: 'x' });
  const all = Array.from({ length: stages }, (_, i) => ({ ...made, id: `s${i}` }));
  const first = await run('main', all);
  const results = (await store.runs.results(first.id)) as object;
  const digestOf = async (name: string) => digestBytes(await readFile(path.join(first.directory, name)));
  const of = { run: first.id, pipeline: await digestOf('pipeline.json'), uses: await digestOf('uses.jsonl') };
  const repeat = (more: Partial<RepeatedRun> = {}) =>
    store.runs.repeat({
      name: 'main',
      of,
      outputs: new Map(all.map(({ id, digest }) => [id, { model: digest }])),
      events: (id) => [{ event: 'run-finished', run: id, status: 'ok', stages: {} }],
      results: (id) => ({ ...results, run: id }),
      ...more,
    });
  const runs = path.join(root, 'runs');
  const whole = async () => {
    const { findings } = await store.check(false);
    expect(findings.map(({ what, why }) => `${what}: ${why}`)).toEqual([]);
  };
  return { store, runs, first: first.id, of, repeat, whole };
}

const walk = (...parts: string[]) => readFile(path.join(...parts, 'model/info.json'), 'utf8');

test('a repeated run of few stages has links of its own', async () => {
  const { runs, repeat, whole, store, first } = await populated(100);
  const id = (await repeat({ labels: { add: ['again'], note: 'why not' } }))!;
  expect(await walk(runs, 'latest', 's99')).toBe('{"text":"x"}\n');
  expect(await readlink(path.join(runs, 'latest'))).toBe(id);
  expect(await store.runs.labels(id)).toEqual({ v: 1, tags: ['again'], note: 'why not' });
  expect(store.runs.isLive(id)).toBe(false);
  await store.runs.remove(first);
  expect(await walk(runs, 'latest', 's99')).toBe('{"text":"x"}\n');
  await whole();
});

test('of many stages one link leads to the links of the run before, and moves when that goes', async () => {
  const { runs, first, repeat, whole, store } = await populated(101);
  const ids = [(await repeat())!, (await repeat())!, (await repeat())!];
  expect(await readdir(path.join(runs, ids[0]!))).toEqual([
    'events.jsonl',
    'pipeline.json',
    'results.json',
    'same.as',
    'uses.jsonl',
  ]);
  for (const id of ids) expect(await walk(runs, id, 'same.as/s100')).toBe('{"text":"x"}\n');
  await whole();
  await store.runs.remove(ids[1]!);
  await store.runs.remove(first);
  const heir = ids[2]!;
  expect(await walk(runs, heir, 's100')).toBe('{"text":"x"}\n');
  expect(await readdir(path.join(runs, heir))).not.toContain('same.as');
  expect(await readlink(path.join(runs, ids[0]!, 'same.as'))).toBe(`../${heir}`);
  expect(await walk(runs, ids[0]!, 'same.as/s100')).toBe('{"text":"x"}\n');
  await whole();
});

test('a link to a run that is gone is found, and the run gets links of its own', async () => {
  const { runs, first, repeat, whole, store } = await populated(101);
  const id = (await repeat())!;
  await rm(path.join(runs, first), { recursive: true });
  const { findings } = await store.check(true);
  expect(findings.filter(({ what }) => what === `run ${id}`)).toHaveLength(102);
  expect(findings.map(({ why }) => why)).toContain('same.as leads to no run');
  expect(await walk(runs, id, 's100')).toBe('{"text":"x"}\n');
  await whole();
});

test('what lies in place of that link is moved aside, and a link out of the store is none', async () => {
  const { runs, repeat, whole, store } = await populated(101);
  const id = (await repeat())!;
  const link = path.join(runs, id, 'same.as');
  await rm(link);
  await symlink('/', link);
  expect((await store.check(true)).findings.map(({ why }) => why)).toContain('same.as leads to no run');
  await whole();
  expect(await walk(runs, id, 's100')).toBe('{"text":"x"}\n');
});

test('nothing is done when the files of the run before are not what they were', async () => {
  const { runs, repeat, of, whole } = await populated(1);
  const before = await readdir(runs);
  const other = digestBytes('other');
  expect(await repeat({ of: { ...of, uses: other } })).toBeUndefined();
  expect(await repeat({ of: { ...of, pipeline: other } })).toBeUndefined();
  expect(await readdir(runs)).toEqual(before);
  await whole();
});

test('many at once: each has an id of its own', async () => {
  const { repeat, store, whole } = await populated(3);
  const ids = await Promise.all(Array.from({ length: 20 }, () => repeat()));
  expect(new Set(ids).size).toBe(20);
  expect(await store.runs.list()).toHaveLength(21);
  await whole();
});
