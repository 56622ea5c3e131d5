import * as os from 'node:os';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../base/clock.ts';
import { acquire, type Lock, type LockHolder } from '../base/locks.ts';
import { type Failure, never } from '../base/result.ts';
import type { AttemptOutcome, Executor, RunningAttempt } from '../executors/index.ts';
import type { Stage, StageId } from '../pipeline/pipeline.ts';
import type { AttemptEvent } from '../schema/generated/journal.ts';
import type { StageResult } from '../schema/generated/run-result.ts';
import type { Damage, FoundRecord } from '../store/index.ts';
import { type RequestFacts, requestFor } from './attempt-request.ts';
import { branchSentence, changesSinceBranch } from './branch.ts';
import type { History } from './history.ts';
import { extensionOf, horizonOf, type Sibling, siblingsOf } from './horizon.ts';
import { reasonFor } from './plan.ts';
import type { Pool } from './pool.ts';
import { type Prepared, prepare, type Work } from './prepare.ts';
import type { Given } from './results.ts';
import type { OnEvent, RunEvent } from './types.ts';

/** What the stages of one run share. */
export interface RunScope {
  readonly work: Work;
  readonly executor: Executor;
  readonly pool: Pool;
  readonly history: History;
  readonly clock: Clock;
  readonly emit: OnEvent;
  readonly request: Omit<RequestFacts, 'fresh' | 'git'>;
  /** Where the project stands in git, asked when the first attempt starts. */
  readonly git: () => Promise<RequestFacts['git']>;
  /** Whether a stage runs even when it is cached. */
  readonly forced: (stage: Stage) => boolean;
  /** Stages that must not run: what they made is taken from the store. */
  readonly lookedUp: Set<StageId>;
  /** Milliseconds that an attempt may take; absent: no limit. */
  readonly timeoutMs?: number;
  /** Aborted when nothing new may start. */
  readonly halted: AbortSignal;
  /** Attempts under way, to be stopped or killed. */
  readonly running: Set<RunningAttempt>;
  /** Says that the run relies on what is under a fingerprint, so that it is not collected. */
  readonly use: (fingerprint: string) => void;
  /** Backend that attempts use, as records name it; absent where it is not known yet. */
  readonly backend: () => string | undefined;
}

const digestsOf = (record: Pick<FoundRecord, 'outputs'>): { [port: string]: string } =>
  Object.fromEntries(Object.entries(record.outputs).map(([port, output]) => [port, output!.digest]));

const outputsOf = (record: Pick<FoundRecord, 'outputs'>): StageResult['outputs'] =>
  Object.fromEntries(
    Object.entries(record.outputs).map(([port, output]) => [
      port,
      { kind: output!.kind, digest: output!.digest },
    ]),
  );

const warnOf = ({ emit }: RunScope, stage: string, damage: readonly Damage[]): void => {
  for (const { what, why, movedTo } of damage) {
    const moved = movedTo === undefined ? '' : `; it lies in quarantine/${path.basename(movedTo)}`;
    emit({ event: 'warning', code: 'damage', message: `${what} is damaged: ${why}${moved}`, stage });
  }
};

/** Names of the backends of two records and runs, as people read them. */
const madeElsewhere = ({ backend }: RunScope, { lineage }: FoundRecord): string | undefined => {
  const here = backend();
  const there = lineage.numerics?.backend;
  return here !== undefined && there !== undefined && here !== there ? there : undefined;
};

/** Why its code was accepted as changing nothing, where the outputs were made by the code before. */
const acceptedOf = ({ accepted }: Pick<FoundRecord, 'accepted'>): { accepted?: string } =>
  accepted === undefined ? {} : { accepted: accepted.reason };

/** Says that outputs under the stage's fingerprint differ which should be equal; gives it for the results. */
function divergenceOf(
  { emit }: RunScope,
  stage: string,
  determinism: string,
  diverged: string | undefined,
): { diverged?: string } {
  if (diverged === undefined) return {};
  const message = `${stage}: ${diverged} should have equal outputs, for its type is ${determinism}, and have not; npx pipe verify --replay ${stage} says where`;
  emit({ event: 'warning', code: 'divergence', message, stage });
  return { diverged };
}

