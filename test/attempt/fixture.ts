import { type ChildProcess, spawn } from 'node:child_process';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import { onTestFinished } from 'vitest';
import { tryAcquire } from '../../src/base/locks.ts';
import {
  type AttemptOutcome,
  type Executor,
  localExecutor,
  type RunningAttempt,
} from '../../src/executors/index.ts';
import type { JournalEntry } from '../../src/schema/generated/journal.ts';
import type { Preimage } from '../../src/schema/generated/record.ts';
import { type Attempt, fingerprintOf, type RequestDraft, type Store } from '../../src/store/index.ts';

/** Doubles a number; no steps. */
export const DOUBLE = `export default { async run({ params }) { return { out: params.value * 2 }; } };`;

/**
 * Adds up random numbers, one a step, keeping the sum in a tensor (float32, as weights are) and the steps' hash-like
 * trail in the state; says each step's number to whoever reads the log.
 */
export const COUNT = `
import { setTimeout as sleep } from 'node:timers/promises';
export default {
  async run({ params, rng, resume, tick, summary }) {
    let step = resume ? resume.state.step : 0;
    const trail = resume ? [...resume.state.trail] : [];
    const sum = resume ? resume.tensors.get('sum').data : new Float32Array(4);
    while (step < params.steps) {
      const draw = rng.fork('draw').fork(step);
      for (let i = 0; i < 4; i++) sum[i] += draw.uniform();
      trail.push(draw.bits());
      step++;
      console.log('step', step);
      if (params.sleepMs) await sleep(params.sleepMs);
      await tick({ step, total: params.steps, metrics: { sum: sum[0] } }, () => ({
        state: { step, trail },
        tensors: new Map([['sum', { shape: [4], data: sum.slice() }]]),
      }));
    }
    summary({ sum: sum[0] });
    return { out: { sum: [...sum], trail } };
  },
};`;

/** Trains one weight for a few steps and returns it with the backend's name. */
export const TRAIN = `
const weight = { name: 'w', shape: [2, 3], init: { kind: 'zeros' }, trainable: true, decay: true };
const path = { input: { h: 1, w: 1, c: 2 }, output: 'logits', weights: [weight], layers: [
  { id: 'logits', op: 'dense', inputs: ['input'], output: { h: 1, w: 1, c: 3 }, weight: 'w' }] };
export default {
  async run({ backend, params, tick, resume, device }) {
    const found = await backend();
    const model = await found.build([weight], { kind: 'sgd', momentum: 0.9, nesterov: true, ema: false });
    if (resume) await model.write(resume.tensors);
    const batch = { size: 3, images: Float32Array.of(1, 2, -1, 1, 2, -2), labels: Int32Array.of(0, 1, 2) };
    for (let step = resume ? resume.state.step : 0; step < params.steps; ) {
      const { loss } = await model.step(path, batch,
        { learningRate: 0.1, weightDecay: 1e-4, labelSmoothing: 0.1, emaDecay: 0, dropoutSeed: step });
      step++;
      await tick({ step, total: params.steps, metrics: { loss } }, async () => ({ state: { step }, tensors: await model.read() }));
    }
    const tensors = await model.read(['w']);
    return { out: { w: [...tensors.get('w').data], name: found.info.name, device: device ? device.name : 'none' } };
  },
};`;

/** A request for a stage with one `json` output called `out`. */
export function draftOf(stageType: string, over: Partial<RequestDraft> = {}): RequestDraft {
  const params = over.params ?? {};
  const inputs = over.inputs ?? {};
  const preimage: Preimage = over.preimage ?? {
    schema: 1,
    stageType,
    version: 1,
    codeDigest: '0'.repeat(64),
    params,
    inputs: Object.fromEntries(Object.entries(inputs).map(([port, input]) => [port, input!.digest])),
    ...(over.seed === undefined ? {} : { seed: over.seed }),
  };
  return {
    fingerprint: fingerprintOf(preimage),
    run: 'test',
    stage: stageType,
    stageType,
    preimage,
    resolveFrom: [],
    params,
    inputs,
    outputs: { out: { kind: 'json' } },
    files: {},
    datasets: {},
    determinism: 'exact',
    needs: { backend: false, device: false },
    checkpointSeconds: 0,
    fresh: false,
    lineage: { naspipe: '0.0.0', packages: {}, sources: {} },
    ...over,
  };
}

export const countDraft = (steps: number, sleepMs = 0): RequestDraft =>
  draftOf('count', { seed: 7, params: { steps, sleepMs } });

/** Prepares and starts an attempt under its lock. */
export async function start(
  store: Store,
  draft: RequestDraft,
  bundle: string,
  { executor = localExecutor(), env = process.env }: { executor?: Executor; env?: NodeJS.ProcessEnv } = {},
): Promise<RunningAttempt> {
  const attempt = await store.attempts.prepare(draft, bundle);
  const holder = { host: 'here', pid: process.pid, since: 0, purpose: draft.stage };
  const lock = tryAcquire(store.lockFile(draft.fingerprint), holder);
  if (!lock) throw new Error('the lock is held');
  const running = executor.start(attempt, { lock, env });
  lock.release();
  return running;
}

export interface Ended {
  readonly outcome: AttemptOutcome;
  readonly entries: readonly JournalEntry[];
}

/** Waits for an attempt; `each` sees its journal as it grows. */
export async function end(
  running: RunningAttempt,
  each: (entry: JournalEntry) => void = () => {},
): Promise<Ended> {
  const entries: JournalEntry[] = [];
  for await (const entry of running.entries) {
    entries.push(entry);
    each(entry);
  }
  return { outcome: await running.outcome, entries };
}

export const attemptOnce = async (store: Store, draft: RequestDraft, bundle: string): Promise<Ended> =>
  end(await start(store, draft, bundle));

/** A driver in a process of its own, with that attempt under way; to be killed. */
export async function driverOf(store: Store, attempt: Attempt): Promise<ChildProcess> {
  const built = (file: string) =>
    JSON.stringify(pathToFileURL(path.resolve(import.meta.dirname, '../../dist', file)).href);
  const script = `
    import { tryAcquire } from ${built('base/locks.js')};
    import { localExecutor } from ${built('executors/index.js')};
    const attempt = ${JSON.stringify(attempt)};
    const lock = tryAcquire(${JSON.stringify(store.lockFile(attempt.fingerprint))},
      { host: 'driver', pid: process.pid, since: 0, purpose: 'drive' });
    const running = localExecutor().start(attempt, { lock });
    await running.outcome;`;
  const driver = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
  onTestFinished(() => void driver.kill('SIGKILL'));
  return driver;
}
