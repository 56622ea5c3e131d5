import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as path from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { RunEvent } from '../../src/engine/index.ts';
import { runDriver } from './driver.ts';
import { createProject, pipelineText, repository, type TestProject } from './project.ts';

let project: TestProject;
beforeAll(async () => {
  project = await createProject();
});
afterAll(() => project.remove());

/** Collects garbage in a process of its own until it is told to end; gives how many things went. */
function collector(): () => Promise<number> {
  const script = path.join(repository, 'test/engine/collector.mjs');
  const child = spawn(process.execPath, [script, project.store], { stdio: ['pipe', 'pipe', 'inherit'] });
  let told = '';
  child.stdout.on('data', (text) => {
    told += text;
  });
  const ended = once(child, 'exit');
  onTestFinished(() => void child.stdin.end());
  return async () => {
    child.stdin.end();
    await ended;
    return Number(told);
  };
}

/** One pipeline in a process of its own, then another look at what it made; what each event said comes back. */
async function drive(name: string, value: number): Promise<RunEvent[]> {
  const file = `pipelines/${name}.json`;
  const stages = {
    first: { type: 'constant', params: { value } },
    walk: { type: 'walk', params: { steps: 6, pause: 4 }, inputs: { from: 'first' } },
    total: { type: 'sum', inputs: { a: 'first', b: 'walk' } },
  };
  await project.write(file, pipelineText({ name, seed: 1, stages }));
  const events: RunEvent[] = [];
  await runDriver({ root: project.root, file, store: project.store }, (event) => events.push(event));
  return events;
}

test('runs go on to their ends, and give what they should, while garbage is collected as hard as can be', async () => {
  await project.run(); // the store is there
  const stop = collector();
  const pipelines = ['one', 'other'].map(async (name) => {
    const told: { [value: number]: string[] } = {};
    for (const value of [1, 2, 1]) {
      const events = await drive(name, value);
      const last = events.at(-1);
      expect(last).toMatchObject({ event: 'run-finished', status: 'ok' });
      expect(events.filter(({ event }) => event === 'warning')).toEqual([]);
      const finished = last as Extract<RunEvent, { event: 'run-finished' }>;
      const digests = Object.values(finished.stages).flatMap((stage) => Object.values(stage!.outputs));
      expect(digests).toHaveLength(3);
      told[value] ??= digests as string[];
      expect(digests).toEqual(told[value]);
    }
  });
  await Promise.all(pipelines);
  const gone = await stop();
  expect(gone).toBeGreaterThan(10);

  const store = await project.openStore();
  const { findings, leftovers, reruns } = await store.check(false);
  expect({ findings, leftovers }).toEqual({ findings: [], leftovers: [] });
  // what the budget took can be made again by the runs that stay
  for (const { pipeline } of reruns) expect(['sums', 'one', 'other']).toContain(pipeline);
}, 60_000);