function cached(
  scope: RunScope,
  { stage, fingerprint, inputs }: Prepared,
  given: Given,
  record: FoundRecord,
): StageResult {
  const { determinism, summary, times } = record;
  const madeOn = madeElsewhere(scope, record);
  const equalIn = Object.entries(inputs).flatMap(([port, { digest, essence }]) => {
    const madeFrom = record.lineage.inputs?.[port];
    return essence === undefined || madeFrom === undefined || madeFrom === digest
      ? []
      : [{ port, essence: essence.name }];
  });
  scope.emit({
    event: 'stage-cached',
    stage: stage.id,
    type: given.type,
    fingerprint,
    determinism,
    outputs: digestsOf(record),
    summary: summary as { [name: string]: string | number },
    ranMs: times.computeMs,
    ...(madeOn !== undefined && { madeOn }),
    ...(equalIn.length > 0 && { equalIn }),
    ...acceptedOf(record),
  });
  return {
    ...given,
    status: 'cached',
    fingerprint,
    outputs: outputsOf(record),
    attempt: record.attempt,
    elapsedMs: 0,
    ranMs: times.computeMs,
    summary,
    ...acceptedOf(record),
    ...divergenceOf(scope, stage.id, determinism, record.diverged),
    ...(record.lineage.branched && { branched: record.lineage.branched }),
  };
}

/** What a line of an attempt's journal means to the run; nothing for start and end, which the engine tells itself. */
export function eventOf(stage: string, event: AttemptEvent, elapsedMs: number): RunEvent | undefined {
  switch (event.type) {
    case 'progress': {
      const { step, total, phase, metrics } = event;
      const more = { ...(phase !== undefined && { phase }), ...(metrics !== undefined && { metrics }) };
      return { event: 'stage-progress', stage, step, total, ...more, elapsedMs };
    }
    case 'note':
      return { event: 'stage-note', stage, sentence: event.sentence };
    case 'not-resumed':
      return { event: 'stage-note', stage, sentence: `it starts over: ${event.why}` };
    case 'checkpoint-saved':
      return { event: 'stage-checkpoint', stage, step: event.step };
    case 'checkpoint-failed':
      return { event: 'warning', code: 'checkpoint-failed', message: event.why, stage };
    case 'damage-found':
      return { event: 'warning', code: 'damage', message: event.what, stage };
    case 'attempt-started':
    case 'backend-chosen':
    case 'attempt-resumed':
    case 'attempt-committed':
    case 'attempt-stopped':
    case 'attempt-failed':
      return undefined;
    default:
      return never(event);
  }
}

/** How far an attempt said it was. */
type Reached = { readonly step: number; readonly total: number } | undefined;

/** What to say of an attempt that ended without a record. */
function failureOf(
  outcome: AttemptOutcome,
  reached: Reached,
): { readonly code: string; readonly message: string } {
  switch (outcome.status) {
    case 'failed':
      return { code: outcome.code, message: outcome.message };
    case 'killed': {
      const count = (n: number): string => n.toLocaleString('en-US');
      const where = reached === undefined ? '' : ` at step ${count(reached.step)} of ${count(reached.total)}`;
      const how = outcome.signal ?? `exit code ${outcome.exitCode}`;
      return { code: 'killed', message: `killed (${how})${where}` };
    }
    case 'committed':
      return { code: 'outputs-lost', message: 'it finished, but its outputs are not whole in the store' };
    case 'stopped':
      return { code: 'stopped', message: 'it was stopped' };
    default:
      return never(outcome);
  }
}

