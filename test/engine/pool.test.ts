import { expect, test } from 'vitest';
import { createPool } from '../../src/engine/attempts/pool.ts';

const capacity = { cpus: 4, gpus: 1, memoryMiB: 1000 };
const wants = (cpus: number, more = {}) => ({ cpus, gpus: 0, memoryMiB: 100, exclusive: false, ...more });

/** Asks for resources; says in which state the request is. */
function asking(pool: ReturnType<typeof createPool>, signal = new AbortController().signal) {
  const log: string[] = [];
  const releases = new Map<string, () => void>();
  return {
    log,
    async ask(name: string, resources: ReturnType<typeof wants>) {
      const release = await pool.take(resources, signal, () => log.push(`${name} waits`));
      log.push(release ? `${name} runs` : `${name} gives up`);
      if (release) releases.set(name, release);
    },
    async release(name: string) {
      releases.get(name)!();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

test('what fits runs at once; the rest waits in order', async () => {
  const { log, ask, release } = asking(createPool(capacity));
  await Promise.all([ask('a', wants(2)), ask('b', wants(2))]);
  void ask('c', wants(3));
  void ask('d', wants(1));
  await release('a');
  expect(log).toEqual(['a runs', 'b runs', 'c waits', 'd waits']);
  await release('b');
  expect(log.slice(-2)).toEqual(['c runs', 'd runs']);
});

test('an exclusive stage waits until nothing runs, and keeps others out', async () => {
  const { log, ask, release } = asking(createPool(capacity));
  await ask('a', wants(1));
  void ask('timing', wants(1, { exclusive: true }));
  void ask('b', wants(1));
  expect(log).toEqual(['a runs', 'timing waits', 'b waits']);
  await release('a');
  expect(log.at(-1)).toBe('timing runs');
  await release('timing');
  expect(log.at(-1)).toBe('b runs');
});

test('who wants more than there is gets all there is', async () => {
  const { log, ask, release } = asking(createPool(capacity));
  await ask('large', wants(64, { gpus: 8, memoryMiB: 1e6 }));
  void ask('small', wants(1));
  expect(log).toEqual(['large runs', 'small waits']);
  await release('large');
  expect(log.at(-1)).toBe('small runs');
});

test('releasing twice gives back once', async () => {
  const pool = createPool(capacity);
  const signal = new AbortController().signal;
  const release = (await pool.take(wants(4), signal, () => {}))!;
  release();
  release();
  const { log, ask } = asking(pool);
  await ask('a', wants(4));
  void ask('b', wants(4));
  expect(log).toEqual(['a runs', 'b waits']);
});

test('who waits gives up when nothing may start any more', async () => {
  const pool = createPool(capacity);
  const controller = new AbortController();
  const { log, ask } = asking(pool, controller.signal);
  await ask('a', wants(4));
  const waiting = ask('b', wants(4));
  controller.abort();
  await waiting;
  expect(log).toEqual(['a runs', 'b waits', 'b gives up']);
  await ask('late', wants(1));
  expect(log.at(-1)).toBe('late gives up');
});
