import { setImmediate as immediate } from 'node:timers/promises';
import type { Json } from '../base/canonical.ts';
import type { Clock } from '../base/clock.ts';
import { printable } from '../base/printable.ts';
import { createRng } from '../base/rng.ts';
import { systemFailure } from '../base/system-failure.ts';
import type { Backend, Timer } from '../net/backend.ts';
import { writeSafetensors } from '../net/safetensors.ts';
import type { AttemptRequest } from '../schema/generated/attempt-request.ts';
import type { CheckpointState, ProgramCall, Progress, StageContext, StageFiles } from '../stage/contract.ts';
import type { Journal } from '../store/index.ts';
import { Failed } from './failure.ts';
import { STOPPED, type StopRequest } from './stop.ts';

/** Time between two lines of progress in the journal, milliseconds. */
const PROGRESS_MS = 200;
/** Checkpoints take at most about this share of the time, however slow the disk: a slow one makes the next one later. */
const CHECKPOINT_SHARE = 0.02;

export interface ContextParts {
  readonly request: AttemptRequest;
  readonly inputs: { readonly [port: string]: unknown };
  readonly backend?: Backend;
  readonly timer?: Timer;
  readonly resume: CheckpointState | undefined;
  readonly files: StageFiles;
  /** Runs a program; STOPPED when a stop was asked for meanwhile. */
  readonly program: (call: ProgramCall) => Promise<{ readonly [port: string]: unknown } | typeof STOPPED>;
  readonly remember: StageContext['remember'];
  readonly journal: Journal;
  readonly stop: StopRequest;
  readonly clock: Clock;
  /**
   * Writes a checkpoint; rejects with Node's error when the file system fails. What it was given may change as soon as it
   * has returned its promise.
   */
  readonly saveCheckpoint: (
    progress: Progress,
    state: Json,
    tensors: Uint8Array,
  ) => Promise<{ seq: number; bytes: number }>;
}

export interface RunningStage {
  readonly context: StageContext;
  readonly summary: { readonly [name: string]: string | number };
  /** Steps that the stage counted last. */
  readonly steps: number | undefined;
  /** Set when `tick` has ended the stage: the step from which it goes on, if that could be saved. */
  readonly stoppedAt: { readonly step?: number } | undefined;
  /** Resolves when nothing is being written any more; rejects with what went wrong meanwhile, but for a failing disk. */
  readonly settled: () => Promise<void>;
}

const undeclared = (what: string, field: string): Failed =>
  new Failed({
    code: 'undeclared-need',
    message: `the stage uses ${what}, but its schema does not declare "${field}": true`,
  });

/** Facts as a record keeps them. Throws at what is neither a text nor a finite number. */
const checkedFacts = (facts: { readonly [name: string]: unknown }): { [name: string]: string | number } =>
  Object.fromEntries(
    Object.entries(facts).map(([name, value]) => {
      if (typeof value === 'string') return [name, printable(value)];
      if (typeof value === 'number' && Number.isFinite(value)) return [name, value];
      throw new Error(`summary: ${name} must be a text or a finite number, got ${String(value)}`);
    }),
  );

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

/** Progress as a journal keeps it, without metrics that are no numbers. Throws when it does not count. */
function checkedProgress({ step, total, metrics, phase }: Progress): Progress {
  if (!isCount(step) || !isCount(total)) {
    throw new Error(`tick: step and total must be whole numbers, got ${String(step)} of ${String(total)}`);
  }
  return {
    step,
    total,
    ...(metrics !== undefined && {
      metrics: Object.fromEntries(Object.entries(metrics).filter(([, value]) => Number.isFinite(value))),
    }),
    ...(phase !== undefined && { phase: printable(String(phase)) }),
  };
}

