import { appendFile, readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import type { Clock } from '../../src/base/clock.ts';
import { type Damage, openStore } from '../../src/store/index.ts';
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
  await run.linkStages(new Map([['train', { model: digest }]]));
  await run.writeResults({ status: 'ok' });

  const latest = path.join(store.root, 'runs', 'latest');
  expect(await readFile(path.join(latest, 'train/model/info.json'), 'utf8')).toBe('{"text":"x"}\n');
  expect(JSON.parse(await readFile(path.join(latest, 'pipeline.json'), 'utf8'))).toEqual({
    name: 'main',
    seed: 7,
    seal: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect(path.isAbsolute(await readlink(path.join(run.directory, 'train/model')))).toBe(false);
  expect(await readdir(run.directory)).toEqual([
    'events.jsonl',
    'pipeline.json',
    'results.json',
    'train',
    'uses.jsonl',
  ]);
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

test('results with a flipped bit are not served: they are moved aside, and that is told', async () => {
  const root = await temporaryRoot();
  const told: Damage[] = [];
  const opened = await openStore(root, { onDamage: (damage) => told.push(damage) });
  if (!opened.ok) throw new Error(opened.failures[0]!.message);
  const { runs } = opened.value;
  const run = await runs.create('main', { name: 'main' });
  await run.writeResults({ status: 'ok' });
  const file = path.join(run.directory, 'results.json');
  await writeFile(file, (await readFile(file, 'utf8')).replace('ok', 'ol'));
  expect(await runs.results(run.id)).toBeUndefined();
  expect(told).toEqual([
    {
      what: `results.json of run ${run.id}`,
      why: 'it does not have its seal',
      movedTo: path.join(root, 'quarantine', `runs-${run.id}-results.json.1`),
    },
  ]);
  expect(await runs.results(run.id)).toBeUndefined();
  expect(told).toHaveLength(1);
});

test('a run is live until it is closed; a removed one leaves the links to the one before it', async () => {
  const opened = await openStore(await temporaryRoot(), { clock: stopped });
  if (!opened.ok) throw new Error(opened.failures[0]!.message);
  const { runs, root } = opened.value;
  const [a, b, c] = [
    await runs.create('main', { name: 'main' }),
    await runs.create('smoke', { name: 'smoke' }),
    await runs.create('main', { name: 'main' }),
  ];
  expect(runs.isLive(c.id)).toBe(true);
  c.close();
  expect(runs.isLive(c.id)).toBe(false);
  await runs.remove(c.id);
  expect(await runs.list()).toEqual([a.id, b.id]);
  expect(await runs.resolve('latest')).toBe(b.id);
  expect(await runs.resolve('latest-main')).toBe(a.id);
  await runs.remove(a.id);
  expect(await readdir(path.join(root, 'runs'))).toEqual([b.id, 'latest', 'latest-smoke']);
  expect(await readdir(path.join(root, 'tmp'))).toEqual([]);
});

test('what a run relies on is written down once, and a torn line counts for nothing', async () => {
  const store = await temporaryStore();
  const run = await store.runs.create('main', { name: 'main' });
  const [fingerprint, artifact] = ['a'.repeat(64), 'b'.repeat(64)];
  run.use({ fingerprint });
  run.use({ fingerprint });
  run.use({ artifact });
  await appendFile(path.join(run.directory, 'uses.jsonl'), '{"artifact":"cc');
  expect(await store.runs.uses(run.id)).toEqual([{ fingerprint }, { artifact }]);
});
