import * as os from 'node:os';
import * as path from 'node:path';
import { type Clock, systemClock } from '../../base/clock.ts';
import { type Files, nodeFiles, readText } from '../../base/files.ts';
import { tryAcquire } from '../../base/locks.ts';
import { type Failure, fail, ok, type Result } from '../../base/result.ts';
import { type Executor, localExecutor } from '../../executors/index.ts';
import { numericsVersion } from '../../net/backend.ts';
import type { StageRecord } from '../../schema/generated/record.ts';
import type { StageResult } from '../../schema/generated/run-result.ts';
import type { Store } from '../../store/index.ts';
import { placesHere } from '../identity/here.ts';
import { type FirstDifference, firstDifference } from './first-difference.ts';

/** A stage that was run again with the code, params and inputs that its record names. */
export interface Replay {
  readonly stage: string;
  readonly stageType: string;
  readonly determinism: StageRecord['determinism'];
  readonly fingerprint: string;
  /** Numbers of the record and of the one that the replay left. */
  readonly record: number;
  readonly again: number;
  /** Step of the checkpoint that the replay went on from; absent: from the beginning. */
  readonly resumedFrom?: number;
  /** Whether all outputs are equal, byte for byte. */
  readonly same: boolean;
  /** The first port whose artifacts differ, and where in them. */
  readonly difference?: { readonly port: string; readonly from: string; readonly to: string } & {
    readonly first?: FirstDifference;
  };
}

export interface ReplayOptions {
  readonly files?: Files;
  readonly clock?: Clock;
  readonly executor?: Executor;
  /** Go on from the newest checkpoint that the stage left, instead of from its beginning. */
  readonly fromCheckpoint?: boolean;
}

export type ReplayFailure = Failure<'not-run' | 'not-replayable' | 'stage-is-busy' | 'replay-failed'>;

async function differenceOf(store: Store, from: StageRecord, to: StageRecord): Promise<Replay['difference']> {
  for (const port of Object.keys(from.outputs).sort()) {
    const [a, b] = [from.outputs[port]!.digest, to.outputs[port]?.digest ?? ''];
    if (a === b) continue;
    const [x, y] = [await store.objects.open(a), await store.objects.open(b)];
    const first = x.ok && y.ok ? firstDifference(x.value.tree, y.value.tree) : undefined;
    return { port, from: a, to: b, ...(first && { first }) };
  }
  return undefined;
}

/**
 * Runs a stage of a run again, as its attempt was asked to, and compares what comes out with what its record names. Outputs
 * that differ although the stage type promises equal ones are kept as a divergence.
 */
export async function replayStage(
  store: Store,
  id: string,
  { fingerprint, attempt }: Pick<StageResult, 'fingerprint' | 'attempt'>,
  options: ReplayOptions = {},
): Promise<Result<Replay, ReplayFailure>> {
  const {
    files = nodeFiles,
    clock = systemClock,
    executor = localExecutor(),
    fromCheckpoint = false,
  } = options;
  const { records } = fingerprint === undefined ? { records: [] } : await store.records.list(fingerprint);
  const named = records.find((each) => each.attempt === attempt) ?? records.at(-1);
  const { accepted } = named ?? {};
  const record = accepted ? await store.records.read(accepted.fingerprint, accepted.n) : named;
  if (record === undefined)
    return fail({ code: 'not-run', message: `stage ${id} has no record to compare with` });
  const attempted = store.attempts.at(record.fingerprint, record.attempt);
  const request = await store.attempts.request(attempted);
  const bundle =
    request && (await readText(files, path.join(attempted.directory, request.bundle)).catch(() => undefined));
  if (!request || bundle === undefined) {
    const message = `the attempt that made stage ${id} is no longer in the store; run its pipeline with --force ${id}`;
    return fail({ code: 'not-replayable', message });
  }
  const { numericsVersion: made = numericsVersion } = request.preimage;
  if (request.v !== 1 || made !== numericsVersion) {
    const which = request.v === 1 ? `version ${made} of the arithmetic` : `requests of version ${request.v}`;
    const message = `stage ${id} was made by a naspipe with ${which}, and this one computes otherwise; use naspipe ${record.lineage.naspipe} to run it again`;
    return fail({ code: 'not-replayable', message });
  }
  const holder = { host: os.hostname(), pid: process.pid, since: clock.now(), purpose: `replay of ${id}` };
  const lock = await store.gate.shared(async () => tryAcquire(store.lockFile(record.fingerprint), holder));
  if (!lock)
    return fail({ code: 'stage-is-busy', message: `another process is at stage ${id}; try again later` });
  try {
    const {
      v: _,
      attempt: __,
      bundle: ___,
      bundleDigest: ____,
      store: _____,
      seal: ______,
      // what is remembered would prove nothing
      memoCode: _______,
      ...draft
    } = request;
    const here = await placesHere(files, draft);
    const again = await store.attempts.prepare({ ...here, fresh: !fromCheckpoint }, bundle);
    const under = executor.start(again, { lock });
    const outcome = await under.outcome;
    const found = (await store.records.list(record.fingerprint)).records.find(
      (each) => each.attempt === again.id,
    );
    if (!found) {
      const why = outcome.status === 'failed' ? outcome.message : outcome.status;
      return fail({
        code: 'replay-failed',
        message: `stage ${id} did not finish again: ${why}; log: ${again.log}`,
      });
    }
    const difference = await differenceOf(store, record, found);
    const { resumedFrom } = found.times;
    return ok({
      stage: id,
      stageType: record.stageType,
      determinism: record.determinism,
      fingerprint: record.fingerprint,
      record: record.n,
      again: found.n,
      ...(resumedFrom !== undefined && { resumedFrom }),
      same: difference === undefined,
      ...(difference && { difference }),
    });
  } finally {
    lock.release();
  }
}
