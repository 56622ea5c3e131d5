import * as os from 'node:os';
import type { Clock } from '../base/clock.ts';
import { acquire, type Lock, type LockHolder } from '../base/locks.ts';
import { never } from '../base/result.ts';
import type { AttemptOutcome, Executor, RunningAttempt } from '../executors/index.ts';
import type { Stage } from '../pipeline/pipeline.ts';
import type { AttemptEvent } from '../schema/generated/journal.ts';
import type { StageRecord } from '../schema/generated/record.ts';
import type { StageResult } from '../schema/generated/run-result.ts';
import type { Damage } from '../store/index.ts';
import { type RequestFacts, requestFor } from './attempt-request.ts';
import type { History } from './history.ts';
import { reasonFor } from './plan.ts';
import type { Pool } from './pool.ts';
import { type Prepared, prepare, type Work } from './prepare.ts';
import type { OnEvent, RunEvent } from './types.ts';

/** What the stages of one run share. */
export interface RunScope {
  readonly work: Work;
  readonly executor: Executor;
  readonly pool: Pool;
  readonly history: History;
  readonly clock: Clock;
  readonly emit: OnEvent;
  readonly request: Omit<RequestFacts, 'fresh'>;
  /** Ids of the stages that run even when they are cached. */
  readonly force: ReadonlySet<string>;
  /** Aborted when nothing new may start. */
  readonly halted: AbortSignal;
  /** Attempts under way, to be stopped or killed. */
  readonly running: Set<RunningAttempt>;
  /** Backend that attempts use, as records name it; absent where it is not known yet. */
  readonly backend: () => string | undefined;
}

/** What is known of a stage from the pipeline alone; the rest of its result depends on what happens. */
type Given = Pick<StageResult, 'type' | 'determinism' | 'inputs'>;

const digestsOf = (record: StageRecord): { [port: string]: string } =>
  Object.fromEntries(Object.entries(record.outputs).map(([port, output]) => [port, output!.digest]));

const outputsOf = (record: StageRecord): StageResult['outputs'] =>
  Object.fromEntries(
    Object.entries(record.outputs).map(([port, output]) => [
      port,
      { kind: output!.kind, digest: output!.digest },
    ]),
  );

const warnOf = ({ emit }: RunScope, stage: string, damage: readonly Damage[]): void => {
  for (const { what, why, movedTo } of damage) {
    const moved = movedTo === undefined ? '' : `; it was moved to ${movedTo}`;
    emit({ event: 'warning', code: 'damage', message: `${what} is damaged: ${why}${moved}`, stage });
  }
};

/** Names of the backends of two records and runs, as people read them. */
const madeElsewhere = ({ backend }: RunScope, { lineage }: StageRecord): string | undefined => {
  const here = backend();
  const there = lineage.numerics?.backend;
  return here !== undefined && there !== undefined && here !== there ? there : undefined;
};

function cached(
  scope: RunScope,
  { stage, fingerprint }: Prepared,
  given: Given,
  record: StageRecord,
): StageResult {
  const { determinism, summary, times } = record;
  const madeOn = madeElsewhere(scope, record);
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
  };
}

/** What a line of an attempt's journal means to the run; nothing for start and end, which the engine tells itself. */
function eventOf(stage: string, event: AttemptEvent, elapsedMs: number): RunEvent | undefined {
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
          holder: { host: other.host, pid: other.pid, sinceMs: Math.max(0, clock.now() - other.since) },
        }),
      }),
  });
}

/** Runs an attempt to its end, under the lock and with the resources held. */
async function attempt(scope: RunScope, prepared: Prepared, given: Given, lock: Lock): Promise<StageResult> {
  const { work, executor, emit, clock, history, request, running, force } = scope;
  const { stage, fingerprint, bundle } = prepared;
  const { id } = stage;
  const { sentence, expectedMs } = await reasonFor(work, history, prepared);
  const fresh = force.has(id);
  const reason = fresh ? 'it was asked for' : sentence;
  const checkpoint = fresh ? undefined : await work.store.checkpoints.newest(fingerprint);
  const made = await work.store.attempts.prepare(
    requestFor(work, prepared, { ...request, fresh }),
    bundle.text,
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
    ...(expectedMs !== undefined && { expectedMs }),
  });
  let reached: Reached;
  for await (const { event } of under.entries) {
    if (event.type === 'progress') reached = event;
    const told = eventOf(id, event, clock.elapsed() - started);
    if (told !== undefined) emit(told);
  }
  const outcome = await under.outcome;
  running.delete(under);
  const elapsedMs = clock.elapsed() - started;

  const { record, damage } = await work.store.records.find(fingerprint);
  warnOf(scope, id, damage);
  const result = { ...given, fingerprint, attempt: made.id, elapsedMs, reason };
  if (record?.attempt === made.id) {
    const status = record.times.resumedFrom === undefined ? 'ran' : 'resumed';
    const { summary, determinism } = record;
    if (record.reason === 'divergence') {
      const message = `its outputs differ from those of record ${record.divergesFrom}, although its type is ${determinism}`;
      emit({ event: 'warning', code: 'divergence', message, stage: id });
    }
    const outputs = digestsOf(record);
    const told = summary as { [name: string]: string | number };
    emit({ event: 'stage-finished', ...facts, status, determinism, outputs, summary: told, elapsedMs });
    return { ...result, status, outputs: outputsOf(record), ranMs: record.times.computeMs, summary };
  }
  const last = await work.store.checkpoints.newest(fingerprint);
  const step = last === undefined ? {} : { checkpointStep: last.step };
  if (outcome.status === 'stopped') {
    emit({ event: 'stage-stopped', ...facts, ...step, elapsedMs });
    return { ...result, status: 'stopped', outputs: {} };
  }
  const failure = failureOf(outcome, reached);
  emit({ event: 'stage-failed', ...facts, ...failure, ...step, elapsedMs });
  return { ...result, status: 'failed', outputs: {}, failure };
}

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
  const { work, emit, pool, force, halted } = scope;
  const { id } = stage;
  const notRun: StageResult = { ...given, status: 'not-run', outputs: {}, elapsedMs: 0 };
  const found = await prepare(work, stage, inputs);
  if (!found.ok) {
    const [{ code, message } = { code: 'internal-error', message: 'no reason was given' }] = found.failures;
    emit({ event: 'stage-failed', stage: id, type: given.type, code, message, elapsedMs: 0 });
    return { ...notRun, status: 'failed', failure: { code, message } };
  }
  const prepared = found.value;
  const { fingerprint } = prepared;
  const lookUp = async (): Promise<StageResult | undefined> => {
    const { record, damage } = await work.store.records.find(fingerprint);
    warnOf(scope, id, damage);
    return record === undefined || force.has(id) ? undefined : cached(scope, prepared, given, record);
  };
  const before = await lookUp();
  if (before !== undefined) return before;
  const lock = await lockFor(scope, prepared);
  if (lock === undefined) return { ...notRun, fingerprint };
  try {
    const meanwhile = await lookUp();
    if (meanwhile !== undefined) return meanwhile;
    const release = await pool.take(stage.type.manifest.resources, halted, () =>
      emit({ event: 'stage-waiting', stage: id, reason: 'resources' }),
    );
    if (release === undefined) return { ...notRun, fingerprint };
    try {
      return await attempt(scope, prepared, given, lock);
    } finally {
      release();
    }
  } finally {
    lock.release();
  }
}
