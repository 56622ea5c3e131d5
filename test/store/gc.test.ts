import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import { tryAcquire } from '../../src/base/locks.ts';
import { bytes } from '../../src/base/size.ts';
import type { GcPlan, Store } from '../../src/store/index.ts';
import { filesBelow, temporaryRoot } from './fixture.ts';
import { DAY, lab, type Made } from './lab.ts';

const graceMs = DAY;

/** Stage id → whether its outputs and its record are there. */
async function present(store: Store, made: readonly Made[]) {
  const found: { [id: string]: string } = {};
  for (const { id, fingerprint, digest } of made) {
    const { records, damage } = await store.records.list(fingerprint);
    expect(damage).toEqual([]);
    const object = await store.objects.open(digest);
    const state = [...(records.length > 0 ? ['record'] : []), ...(object.ok ? ['outputs'] : [])];
    found[id] = state.join('+') || 'gone';
  }
  return found;
}

const removed = ({ removals }: GcPlan) => removals.map(({ what, name }) => `${what} ${name}`).sort();

test('what a run, a pin or an attempt under way needs stays; the rest goes, with its attempts', async () => {
  const { store, make, run } = await lab(await temporaryRoot());
  const ran = await make('ran', { text: 'ran' });
  const pinned = await make('pinned', { text: 'pinned' });
  const artifact = await make('artifact', { text: 'artifact' });
  const orphan = await make('orphan', { text: 'orphan', computeMs: 7_200_000 });
  const taken = await make('taken', { text: 'taken' });
  const busy = await make('busy', { text: 'busy', inputs: { from: taken.digest } });
  const live = await make('live', { text: 'live' });
  await run('main', [ran]);
  await run('other', [live], true);
  await store.pins.add({ of: 'stage', target: pinned.fingerprint });
  await store.pins.add({ of: 'artifact', target: artifact.digest });
  const holder = { host: os.hostname(), pid: process.pid, since: 0, purpose: 'busy' };
  const lock = tryAcquire(store.lockFile(busy.fingerprint), holder)!;

  const all = [ran, pinned, artifact, orphan, taken, busy, live];
  const whole = Object.fromEntries(all.map(({ id }) => [id, 'record+outputs']));
  const dry = await store.collect({ graceMs, dryRun: true });
  expect(await present(store, all)).toEqual(whole);
  expect(removed(dry)).toEqual(
    [`record ${orphan.fingerprint}`, `attempt ${orphan.attempt}`, `artifact ${orphan.digest}`].sort(),
  );
  expect(dry.computeMs).toBe(7_200_000);
  expect(dry.steps.map(({ name, found }) => `${name}: ${found}`)).toEqual([
    'runs: 2 of 2 runs stay',
    'roots: 2 runs (1 live), 2 pins, 1 attempt under way',
    'mark: they need 6 artifacts of 6 stages',
    'grace: 0 more artifacts changed too recently to go',
    'sweep: 3 things go',
  ]);

  expect(await store.collect({ graceMs })).toEqual(dry);
  expect(await present(store, all)).toEqual({ ...whole, orphan: 'gone' });
  expect(await readdir(path.join(store.root, 'tmp'))).toEqual([]);
  expect((await store.collect({ graceMs, dryRun: true })).removals).toEqual([]);
  lock.release();
  expect(removed(await store.collect({ graceMs, dryRun: true }))).toContain(`artifact ${taken.digest}`);
});

test('what is younger than the grace period stays', async () => {
  const { store, make } = await lab(await temporaryRoot());
  const orphan = await make('orphan', { text: 'orphan' });
  expect((await store.collect({ graceMs: 3 * DAY })).removals).toEqual([]);
  expect(await present(store, [orphan])).toEqual({ orphan: 'record+outputs' });
  await store.collect({ graceMs });
  expect(await present(store, [orphan])).toEqual({ orphan: 'gone' });
});

