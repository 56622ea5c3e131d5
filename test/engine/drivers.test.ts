import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isHeld } from '../../src/base/locks.ts';
import { createRng } from '../../src/base/rng.ts';
import type { RunEvent } from '../../src/engine/index.ts';
import { createProject, pipelineText, repository, type TestProject } from './project.ts';

/** Several drivers, processes of their own, on one store. */

const seed = Number(process.env.NASPIPE_SEED ?? 1);
const port = { kind: 'json', description: 'A number.' };
const number = (description: string) => ({ type: 'number', default: 0, description });

/** Says in a file outside the store that it was begun and that it was ended; one `write` each. */
const counted = `
import { appendFileSync, existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { defineStage } from 'naspipe/stage';
export default defineStage<{ n: number; log: string; busy: number; until: string }, { from?: 'json' }, { n: 'json' }>({
  async run({ params, inputs, resume, tick, stopwatch }) {
    appendFileSync(params.log, 'began ' + params.n + '\\n');
    while (params.until !== '' && !existsSync(params.until)) await sleep(10);
    for (let step = ((resume?.state as number | undefined) ?? 0) + 1; step <= 4; step++) {
      const until = stopwatch() + params.busy;
      while (stopwatch() < until);
      await sleep(15);
      await tick({ step, total: 4 }, () => ({ state: step, tensors: new Map() }));
    }
    appendFileSync(params.log, 'ended ' + params.n + '\\n');
    return { n: params.n + Number(inputs.from ?? 0) };
  },
});
`;

let project: TestProject;
/** Process groups of the drivers of a test. */
const groups: number[] = [];
beforeEach(async () => {
  project = await createProject({
    'schemas/stages/counted.schema.json': JSON.stringify({
      description: 'For a test.',
      type: 'object',
      additionalProperties: false,
      properties: {
        n: number('Which.'),
        busy: number('Milliseconds a step in which it does not answer.'),
        log: { type: 'string', default: '', description: 'Where it counts.' },
        until: { type: 'string', default: '', description: 'File that it waits for.' },
      },
      'x-stage': { inputs: { from: { ...port, optional: true } }, outputs: { n: port } },
    }),
    'stages/counted/stage.ts': counted,
  });
});
afterEach(async () => {
  // also what a test that failed left standing
  for (const group of groups.splice(0)) {
    try {
      process.kill(-group, 'SIGKILL');
    } catch {}
  }
  await project.remove();
});

const log = () => path.join(project.root, 'counted.txt');
const stage = (n: number, from?: string, busy = 0) => ({
  type: 'counted',
  params: { n, busy, log: log() },
  ...(from !== undefined && { inputs: { from } }),
});

interface Driver {
  readonly child: ChildProcess;
  readonly events: RunEvent[];
  readonly ended: Promise<unknown>;
}

/** A driver that leads a process group of its own; `seen` is told of each event; `jobs`: most stages at a time. */
function drive(
  file: string,
  seen: (event: RunEvent, driver: Driver) => void = () => {},
  jobs?: number,
): Driver {
  const script = path.join(repository, 'test/engine/driver.mjs');
  const args = [script, project.root, file, project.store, ...(jobs === undefined ? [] : [String(jobs)])];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  groups.push(child.pid!);
  const events: RunEvent[] = [];
  const driver = { child, events, ended: once(child, 'close') };
  createInterface({ input: child.stdout! }).on('line', (line) => {
    if (!line.endsWith('}')) return; // killed in the middle of it
    const event = JSON.parse(line) as RunEvent;
    events.push(event);
    seen(event, driver);
  });
  return driver;
}

const of = <E extends RunEvent['event']>(events: readonly RunEvent[], name: E) =>
  events.filter((event): event is Extract<RunEvent, { event: E }> => event.event === name);

/** How often each stage was begun and ended, as `began 1` and `ended 1`. */
async function counts(): Promise<{ [line: string]: number }> {
  const found: { [line: string]: number } = {};
  for (const line of (await fs.readFile(log(), 'utf8')).trim().split('\n'))
    found[line] = (found[line] ?? 0) + 1;
  return found;
}

/** The survivors ended well and agree; each fingerprint has one record, and its attempts were one after another. */
async function expectOnce(survivors: readonly Driver[], kills: number): Promise<void> {
  const outputs = new Map<string, unknown>();
  for (const { events } of survivors) {
    const last = of(events, 'run-finished')[0]!;
    expect(last.status).toBe('ok');
    for (const { fingerprint = '', outputs: made } of Object.values(last.stages).map((each) => each!)) {
      expect(outputs.get(fingerprint) ?? made).toEqual(made);
      outputs.set(fingerprint, made);
    }
  }
  const locks = path.join(project.store, 'locks');
  const held = async () => (await fs.readdir(locks)).filter((name) => isHeld(path.join(locks, name)));
  // an attempt without its driver may be about to stop
  while ((await held()).length > 0) await sleep(20);
  const store = await project.openStore();
  let disturbed = 0;
  for (const fingerprint of outputs.keys()) {
    expect(await fs.readdir(path.join(project.store, 'records', fingerprint))).toEqual(['1.json']);
    let free = 0;
    for (const id of await store.attempts.list(fingerprint)) {
      const entries = await store.attempts.entries(store.attempts.at(fingerprint, id));
      if (entries.length === 0) continue;
      expect(entries[0]!.at).toBeGreaterThanOrEqual(free);
      free = entries.at(-1)!.at;
      if (entries.at(-1)!.event.type !== 'attempt-committed') disturbed++;
    }
  }
  expect(disturbed).toBeLessThanOrEqual(kills);
  expect((await store.check(false)).findings).toEqual([]);
}