/** Waits for the fingerprint's lock, saying who holds it. */
async function lockFor(scope: RunScope, { stage, fingerprint }: Prepared): Promise<Lock | undefined> {
  const { work, clock, emit, halted } = scope;
  const self: LockHolder = { host: os.hostname(), pid: process.pid, since: clock.now(), purpose: stage.id };
  return acquire(work.store.lockFile(fingerprint), self, {
    signal: halted,
    waiting: (other) =>
      emit({
        event: 'stage-waiting',
        stage: stage.id,
        reason: 'lock',
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
}

/** The end of a stage that could not be started. */
function failedBefore(
  { emit }: RunScope,
  { id }: Stage,
  given: Given,
  [failure]: readonly Failure[],
): StageResult {
  const { code, message } = failure ?? { code: 'internal-error', message: 'no reason was given' };
  emit({ event: 'stage-failed', stage: id, type: given.type, code, message, elapsedMs: 0 });
  return { ...given, status: 'failed', outputs: {}, elapsedMs: 0, failure: { code, message } };
}

/** Time that an attempt which takes too long has to save a checkpoint and end, milliseconds. */
const GRACE_MS = 10_000;

/** Stops an attempt that takes longer than it may, and kills it when it does not stop. */
function watchTime({ timeoutMs }: RunScope, under: RunningAttempt): { readonly over: boolean; end(): void } {
  const watch = { over: false, end: () => clearTimeout(timer) };
  let timer: NodeJS.Timeout | undefined;
  if (timeoutMs !== undefined) {
    timer = setTimeout(() => {
      watch.over = true;
      under.stop();
      timer = setTimeout(() => under.kill(), GRACE_MS);
    }, timeoutMs);
  }
  return watch;
}

/** An attempt that failed, and which retry of how many may follow; no event has said so yet. */
interface FailedAttempt {
  readonly failed: StageResult & { readonly failure: NonNullable<StageResult['failure']> };
  readonly mayRetry: boolean;
  readonly step?: number;
}

/** Runs attempts until one succeeds or the retries that the stage type allows are used up. */
async function attempts(scope: RunScope, prepared: Prepared, given: Given, lock: Lock): Promise<StageResult> {
  const { emit, halted } = scope;
  const { stage, fingerprint } = prepared;
  const { times, seconds } = stage.type.manifest.retries;
  for (let retry = 1; ; retry++) {
    const ended = await attempt(scope, prepared, given, lock);
    if (!('failed' in ended)) return ended;
    const { failed, mayRetry, step } = ended;
    const { failure, attempt: id = '', elapsedMs } = failed;
    if (!mayRetry || retry > times || halted.aborted) {
      const kept = step === undefined ? {} : { checkpointStep: step };
      const facts = { stage: stage.id, type: given.type, fingerprint, attempt: id };
      emit({ event: 'stage-failed', ...facts, ...failure, ...kept, elapsedMs });
      return failed;
    }
    const afterMs = Math.min(1000 * seconds * 2 ** (retry - 1), 3_600_000);
    emit({ event: 'stage-retrying', stage: stage.id, attempt: id, ...failure, retry, of: times, afterMs });
    await sleep(afterMs, undefined, { signal: halted }).catch(() => {});
    if (halted.aborted) {
      emit({ event: 'stage-failed', stage: stage.id, type: given.type, fingerprint, ...failure, elapsedMs });
      return failed;
    }
  }
}

const shortened = ({ fingerprint, from }: Sibling): { fingerprint: string; from: number } => ({
  fingerprint,
  from,
});

/** Runs an attempt to its end, under the lock and with the resources held. */
async function attempt(
  scope: RunScope,
  prepared: Prepared,
  given: Given,
  lock: Lock,
): Promise<StageResult | FailedAttempt> {
  const { work, executor, emit, clock, history, request, running, forced } = scope;
  const { stage, fingerprint, bundle, branched } = prepared;
  const { id } = stage;
  const { sentence, expected } = await reasonFor(work, history, prepared);
  const fresh = forced(stage);
  const reason = branched
    ? branchSentence(branched, await changesSinceBranch(work.store, branched, prepared))
    : fresh
      ? 'it was asked for'
      : sentence;
  if (branched && !(await work.store.checkpoints.branch(fingerprint, branched))) {
    const message = `the checkpoint of step ${branched.step} of ${branched.stage} of run ${branched.run} is gone or damaged`;
    return failedBefore(scope, stage, given, [{ code: 'branch-lost', message }]);
  }
  const checkpoint = fresh ? undefined : await work.store.checkpoints.newest(fingerprint);
  const param = horizonOf(stage);
  const siblings = fresh || param === undefined ? [] : await siblingsOf(work.store, prepared.preimage, param);
  const horizon = param === undefined ? {} : { horizon: { param, siblings: siblings.map(shortened) } };
  const sibling = checkpoint === undefined ? siblings[0] : undefined;
  const extension = sibling && extensionOf(sibling, prepared.preimage);
  const [text, git] = await Promise.all([bundle.text(), scope.git()]);
  if (!text.ok) return failedBefore(scope, stage, given, text.failures);
  const made = await work.store.attempts.prepare(
    requestFor(work, prepared, { ...request, fresh, ...horizon, ...(git !== undefined && { git }) }),
    text.value,
  );
  const started = clock.elapsed();
  const under = executor.start(made, { lock });
  running.add(under);
  const facts = { stage: id, type: given.type, fingerprint, attempt: made.id };
  emit({
    event: 'stage-started',
    ...facts,
    reason,
    ...(checkpoint !== undefined && { resumedFrom: checkpoint.step }),
    ...(extension !== undefined && { resumedFrom: extension.step, extends: extension }),
    ...(branched && { branched }),
    ...(expected.expectedMs !== undefined && { expectedMs: expected.expectedMs }),
  });
  const watch = watchTime(scope, under);
  let reached: Reached;
  for await (const { event } of under.entries) {
    if (event.type === 'progress') reached = event;
    const told = eventOf(id, event, clock.elapsed() - started);
    if (told !== undefined) emit(told);
  }
  const outcome = await under.outcome;
  watch.end();
  running.delete(under);
  const elapsedMs = clock.elapsed() - started;

  const { record, diverged, damage } = await work.store.records.find(fingerprint);
  warnOf(scope, id, damage);
  const result = {
    ...given,
    fingerprint,
    attempt: made.id,
    elapsedMs,
    reason,
    ...(branched && { branched }),
  };
  if (record?.attempt === made.id) {
    const status = record.times.resumedFrom === undefined ? 'ran' : 'resumed';
    const { summary, determinism } = record;
    const divergence = divergenceOf(scope, id, determinism, diverged);
    const outputs = digestsOf(record);
    const told = summary as { [name: string]: string | number };
    const memo = record.memo === undefined ? {} : { memo: record.memo };
    emit({
      event: 'stage-finished',
      ...facts,
      status,
      determinism,
      outputs,
      summary: told,
      elapsedMs,
      ...memo,
    });
    const extended = record.lineage.extends;
    return {
      ...result,
      status,
      outputs: outputsOf(record),
      ranMs: record.times.computeMs,
      summary,
      ...divergence,
      ...(extended !== undefined && { extends: extended }),
      ...memo,
    };
  }
  const last = await work.store.checkpoints.newest(fingerprint);
  const step = last === undefined ? {} : { checkpointStep: last.step };
  if (outcome.status === 'stopped' && !watch.over) {
    emit({ event: 'stage-stopped', ...facts, ...step, elapsedMs });
    return { ...result, status: 'stopped', outputs: {} };
  }
  const failure = watch.over ? timedOut(scope.timeoutMs!, last?.step) : failureOf(outcome, reached);
  return {
    failed: { ...result, status: 'failed', outputs: {}, failure },
    mayRetry: !watch.over,
    ...(last !== undefined && { step: last.step }),
  };
}

/** Looks up what is under a stage's fingerprint; says what is damaged. The caller holds the gate. */
async function lookUp(scope: RunScope, prepared: Prepared, given: Given): Promise<StageResult | undefined> {
  const { record, damage } = await (await scope.work.lookups()).find(prepared.fingerprint);
  warnOf(scope, prepared.stage.id, damage);
  const isTaken = record !== undefined && !scope.forced(prepared.stage);
  return isTaken ? cached(scope, prepared, given, record) : undefined;
}

/** Of which inputs only a part matters. */
function noteEssences(given: Given, inputs: Prepared['inputs']): void {
  for (const [port, { essence }] of Object.entries(inputs)) {
    if (essence !== undefined) given.inputs[port]!.essence = essence;
  }
}

/** A stage whose outputs are in the store; nothing where it must run, or fails. The caller holds the gate. */
export async function takeFromStore(
  scope: RunScope,
  stage: Stage,
  given: Given,
  inputs: Prepared['inputs'],
): Promise<StageResult | undefined> {
  const prepared = await prepare(scope.work, stage, inputs);
  if (!prepared.ok) return undefined;
  noteEssences(given, prepared.value.inputs);
  return lookUp(scope, prepared.value, given);
}

/** What to say of an attempt that took longer than `--timeout` allows. */
const timedOut = (limitMs: number, step: number | undefined): NonNullable<StageResult['failure']> => {
  const go = step === undefined ? 'it left no checkpoint' : 'run again to go on from its checkpoint';
  return { code: 'timed-out', message: `stopped after ${limitMs / 1000} s, as --timeout says; ${go}` };
};

/**
 * Does what a stage needs once its inputs are known: takes the outputs from the store, or runs an attempt. One lock a
 * fingerprint makes sure that of all runs on all processes one does the work and the others take its result.
 */
export async function runStage(
  scope: RunScope,
  stage: Stage,
  given: Given,
  inputs: Prepared['inputs'],
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
  const lock = await lockFor(scope, prepared);
  if (lock === undefined) return { ...notRun, fingerprint };
  try {
    const meanwhile = await take();
    if (meanwhile !== undefined) return meanwhile;
    const release = await pool.take(stage.type.manifest.resources, halted, () =>
      emit({ event: 'stage-waiting', stage: id, reason: 'resources' }),
    );
    if (release === undefined) return { ...notRun, fingerprint };
    try {
      return await attempts(scope, prepared, given, lock);
    } finally {
      release();
    }
  } finally {
    lock.release();
  }
}
