import { execFile } from 'node:child_process';
import * as os from 'node:os';
import { promisify } from 'node:util';
import type { Json } from '../base/canonical.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { type Executor, localExecutor, type RunningAttempt } from '../executors/index.ts';
import type { Pipeline, Stage, StageId } from '../pipeline/pipeline.ts';
import type { RunFinished } from '../schema/generated/event.ts';
import type { RunResult, StageResult } from '../schema/generated/run-result.ts';
import type { Problem } from '../schema/problem.ts';
import type { Store } from '../store/index.ts';
import { backendWords, type EnvironmentWish } from './environment.ts';
import { createHistory, lastRun } from './history.ts';
import { externalProblems, inputsOf, writtenInput } from './inputs.ts';
import { type Capacity, createPool } from './pool.ts';
import { createWork, preflight, type Work } from './prepare.ts';
import type { Project } from './project.ts';
import { type RunScope, runStage } from './stage-run.ts';
import type { OnEvent, RunHandle } from './types.ts';

export interface RunOptions {
  readonly project: Project;
  readonly pipeline: Pipeline;
  readonly store: Store;
  readonly wish?: EnvironmentWish;
  /** Where attempts run; default: child processes here. */
  readonly executor?: Executor;
  /** Ids of stages that run even when they are cached, from the beginning. */
  readonly force?: readonly string[];
  /** After a failure, go on with the stages that do not depend on it. */
  readonly keepGoing?: boolean;
  /** Seconds between checkpoints; 0: after every step. Default: 10. */
  readonly checkpointSeconds?: number;
  /** What attempts may use together; default: what this machine has. */
  readonly capacity?: Partial<Capacity>;
  /** Most attempts at a time; default: as many as the capacity carries. */
  readonly jobs?: number;
  readonly clock?: Clock;
}

const successes: readonly StageResult['status'][] = ['cached', 'ran', 'resumed'];

/** Commit and dirty state of the project, when it is under git. */
async function gitState(root: string): Promise<{ commit: string; dirty: boolean } | undefined> {
  const git = (...args: string[]) => promisify(execFile)('git', ['-C', root, ...args], { timeout: 10_000 });
  try {
    const [head, status] = await Promise.all([git('rev-parse', 'HEAD'), git('status', '--porcelain')]);
    return { commit: head.stdout.trim(), dirty: status.stdout.trim() !== '' };
  } catch {
    return undefined;
  }
}

/** The pipeline as resolved, for the run's directory: defaults filled in, every reference in full. */
function resolved({ name, description, seed, stages }: Pipeline): Json {
  const each = [...stages.values()].map((stage) => [
    stage.id,
    {
      type: stage.type.name,
      ...(stage.description !== undefined && { description: stage.description }),
      params: stage.params,
      inputs: Object.fromEntries([...stage.inputs].map(([port, input]) => [port, writtenInput(input)])),
    },
  ]);
  return { name, ...(description !== undefined && { description }), seed, stages: Object.fromEntries(each) };
}

/** What is known of a stage before it runs. */
const givenOf = ({ type, inputs }: Stage): Pick<StageResult, 'type' | 'determinism' | 'inputs'> => ({
  type: type.name,
  determinism: type.manifest.determinism,
  inputs: Object.fromEntries([...inputs].map(([port, input]) => [port, { from: writtenInput(input) }])),
});

/** The last event of a run: what the issue of `run --json` promises, no more. */
function finishedEvent({ run, status, stages }: RunResult): RunFinished {
  const each = Object.entries(stages).map(([id, stage]) => {
    const { status, fingerprint, determinism, outputs } = stage!;
    const digests = Object.entries(outputs).map(([port, output]) => [port, output!.digest]);
    return [
      id,
      {
        status,
        ...(fingerprint !== undefined && { fingerprint }),
        determinism,
        outputs: Object.fromEntries(digests),
      },
    ];
  });
  return { event: 'run-finished', run, status, stages: Object.fromEntries(each) };
}

/** Keeps the results of a run as they come, in the order of the pipeline. */
class Results {
  readonly #stages = new Map<string, StageResult>();
  readonly #facts: Pick<RunResult, 'v' | 'run' | 'pipeline' | 'seed' | 'startedAt'>;
  readonly #clock: Clock;
  readonly #started: number;
  backend: string | undefined;

  constructor(run: string, { name, seed, stages }: Pipeline, clock: Clock) {
    const startedAt = new Date(clock.now()).toISOString();
    this.#facts = { v: 1, run, pipeline: name, seed, startedAt };
    this.#clock = clock;
    this.#started = clock.elapsed();
    for (const stage of stages.values()) {
      this.#stages.set(stage.id, { ...givenOf(stage), status: 'not-run', outputs: {}, elapsedMs: 0 });
    }
  }

  set(id: StageId, result: StageResult): void {
    this.#stages.set(id, result);
  }

  get(id: string): StageResult {
    return this.#stages.get(id)!;
  }