/** What a stage sees of the world, and what it leaves behind. */
export function createContext(parts: ContextParts): RunningStage {
  const { request, journal, clock, stop } = parts;
  const running: { -readonly [K in keyof RunningStage]: RunningStage[K] } = {
    context: undefined as never,
    summary: {},
    steps: undefined,
    stoppedAt: undefined,
    settled: () => settled(),
  };
  let reportedAt = Number.NEGATIVE_INFINITY;
  let reportedPhase: string | undefined;
  let savedAt = clock.elapsed();
  let savingMs = 0;
  let ticking = false;

  function report(progress: Progress): void {
    running.steps = progress.step;
    const now = clock.elapsed();
    const due = now - reportedAt >= PROGRESS_MS || progress.phase !== reportedPhase;
    if (!due && progress.step !== progress.total) return;
    reportedAt = now;
    reportedPhase = progress.phase;
    journal.write({ type: 'progress', ...progress });
  }

  /**
   * Takes the state as it is now; what is to be written is made of it before this resolves. `written` writes it, while the
   * stage may go on, and resolves to the step from which an attempt would go on; to nothing when it could not be saved.
   */
  async function save(
    progress: Progress,
    snapshot: () => Promise<CheckpointState> | CheckpointState,
  ): Promise<{ readonly written: Promise<number | undefined> }> {
    const started = clock.elapsed();
    const taken: Partial<CheckpointState> | undefined = await snapshot();
    const { state, tensors } = taken ?? {};
    if (state === undefined || !(tensors instanceof Map)) {
      throw new Error('tick: the snapshot must give { state, tensors }, JSON and a Map of tensors');
    }
    const saving = parts.saveCheckpoint(progress, state, writeSafetensors(tensors));
    return { written: finish(saving, progress.step, started, clock.elapsed() - started) };
  }

  /** Why the last checkpoint could not be saved: told once, not at each that follows it. */
  let unsaved: string | undefined;

  async function finish(
    saving: ReturnType<ContextParts['saveCheckpoint']>,
    step: number,
    started: number,
    pauseMs: number,
  ): Promise<number | undefined> {
    try {
      const { seq, bytes } = await saving;
      const ms = clock.elapsed() - started;
      unsaved = undefined;
      journal.write({ type: 'checkpoint-saved', step, checkpoint: seq, bytes, ms, pauseMs });
      return step;
    } catch (error) {
      const failure = systemFailure(error);
      if (!failure) throw error;
      if (failure.code !== unsaved) journal.write({ type: 'checkpoint-failed', why: failure.message });
      unsaved = failure.code;
      return undefined;
    } finally {
      savedAt = clock.elapsed();
      savingMs = savedAt - started;
    }
  }

  /** The checkpoint that is being written beside the stage. */
  let writing: Promise<unknown> | undefined;
  let broken: { readonly error: unknown } | undefined;

  function writeBeside(written: Promise<unknown>): void {
    writing = written
      .catch((error) => {
        broken = { error };
      })
      .finally(() => {
        writing = undefined;
      });
  }

  async function settled(): Promise<void> {
    await writing;
    if (broken !== undefined) throw broken.error;
  }

  const due = (): boolean => {
    const seconds = request.checkpointSeconds;
    if (seconds === 0) return true;
    if (writing !== undefined) return false;
    return clock.elapsed() - savedAt >= Math.max(seconds * 1000, savingMs / CHECKPOINT_SHARE);
  };

  const { seed, device } = request;
  const random = seed === undefined ? undefined : createRng(seed).fork(request.stageType);
  running.context = {
    params: request.params,
    inputs: parts.inputs,
    inputDigests: Object.fromEntries(
      Object.entries(request.inputs).map(([port, input]) => [port, input!.essence?.digest ?? input!.digest]),
    ),
    files: parts.files,
    get rng() {
      if (!random) throw undeclared('randomness', 'random');
      return random;
    },
    backend: async () => {
      if (!parts.backend) throw undeclared('a backend', 'needs.backend');
      return parts.backend;
    },
    timer: async () => {
      if (!parts.timer) throw undeclared('a device', 'needs.device');
      return parts.timer;
    },
    ...(device === undefined ? {} : { device }),
    ...(parts.resume === undefined ? {} : { resume: parts.resume }),
    async tick(given, snapshot) {
      const progress = checkedProgress(given);
      if (ticking) throw new Error('the stage called tick again before awaiting the one before');
      if (running.stoppedAt) throw STOPPED;
      ticking = true;
      try {
        report(progress);
        await immediate();
        if (broken !== undefined) throw broken.error;
        if (stop.requested) {
          await settled();
          const step = await (await save(progress, snapshot)).written;
          running.stoppedAt = step === undefined ? {} : { step };
          throw STOPPED;
        }
        const last = request.horizon !== undefined && progress.step === progress.total;
        if (last || due()) {
          await settled();
          const { written } = await save(progress, snapshot);
          if (last || request.checkpointSeconds === 0) await written;
          else writeBeside(written);
        }
      } finally {
        ticking = false;
      }
    },
    async program(call) {
      if (!request.needs.program) throw undeclared('a program', 'needs.program');
      const outputs = await parts.program(call);
      if (outputs !== STOPPED) return outputs as { readonly [port: string]: unknown };
      running.stoppedAt = {};
      throw STOPPED;
    },
    remember: parts.remember,
    note: (sentence) => journal.write({ type: 'note', sentence: printable(String(sentence)) }),
    summary: (facts) => {
      running.summary = { ...running.summary, ...checkedFacts(facts) };
    },
    stopwatch: () => clock.elapsed(),
  };
  return running;
}