test('only the last runs of each pipeline stay, and those that are pinned or live', async () => {
  const { store, make, run } = await lab(await temporaryRoot());
  const made = [];
  const runs = [];
  for (const n of [1, 2, 3, 4]) {
    made.push(await make(`a${n}`, { text: `a${n}` }));
    runs.push(await run('main', made.slice(-1), n === 2));
  }
  const other = await make('other', { text: 'other' });
  const [first, second, third, fourth] = runs;
  const fifth = await run('other', [other]);
  await store.pins.add({ of: 'run', target: first!.id });
  const plan = await store.collect({ graceMs, keepLast: 1 });
  expect(await store.runs.list()).toEqual([first, second, fourth, fifth].map((each) => each!.id));
  expect(removed(plan)).toContain(`run ${third!.id}`);
  expect(await present(store, [...made, other])).toEqual({
    a1: 'record+outputs',
    a2: 'record+outputs',
    a3: 'gone',
    a4: 'record+outputs',
    other: 'record+outputs',
  });
  expect(await store.runs.resolve('latest-main')).toBe(fourth!.id);
});

test('a record from which something that stays was made stays, for its lineage, without its outputs', async () => {
  const { store, make } = await lab(await temporaryRoot());
  const source = await make('source', { text: 'source' });
  const middle = await make('middle', { text: 'middle', inputs: { from: source.digest } });
  const end = await make('end', { text: 'end', inputs: { from: middle.digest } });
  await store.pins.add({ of: 'stage', target: end.fingerprint });
  const plan = await store.collect({ graceMs });
  expect(await present(store, [source, middle, end])).toEqual({
    source: 'record',
    middle: 'record',
    end: 'record+outputs',
  });
  expect(plan.computeMs).toBe(2000);
});

test('a budget takes what frees most bytes a second of computing first, never pins, live runs or what is young', async () => {
  const { store, make, run, checkpoint } = await lab(await temporaryRoot());
  const big = 'x'.repeat(2000);
  const cheap = await make('cheap', { text: `cheap${big}`, computeMs: 1000 });
  const dear = await make('dear', { text: `dear${big}`, computeMs: 3_600_000 });
  const pinned = await make('pinned', { text: `pinned${big}`, computeMs: 1 });
  const live = await make('live', { text: `live${big}`, computeMs: 1 });
  await checkpoint(dear.fingerprint, 3_000_000);
  await run('main', [cheap, dear, pinned]);
  await run('main', [live], true);
  await store.pins.add({ of: 'stage', target: pinned.fingerprint });
  const all = [cheap, dear, pinned, live];
  const now = (await store.collect({ graceMs, dryRun: true })).staying;

  const within = await store.collect({ graceMs, budget: now, dryRun: true });
  expect(within).toMatchObject({ removals: [], over: 0, computeMs: 0 });
  const little = await store.collect({ graceMs, budget: now - 1, dryRun: true });
  expect(removed(little)).toEqual([`checkpoints ${dear.fingerprint}`]);
  expect(little.computeMs).toBe(0);

  const some = await store.collect({ graceMs, budget: now - 10_000 });
  expect(removed(some)).toEqual([`artifact ${cheap.digest}`, `checkpoints ${dear.fingerprint}`]);
  expect(some).toMatchObject({ over: 0, computeMs: 1000 });
  expect(await present(store, all)).toEqual({
    cheap: 'record',
    dear: 'record+outputs',
    pinned: 'record+outputs',
    live: 'record+outputs',
  });
  const found = await store.records.find(cheap.fingerprint);
  expect(found).toEqual({ damage: [] });

  const nothing = await store.collect({ graceMs, budget: 0 });
  expect(removed(nothing)).toEqual([`artifact ${dear.digest}`]);
  expect(nothing.computeMs).toBe(3_600_000);
  expect(nothing.over).toBeGreaterThan(0);
  expect(await store.collect({ graceMs: 10 * DAY, budget: 0 })).toMatchObject({ removals: [] });
});

test('an artifact that no record can bring back is not evicted', async () => {
  const { store, run } = await lab(await temporaryRoot());
  const { digest } = await store.objects.put(
    'json',
    1,
    new Map([['value.json', new TextEncoder().encode('1\n')]]),
  );
  const begun = await run('main', []);
  await begun.linkStages(new Map([['given', { number: digest }]]));
  expect((await store.collect({ graceMs, budget: 0 })).over).toBeGreaterThan(0);
  expect((await store.objects.open(digest)).ok).toBe(true);
});

test('an artifact of two stages goes when both do', async () => {
  const { store, make, run } = await lab(await temporaryRoot());
  const a = await make('a', { text: 'same' });
  const b = await make('b', { text: 'same', inputs: { from: 'd'.repeat(64) } });
  expect(a.digest).toBe(b.digest);
  expect(a.fingerprint).not.toBe(b.fingerprint);
  const first = await run('main', [a]);
  await run('main', [b]);
  await store.runs.remove(first.id);
  await store.collect({ graceMs });
  expect(await present(store, [a, b])).toEqual({ a: 'record+outputs', b: 'record+outputs' });
});

