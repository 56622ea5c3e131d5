import * as os from 'node:os';
import { acquire, type LockHolder, tryAcquire } from '../../base/locks.ts';
import type { Stage } from '../../pipeline/pipeline.ts';
import type { StageResult } from '../../schema/generated/run-result.ts';
import { type Prepared, prepare } from '../identity/prepare.ts';
import { lookUp, noteEssences } from './from-store.ts';
import type { Given } from './results.ts';
import { attempts } from './retries.ts';
import { failedBefore } from './stage-failure.ts';
import type { RunScope } from './stage-scope.ts';
import type { Turn } from './turns.ts';

const holderOf = ({ clock }: RunScope, { stage }: Prepared): LockHolder => ({
  host: os.hostname(),
  pid: process.pid,
  since: clock.now(),
  purpose: stage.id,
});

/** Waits until nobody holds the fingerprint's lock, saying who does; false when the run is halted first. */
async function lockIsFree(scope: RunScope, prepared: Prepared): Promise<boolean> {
  const { work, clock, emit, halted } = scope;
  const began = clock.elapsed();
  const lock = await acquire(work.store.lockFile(prepared.fingerprint), holderOf(scope, prepared), {
    signal: halted,
    waiting: (other) =>
      emit({
        event: 'stage-waiting',
        stage: prepared.stage.id,
        reason: 'lock',
        waitedMs: clock.elapsed() - began,
        ...(other !== undefined && {
          holder: {
            host: other.host,
            pid: other.pid,
            stage: other.purpose,
            sinceMs: Math.max(0, clock.now() - other.since),
          },
        }),
      }),
  });
  lock?.release();
  return lock !== undefined;
}

/**
 * Does what a stage needs once its inputs are known: takes the outputs from the store, or runs an attempt. One lock a
 * fingerprint makes sure that of all runs on all processes one does the work and the others take its result. It is held
 * only while the stage has the machine, so that two runs of one pipeline share what neither has begun. `turn` is left by
 * whoever took it, too, when the stage asks for nothing.
 */
export async function runStage(
  scope: RunScope,
  stage: Stage,
  given: Given,
  inputs: Prepared['inputs'],
  turn: Turn,
): Promise<StageResult> {
  const { work, emit, pool, halted } = scope;
  const { id } = stage;
  const notRun: StageResult = { ...given, status: 'not-run', outputs: {}, elapsedMs: 0 };
  const found = await prepare(work, stage, inputs);
  if (!found.ok) return failedBefore(scope, stage, given, found.failures);
  const prepared = found.value;
  noteEssences(given, prepared.inputs);
  const { fingerprint } = prepared;
  const take = (): Promise<StageResult | undefined> =>
    work.store.gate.shared(() => {
      scope.use(fingerprint);
      return lookUp(scope, prepared, given);
    });
  const before = await take();
  if (before !== undefined) return before;
  if (scope.lookedUp.has(id)) {
    const failure = {
      code: 'not-in-store',
      message: 'it was not asked for, and its outputs are no longer in the store',
    };
    emit({ event: 'stage-failed', stage: id, type: given.type, fingerprint, ...failure, elapsedMs: 0 });
    return { ...notRun, status: 'failed', failure };
  }
  await turn.come();
  for (;;) {
    const asked = pool.take(stage.type.manifest.resources, halted, () =>
      emit({ event: 'stage-waiting', stage: id, reason: 'resources', waitedMs: 0 }),
    );
    turn.leave();
    const release = await asked;
    if (release === undefined) return { ...notRun, fingerprint };
    try {
      const lock = tryAcquire(work.store.lockFile(fingerprint), holderOf(scope, prepared));
      if (lock !== undefined) {
        try {
          return (await take()) ?? (await attempts(scope, prepared, given, lock));
        } finally {
          lock.release();
        }
      }
    } finally {
      release();
    }
    if (!(await lockIsFree(scope, prepared))) return { ...notRun, fingerprint };
    const made = await take();
    if (made !== undefined) return made;
  }
}