test('two drivers of one pipeline: each stage is executed once, and who waits is told once for whom and how long', async () => {
  const file = 'pipelines/one.json';
  const a = stage(1);
  // whoever comes first goes on when the other waits
  const first = { ...a, params: { ...a.params, until: path.join(project.root, 'go') } };
  await project.write(file, pipelineText({ name: 'one', stages: { a: first, b: stage(2, 'a') } }));
  const seen = ({ event }: RunEvent) => event === 'stage-waiting' && project.write('go', '');
  const drivers = [drive(file, seen), drive(file, seen)];
  for (const { ended } of drivers) await ended;
  await expectOnce(drivers, 0);
  expect(await counts()).toEqual({ 'began 1': 1, 'ended 1': 1, 'began 2': 1, 'ended 2': 1 });
  const statuses = drivers.flatMap(({ events }) =>
    Object.values(of(events, 'run-finished')[0]!.stages).map((each) => each!.status),
  );
  expect(statuses.sort()).toEqual(['cached', 'cached', 'ran', 'ran']);
  for (const { events } of drivers) {
    const waits = of(events, 'stage-waiting').filter(({ reason }) => reason === 'lock');
    expect(waits.map((wait) => wait.stage)).toEqual([...new Set(waits.map((wait) => wait.stage))]);
    for (const { stage: id, holder } of waits) {
      expect(holder).toEqual({
        host: os.hostname(),
        pid: expect.any(Number),
        stage: id,
        sinceMs: expect.any(Number),
      });
    }
  }
  expect(drivers.flatMap(({ events }) => of(events, 'stage-waiting')).length).toBeGreaterThan(0);
});

test('a stage that waits for its machine is left to another driver', async () => {
  const file = 'pipelines/two.json';
  const until = path.join(project.root, 'go');
  const waits = (n: number) => ({ ...stage(n), params: { ...stage(n).params, until } });
  await project.write(file, pipelineText({ name: 'two', stages: { a: waits(1), b: waits(2) } }));
  // each has begun one, which neither ends before the other has begun
  const begun = new Set<number>();
  const seen = ({ event }: RunEvent, { child }: Driver) => {
    if (event !== 'stage-started') return;
    begun.add(child.pid!);
    if (begun.size === 2) void project.write('go', '');
  };
  const drivers = [drive(file, seen, 1), drive(file, seen, 1)];
  for (const { ended } of drivers) await ended;
  await expectOnce(drivers, 0);
  expect(await counts()).toEqual({ 'began 1': 1, 'ended 1': 1, 'began 2': 1, 'ended 2': 1 });
});

test(`eight drivers of two pipelines that share stages, some killed (NASPIPE_SEED=${seed})`, async () => {
  const shared = { a: stage(1), b: stage(2, 'a') };
  await project.write(
    'pipelines/p.json',
    pipelineText({ name: 'p', stages: { ...shared, c: stage(3, 'b') } }),
  );
  // the same stages by other names, and one of its own
  const renamed = { x: stage(1), y: stage(2, 'x'), z: stage(4, 'x') };
  await project.write('pipelines/q.json', pipelineText({ name: 'q', stages: renamed }));
  const rng = createRng(seed).fork('drivers');
  const kills = 4;
  const killed = new Set<Driver>();
  const drivers = Array.from({ length: 8 }, (_, i) => {
    const file = i % 2 === 0 ? 'pipelines/p.json' : 'pipelines/q.json';
    if (i >= kills) return drive(file);
    let left = 1 + rng.integer(9);
    const group = rng.uniform() < 0.5;
    return drive(file, (_event, driver) => {
      if (--left !== 0) return;
      killed.add(driver);
      process.kill(group ? -driver.child.pid! : driver.child.pid!, 'SIGKILL');
    });
  });
  for (const { ended } of drivers) await ended;
  expect(killed.size).toBeGreaterThan(0);
  // each may have had two attempts under way
  await expectOnce(
    drivers.filter((driver) => !killed.has(driver)),
    2 * killed.size,
  );
  const found = await counts();
  expect(Object.keys(found).sort()).toEqual([1, 2, 3, 4].flatMap((n) => [`began ${n}`, `ended ${n}`]).sort());
  // every execution but the first of each stage follows one that was killed or stopped
  const extra = [1, 2, 3, 4].map((n) => found[`began ${n}`]! - 1).reduce((sum, more) => sum + more);
  expect(extra).toBeLessThanOrEqual(2 * killed.size);
});

test('nothing is taken from a holder that does not answer, be it busy or stopped as a whole', async () => {
  const file = 'pipelines/busy.json';
  await project.write(file, pipelineText({ name: 'busy', stages: { a: stage(1, undefined, 150) } }));
  let second: Driver | undefined;
  const first = drive(file, ({ event }, driver) => {
    if (event !== 'stage-progress' || second !== undefined) return;
    process.kill(-driver.child.pid!, 'SIGSTOP');
    second = drive(file, (other) => {
      if (other.event === 'stage-waiting') setTimeout(() => process.kill(-driver.child.pid!, 'SIGCONT'), 400);
    });
  });
  await first.ended;
  await second!.ended;
  await expectOnce([first, second!], 0);
  expect(second!.events.map(({ event }) => event)).toEqual([
    'run-started',
    'stage-waiting',
    'stage-cached',
    'run-finished',
  ]);
  expect(await counts()).toEqual({ 'began 1': 1, 'ended 1': 1 });
});