test('both sides of a divergence stay', async () => {
  const { store, make, run } = await lab(await temporaryRoot());
  const made = await make('made', { text: 'one' });
  const { record } = await store.records.find(made.fingerprint);
  const { n: _, seal: __, ...draft } = record!;
  const other = await make('other', { text: 'two' });
  await store.records.write({
    ...draft,
    reason: 'divergence',
    divergesFrom: 1,
    outputs: (await store.records.find(other.fingerprint)).record!.outputs,
  });
  await run('main', [made]);
  await store.collect({ graceMs });
  expect((await store.objects.open(made.digest)).ok).toBe(true);
  expect((await store.objects.open(other.digest)).ok).toBe(true);
});

test('what dead processes left behind goes, what living ones have stays', async () => {
  const root = await temporaryRoot();
  const { store, make, run } = await lab(root);
  const made = await make('made', { text: 'made' });
  await run('main', [made]);
  const before = await filesBelow(root);
  const dead = 4_194_305;
  const random = '0123456789ab';
  const places = [
    `tmp/${os.hostname()}-${dead}-${random}/half`,
    `tmp/elsewhere-1-${random}/half`,
    `records/${made.fingerprint}/.2.json.${dead}.${random}.tmp`,
    `runs/.latest.${dead}.${random}.tmp`,
    `.store.json.${dead}.${random}.tmp`,
    `attempts/${made.fingerprint}/checkpoints/.3/state.json`,
    `signatures/00/${'0'.repeat(64)}.json`,
    'locks/run-261124-102301-07',
  ];
  const living = [
    `tmp/${os.hostname()}-${process.pid}-${random}/half`,
    `runs/.x.${process.pid}.${random}.tmp`,
  ];
  for (const place of [...places, ...living]) {
    await mkdir(path.dirname(path.join(root, place)), { recursive: true });
    await writeFile(path.join(root, place), 'x');
    await utimes(path.join(root, place), 0, 0);
  }
  const plan = await store.collect({ graceMs });
  expect(new Set(plan.removals.map(({ what }) => what))).toEqual(new Set(['leftover']));
  expect(plan.removals).toHaveLength(places.length);
  expect((await filesBelow(root)).filter((file) => !before.includes(file)).sort()).toEqual(living.sort());
});

test('of what is remembered the latest stays, as much as may; what is known of artifacts that are gone goes', async () => {
  const root = await temporaryRoot();
  const { store, make, run } = await lab(root);
  const [kept, orphan] = [await make('kept', { text: 'kept' }), await make('orphan', { text: 'orphan' })];
  await run('main', [kept]);
  const essence = ({ digest }: Made) => `essence/${digest}-choices-1.json`;
  const memos = ['memo/aa/1.json', 'memo/aa/2.json', 'memo/bb/3.json'];
  const now = Date.now();
  for (const [age, name] of [...memos, essence(kept), essence(orphan)].entries()) {
    await store.cache.keep(name, { name });
    const at = new Date(now - (2 + age) * DAY);
    await utimes(path.join(root, 'cache', name), at, at);
  }
  await store.cache.keep('memo/cc/young.json', {});
  const cached = (plan: GcPlan) => removed(plan).filter((each) => each.startsWith('cache'));
  expect(cached(await store.collect({ graceMs, dryRun: true }))).toEqual([`cache cache/${essence(orphan)}`]);
  // a file takes a block of 4 KiB
  const plan = await store.collect({ graceMs, remembered: 3 * 4096 });
  const gone = [...memos.slice(2), essence(kept), essence(orphan)];
  expect(cached(plan)).toEqual(gone.map((name) => `cache cache/${name}`).sort());
  expect(plan.steps.map(({ name, found }) => `${name}: ${found}`)).toContain(
    `cache: 3 of 6 remembered things go: beyond ${bytes(3 * 4096)}, or of artifacts that go`,
  );
  for (const name of gone) expect(await store.cache.find(name)).toBeUndefined();
  for (const name of [...memos.slice(0, 2), 'memo/cc/young.json']) {
    expect(await store.cache.find(name)).toBeDefined();
  }
});
