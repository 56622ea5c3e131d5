import { readdir, readFile, readlink } from 'node:fs/promises';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import type { Clock } from '../../src/base/clock.ts';
import { openStore } from '../../src/store/index.ts';
import { temporaryRoot, temporaryStore, tree } from './fixture.ts';

const stopped: Clock = { now: () => Date.UTC(2026, 10, 24, 10, 23, 1, 7), elapsed: () => 0 };

test('ids are short, sort by time, and are unique even in one millisecond', async () => {
  const opened = await openStore(await temporaryRoot(), { clock: stopped });
  if (!opened.ok) throw new Error(opened.failures[0]!.message);
  const { runs } = opened.value;
  const ids = [];
  for (let i = 0; i < 3; i++) ids.push((await runs.create('main', {})).id);
  expect(ids).toEqual(['261124-102301-07', '261124-102301-08', '261124-102301-09']);
  expect(await runs.list()).toEqual(ids);
});

test('a person can walk from the latest run to an artifact', async () => {
  const store = await temporaryStore();
  const { digest } = await store.objects.put('model', 1, tree('x'));
  const run = await store.runs.create('main', { name: 'main', seed: 7 });
  await run.linkStage('train', { model: digest });
  await run.writeResults({ status: 'ok' });

  const latest = path.join(store.root, 'runs', 'latest');
  expect(await readFile(path.join(latest, 'train/model/info.json'), 'utf8')).toBe('{"text":"x"}\n');
  expect(JSON.parse(await readFile(path.join(latest, 'pipeline.json'), 'utf8'))).toEqual({
    name: 'main',
    seed: 7,
  });
  expect(path.isAbsolute(await readlink(path.join(run.directory, 'train/model')))).toBe(false);
  expect(await readdir(run.directory)).toEqual(['pipeline.json', 'results.json', 'train']);
  expect(await store.runs.results(run.id)).toEqual({ status: 'ok' });
  expect(await store.runs.pipeline(run.id)).toEqual({ name: 'main', seed: 7 });
});

test('what a person means by a run', async () => {
  const opened = await openStore(await temporaryRoot(), { clock: stopped });
  if (!opened.ok) throw new Error(opened.failures[0]!.message);
  const { runs } = opened.value;
  expect(await runs.resolve('latest')).toEqual([]);
  const a = (await runs.create('main', {})).id;
  const b = (await runs.create('smoke', {})).id;
  expect(await runs.resolve('latest')).toBe(b);
  expect(await runs.resolve('latest-main')).toBe(a);
  expect(await runs.resolve(a)).toBe(a);
  expect(await runs.resolve('07')).toBe(a);
  expect(await runs.resolve('261124')).toEqual([a, b]);
  expect(await runs.resolve('nothing')).toEqual([]);
});
