import { setMaxListeners } from 'node:events';
import * as os from 'node:os';
import { systemClock } from '../base/clock.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { localExecutor, type RunningAttempt } from '../executors/index.ts';
import { everyStage, type StageId } from '../pipeline/pipeline.ts';
import type { StageResult } from '../schema/generated/run-result.ts';
import type { Problem } from '../schema/problem.ts';
import { GRACE_MS } from './attempts/attempt-limits.ts';
import { enduringRun, type Unwritten } from './attempts/enduring-run.ts';
import { createPool } from './attempts/pool.ts';
import { Results } from './attempts/results.ts';
import { finishedEvent, startedStage } from './attempts/run-events.ts';
import { settleAll } from './attempts/settle.ts';
import type { RunScope } from './attempts/stage-scope.ts';
import { takeAll } from './attempts/take.ts';
import { createTurns, noTurns } from './attempts/turns.ts';
import { gitState } from './git.ts';
import { backendWords } from './identity/environment.ts';
import { externalProblems } from './identity/inputs.ts';
import { createWork, preflight, type Work } from './identity/prepare.ts';
import type { OnEvent, RunHandle } from './identity/types.ts';
import { paced } from './paced.ts';
import { createHistory, lastRun } from './plan/history.ts';
import { planPipeline } from './plan/plan.ts';
import { planChanges } from './plan/saved-plan.ts';
import { isMeant } from './plan/selection.ts';
import { createKeeper } from './repeat/keep.ts';
import { resolved } from './resolved.ts';
import type { RunOptions } from './run-options.ts';

/** What trains here, in a few words, for the run's head line, where a stage must know the device anyway. */
async function headBackend(work: Work): Promise<string | undefined> {
  const measures = everyStage(work.pipeline).some(({ type }) => type.manifest.needs.device);
  const probe = measures ? await work.probe() : undefined;
  return probe?.ok && probe.value.chosen ? backendWords(probe.value.chosen) : undefined;
}

/** What trains here, as records name it; nothing where nothing can. */
async function ownBackend({ probe }: Work): Promise<string | undefined> {
  const found = await probe();
  const chosen = found.ok ? found.value.chosen : undefined;
  return chosen && `${chosen.name}/${chosen.build}`;
}

/**
 * Runs a pipeline: stages whose inputs are known go in parallel as far as resources allow; what the store has is taken
 * from it; the stages of a foreach join when its list is known; after a failure nothing new starts (unless
 * `keepGoing`) and what is under way goes on to its end. Fails before anything runs when code, content or inputs from
 * outside are not there, when what was not asked for is not in the store, and when an expected plan does not hold.
 */
export async function runPipeline(
  options: RunOptions,
  onEvent: OnEvent,
): Promise<Result<RunHandle, Problem>> {
  const { project, pipeline, store, wish = {}, keepGoing = false, clock = systemClock } = options;
  const work = createWork(project, pipeline, store, wish, options.branch);
  const [backend, missing, external, last] = await Promise.all([
    headBackend(work),
    preflight(work),
    externalProblems(work),
    lastRun(store, pipeline.name),
  ]);
  const problems = [...missing, ...external];
  if (problems.length > 0) return fail(...problems);
  const { expect, force = [], lookedUp = new Set<StageId>() } = options;
  if (expect !== undefined || lookedUp.size > 0) {
    const planned = await planPipeline(work, { force, lookedUp });
    if (!planned.ok) return planned;
    const changes = expect === undefined ? [] : planChanges(expect, planned.value);
    if (changes.length > 0) return fail(...changes);
  }

  const unwritten: Unwritten = new Map();
  const run = enduringRun(await store.runs.create(pipeline.name, resolved(pipeline)), unwritten);
  if (options.labels) await store.runs.label(run.id, options.labels);
  const keeper = options.repeatable && createKeeper(options.repeatable, work);
  const emit: OnEvent = (event) => {
    run.record(event);
    keeper?.told(event);
    onEvent(event);
  };
  const halt = new AbortController();
  // every stage that waits listens
  setMaxListeners(0, halt.signal);
  const running = new Set<RunningAttempt>();
  const results = new Results(run.id, pipeline, clock);
  results.backend = backend;
  const capacity = {
    cpus: os.availableParallelism(),
    gpus: 0,
    memoryMiB: Math.floor(os.totalmem() / 2 ** 20),
    ...options.capacity,
  };
  let git: ReturnType<typeof gitState> | undefined;
  const scope: RunScope = {
    work,
    executor: options.executor ?? localExecutor(),
    pool: createPool(capacity, options.jobs),
    history: createHistory(store, last),
    clock,
    emit,
    request: {
      run: run.id,
      wish,
      checkpointSeconds: options.checkpointSeconds ?? 10,
    },
    git: () => {
      git ??= gitState(project.root);
      return git;
    },
    forced: (stage) => force.some((name) => isMeant(name, stage)),
    lookedUp: new Set(lookedUp),
    ...(options.timeoutMs !== undefined && { timeoutMs: options.timeoutMs }),
    ...(options.silence !== undefined && { silence: options.silence }),
    graceMs: options.graceMs ?? GRACE_MS,
    halted: halt.signal,
    running,
    use: (fingerprint) => run.use({ fingerprint }),
    backend: () => ownBackend(work),
  };
  const writing = paced(() => run.writeResults(results.now()), clock);
  const finish = async (id: StageId, result: StageResult): Promise<void> => {
    results.set(id, result);
    if (result.status === 'stopped' || (result.status === 'failed' && !keepGoing)) halt.abort();
    if (result.status !== 'cached') await writing.soon();
  };

  emit({
    event: 'run-started',
    run: run.id,
    pipeline: pipeline.name,
    store: store.root,
    ...(backend !== undefined && { backend }),
    stages: pipeline.order.map((id) => {
      const stage = pipeline.stages.get(id);
      return stage
        ? startedStage(stage)
        : { id, type: 'foreach', after: [...pipeline.foreachs.get(id)!.after] };
    }),
  });
  const taken = await takeAll({ scope, pipeline, run, results });
  const early = taken.size < pipeline.order.length ? writing.soon() : undefined;
  const turns = options.jobs === 1 ? createTurns() : noTurns;
  const settled = settleAll({ scope, pipeline, run, results, turns, finish }, taken);

  const finished = Promise.all([early, settled]).then(async () => {
    await writing.end();
    const result = results.end();
    await run.writeResults(result);
    for (const [what, { code, message }] of unwritten) {
      emit({ event: 'warning', code, message: `not all ${what} of this run are written down: ${message}` });
    }
    await (await work.lookups()).keep();
    await keeper?.keep(result);
    const end = finishedEvent(result);
    run.record(end);
    run.close();
    onEvent(end);
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
