import { execFile } from 'node:child_process';
import { setMaxListeners } from 'node:events';
import * as os from 'node:os';
import { promisify } from 'node:util';
import type { Json } from '../base/canonical.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { type Failure, fail, ok, type Result } from '../base/result.ts';
import { type Executor, localExecutor, type RunningAttempt } from '../executors/index.ts';
import { everyStage, type Foreach, type Pipeline, type Stage, type StageId } from '../pipeline/pipeline.ts';
import type { StageResult } from '../schema/generated/run-result.ts';
import type { Problem } from '../schema/problem.ts';
import type { LabelChange, Store } from '../store/index.ts';
import { GRACE_MS } from './attempts/attempt-limits.ts';
import { type Capacity, createPool } from './attempts/pool.ts';
import { givenOf, Results, successes } from './attempts/results.ts';
import { finishedEvent } from './attempts/run-events.ts';
import type { SilenceLimit } from './attempts/silence.ts';
import { runStage } from './attempts/stage-run.ts';
import type { RunScope } from './attempts/stage-scope.ts';
import { knownInputs, takeAll } from './attempts/take.ts';
import { createTurns, noTurns, type Turn } from './attempts/turns.ts';
import { backendWords, type EnvironmentWish } from './identity/environment.ts';
import { externalProblems, writtenInput } from './identity/inputs.ts';
import { type Branch, createWork, preflight, type Work } from './identity/prepare.ts';
import type { Project } from './identity/project.ts';
import type { OnEvent, Plan, RunHandle } from './identity/types.ts';
import { paced } from './paced.ts';
import { expandForeach, listOf, missingItems, withItems } from './plan/foreach.ts';
import { createHistory, lastRun } from './plan/history.ts';
import { planPipeline } from './plan/plan.ts';
import { planChanges } from './plan/saved-plan.ts';
import { isMeant } from './plan/selection.ts';
import { createKeeper, type Repeatable } from './repeat/keep.ts';

export interface RunOptions {
  readonly project: Project;
  readonly pipeline: Pipeline;
  readonly store: Store;
  readonly wish?: EnvironmentWish;
  /** Where attempts run; default: child processes here. */
  readonly executor?: Executor;
  /** Names of stages that run even when they are cached, from the beginning. */
  readonly force?: readonly string[];
  /** Stages and foreachs that were not asked for: what they made is taken from the store, and must be there. */
  readonly lookedUp?: ReadonlySet<StageId>;
  /** The stage that begins at a checkpoint of another run, and where. */
  readonly branch?: Branch;
  /** Do exactly this, or fail and say what has changed. */
  readonly expect?: Plan;
  /** Milliseconds that an attempt may take; a longer one is stopped, and its stage fails. Default: no limit. */
  readonly timeoutMs?: number;
  /** When an attempt is called silent, and what is done then; default: what its stage type says. */
  readonly silence?: Partial<SilenceLimit>;
  /** Milliseconds that an attempt which is stopped for going over a limit has to end before it is killed. Default: 10,000. */
  readonly graceMs?: number;
  /** After a failure, go on with the stages that do not depend on it. */
  readonly keepGoing?: boolean;
  /** Seconds between checkpoints; 0: after every step. Default: 10. */
  readonly checkpointSeconds?: number;
  /** What attempts may use together; default: what this machine has. */
  readonly capacity?: Partial<Capacity>;
  /** Most attempts at a time; default: as many as the capacity carries. */
  readonly jobs?: number;
  /** Keep the run for the next, should nothing run in it. */
  readonly repeatable?: Repeatable;
  /** Tags and note that the run gets. */
  readonly labels?: LabelChange;
  readonly clock?: Clock;
}

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

/**
 * The pipeline as resolved, for the run's directory: cells spelt out, defaults filled in, every reference in full; and as
 * written, with what it extends and the `--set`s laid together, for runs that branch from this one.
 */
function resolved({ name, description, seed, stages, foreachs, document }: Pipeline): {
  readonly [field: string]: Json;
} {
  const written = (stage: Stage, id: string): [string, Json] => [
    id,
    {
      type: stage.type.name,
      ...(stage.description !== undefined && { description: stage.description }),
      ...(stage.type.manifest.random && stage.seed !== seed && { seed: stage.seed }),
      params: stage.params,
      inputs: Object.fromEntries([...stage.inputs].map(([port, input]) => [port, writtenInput(input)])),
    },
  ];
  const each = [...stages.values()].map((stage) => written(stage, stage.id));
  const loops = [...foreachs.values()].map(({ id, items, take, by, best, stages: inner }): [string, Json] => [
    id,
    {
      type: 'foreach',
      items: writtenInput(items),
      ...(by !== undefined && { by, best }),
      ...(take !== undefined && { take }),
      stages: Object.fromEntries([...inner].map(([inside, stage]) => written(stage, inside))),
    },
  ]);
  const all = Object.fromEntries([...each, ...loops]);
  return {
    name,
    ...(description !== undefined && { description }),
    seed,
    stages: all,
    written: document.value,
  };
}

const startedStage = ({ id, type, after }: Stage) => ({ id, type: type.name, after: [...after] });