  /** What is so so far: a run that dies leaves this. */
  now(): RunResult {
    const all = [...this.#stages.values()];
    const failed = all.some(({ status }) => status === 'failed');
    const done = all.every(({ status }) => successes.includes(status));
    return {
      ...this.#facts,
      status: failed ? 'failed' : done ? 'ok' : 'stopped',
      finishedAt: new Date(this.#clock.now()).toISOString(),
      elapsedMs: this.#clock.elapsed() - this.#started,
      ...(this.backend !== undefined && { backend: this.backend }),
      stages: Object.fromEntries(this.#stages),
    };
  }
}

/** The backend, for the run's head line, where a stage must know the device anyway. */
async function knownBackend(work: Work): Promise<{ words?: string; name?: string }> {
  const measures = [...work.pipeline.stages.values()].some(({ type }) => type.manifest.needs.device);
  const probe = measures ? await work.probe() : undefined;
  const chosen = probe?.ok ? probe.value.chosen : undefined;
  return chosen === undefined ? {} : { words: backendWords(chosen), name: `${chosen.name}/${chosen.build}` };
}

/**
 * Runs a pipeline: stages whose inputs are known go in parallel as far as resources allow; what the store has is taken
 * from it; after a failure nothing new starts (unless `keepGoing`) and what is under way goes on to its end. Fails
 * before anything runs when code, content or inputs from outside are not there.
 */
export async function runPipeline(
  options: RunOptions,
  onEvent: OnEvent,
): Promise<Result<RunHandle, Problem>> {
  const { project, pipeline, store, wish = {}, keepGoing = false, clock = systemClock } = options;
  const work = createWork(project, pipeline, store, wish);
  const [backend, missing, external, git, last] = await Promise.all([
    knownBackend(work),
    preflight(work),
    externalProblems(work),
    gitState(project.root),
    lastRun(store, pipeline.name),
  ]);
  const problems = [...missing, ...external];
  if (problems.length > 0) return fail(...problems);

  const run = await store.runs.create(pipeline.name, resolved(pipeline));
  const halt = new AbortController();
  const running = new Set<RunningAttempt>();
  const results = new Results(run.id, pipeline, clock);
  results.backend = backend.words;
  const capacity = {
    cpus: os.availableParallelism(),
    gpus: 0,
    memoryMiB: Math.floor(os.totalmem() / 2 ** 20),
    ...options.capacity,
  };
  const scope: RunScope = {
    work,
    executor: options.executor ?? localExecutor(),
    pool: createPool(capacity, options.jobs),
    history: createHistory(store, last),
    clock,
    emit: onEvent,
    request: {
      run: run.id,
      wish,
      checkpointSeconds: options.checkpointSeconds ?? 10,
      ...(git !== undefined && { git }),
    },
    force: new Set(options.force),
    halted: halt.signal,
    running,
    backend: () => backend.name,
  };
  const settled = new Map<StageId, Promise<void>>();

  async function settle(stage: Stage): Promise<void> {
    await Promise.all(stage.after.map((source) => settled.get(source)));
    const ready = stage.after.every((source) => successes.includes(results.get(source).status));
    if (!ready || halt.signal.aborted) return;
    const inputs = await inputsOf(work, stage, (source) => results.get(source).outputs);
    if (!inputs.ok || inputs.value === undefined) {
      throw new Error(`internal error: expected the inputs of ${stage.id}, got none`);
    }
    const given = givenOf(stage);
    for (const [port, { digest }] of Object.entries(inputs.value)) given.inputs[port]!.digest = digest;
    const result = await runStage(scope, stage, given, inputs.value);
    results.set(stage.id, result);
    if (result.status === 'stopped' || (result.status === 'failed' && !keepGoing)) halt.abort();
    if (successes.includes(result.status)) {
      const digests = Object.entries(result.outputs).map(([port, output]) => [port, output!.digest]);
      await run.linkStage(stage.id, Object.fromEntries(digests));
    }
    if (result.status !== 'cached') await run.writeResults(results.now() as unknown as Json);
  }

  onEvent({
    event: 'run-started',
    run: run.id,
    pipeline: pipeline.name,
    store: store.root,
    ...(backend.words !== undefined && { backend: backend.words }),
    stages: [...pipeline.stages.values()].map(({ id, type, after }) => ({
      id,
      type: type.name,
      after: [...after],
    })),
  });
  for (const stage of pipeline.stages.values()) settled.set(stage.id, settle(stage));

  const finished = Promise.all(settled.values()).then(async () => {
    const result = results.now();
    await run.writeResults(result as unknown as Json);
    onEvent(finishedEvent(result));
    return result;
  });
  return ok({
    run: run.id,
    finished,
    stop() {
      halt.abort();
      for (const attempt of running) attempt.stop();
    },
    kill() {
      halt.abort();
      for (const attempt of running) attempt.kill();
    },
  });
}