/** The backend, for the run's head line, where a stage must know the device anyway. */
async function knownBackend(work: Work): Promise<{ words?: string; name?: string }> {
  const measures = everyStage(work.pipeline).some(({ type }) => type.manifest.needs.device);
  const probe = measures ? await work.probe() : undefined;
  const chosen = probe?.ok ? probe.value.chosen : undefined;
  return chosen === undefined ? {} : { words: backendWords(chosen), name: `${chosen.name}/${chosen.build}` };
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
    knownBackend(work),
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

  const run = await store.runs.create(pipeline.name, resolved(pipeline));
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
  results.backend = backend.words;
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
    backend: () => backend.name,
  };
  const settled = new Map<StageId, Promise<void>>();

  const outputsOf = (source: string) => results.get(source).outputs;
  const isReady = async (after: readonly StageId[]): Promise<boolean> => {
    await Promise.all(after.map((source) => settled.get(source)));
    return after.every((source) => results.succeeded(source)) && !halt.signal.aborted;
  };
  const writing = paced(() => run.writeResults(results.now()), clock);
  const finish = async (id: StageId, result: StageResult): Promise<void> => {
    results.set(id, result);
    if (result.status === 'stopped' || (result.status === 'failed' && !keepGoing)) halt.abort();
    if (result.status !== 'cached') await writing.soon();
  };

  const turns = options.jobs === 1 ? createTurns() : noTurns;

  /** `rank`: where the stage stands in the pipeline. */
  async function settle(written: Stage, rank: number): Promise<void> {
    if (!(await isReady(written.after))) return;
    const turn = turns.enter(rank);
    try {
      await settleReady(written, turn);
    } finally {
      turn.leave();
    }
  }

  async function settleReady(written: Stage, turn: Turn): Promise<void> {
    const stage = withItems(written, results.expansions);
    if (stage === undefined) throw new Error(`internal error: expected the items of ${written.id}, got none`);
    const inputs = await store.gate.shared(async () => {
      const known = await knownInputs(work, stage, outputsOf);
      run.use(...known.uses);
      return known.inputs;
    });
    const given = givenOf(stage, inputs);
    const empty = missingItems(stage);
    if (empty !== undefined) {
      emit({ event: 'stage-failed', stage: stage.id, type: given.type, ...empty, elapsedMs: 0 });
      return finish(stage.id, { ...results.get(stage.id), ...given, status: 'failed', failure: empty });
    }
    const result = await runStage(scope, stage, given, inputs, turn);
    if (successes.includes(result.status)) {
      const digests = Object.entries(result.outputs).map(([port, output]) => [port, output!.digest]);
      await run.linkStages(new Map([[stage.id, Object.fromEntries(digests)]]));
    }
    await finish(stage.id, result);
  }

  const failForeach = (id: StageId, { code, message }: Failure): Promise<void> => {
    const failure = { code, message };
    emit({ event: 'stage-failed', stage: id, type: 'foreach', ...failure, elapsedMs: 0 });
    return finish(id, { ...results.get(id), status: 'failed', failure });
  };

  /** Finds the items, then lets the stages for each of them join. */
  async function settleForeach(foreach: Foreach, rank: number): Promise<void> {
    const { id } = foreach;
    if (!(await isReady(foreach.after))) return;
    const expansion = await store.gate.shared(async () => {
      const list = await listOf(work, foreach, outputsOf);
      const found = list.ok ? list.value && (await expandForeach(work, foreach, list.value)) : list;
      const items = found?.ok ? found.value.stages.flatMap((stage) => [...stage.inputs.values()]) : [];
      for (const input of items) if (input.from === 'artifact') run.use({ artifact: input.digest });
      return found;
    });
    if (expansion === undefined) throw new Error(`internal error: expected the list of ${id}, got none`);
    if (!expansion.ok) {
      return failForeach(id, expansion.failures[0]!);
    }
    const { stages, taken, of } = expansion.value;
    const { branch } = options;
    if (branch?.within === id && !stages.some((stage) => stage.id === branch.stage)) {
      const message = `for its ${taken} items it has no stage ${branch.stage} to branch`;
      return failForeach(id, { code: 'branch-lost', message });
    }
    results.expand(id, expansion.value);
    emit({ event: 'foreach-expanded', stage: id, items: taken, of, stages: stages.map(startedStage) });
    if (scope.lookedUp.has(id)) for (const stage of stages) scope.lookedUp.add(stage.id);
    for (const [index, stage] of stages.entries()) {
      settled.set(stage.id, settle(stage, rank + index / stages.length));
    }
    await Promise.all(stages.map((stage) => settled.get(stage.id)));
  }

  emit({
    event: 'run-started',
    run: run.id,
    pipeline: pipeline.name,
    store: store.root,
    ...(backend.words !== undefined && { backend: backend.words }),
    stages: pipeline.order.map((id) => {
      const stage = pipeline.stages.get(id);
      return stage
        ? startedStage(stage)
        : { id, type: 'foreach', after: [...pipeline.foreachs.get(id)!.after] };
    }),
  });
  const taken = await takeAll({ scope, pipeline, run, results });
  const early = taken.size < pipeline.order.length ? writing.soon() : undefined;
  for (const [rank, id] of pipeline.order.entries()) {
    if (taken.has(id)) continue;
    const stage = pipeline.stages.get(id);
    settled.set(id, stage ? settle(stage, rank) : settleForeach(pipeline.foreachs.get(id)!, rank));
  }

  const finished = Promise.all([early, ...settled.values()]).then(async () => {
    await writing.end();
    const result = results.end();
    await run.writeResults(result);
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
