import type { Failure } from '../../base/result.ts';
import { systemFailure } from '../../base/system-failure.ts';
import type { Foreach, Pipeline, Stage, StageId } from '../../pipeline/pipeline.ts';
import type { StageResult } from '../../schema/generated/run-result.ts';
import type { Run } from '../../store/index.ts';
import { expandForeach, listOf, missingItems, withItems } from '../plan/foreach.ts';
import { type Given, givenOf, type Results, successes } from './results.ts';
import { startedStage } from './run-events.ts';
import { runStage } from './stage-run.ts';
import type { RunScope } from './stage-scope.ts';
import { knownInputs } from './take.ts';
import type { Turn, Turns } from './turns.ts';

/** What the stages of a run need to settle. */
export interface SettleParts {
  readonly scope: RunScope;
  readonly pipeline: Pipeline;
  readonly run: Run;
  readonly results: Results;
  readonly turns: Turns;
  /** Keeps what became of a stage. */
  readonly finish: (id: StageId, result: StageResult) => Promise<void>;
}

/**
 * Settles every stage and foreach that was not `taken` from the store: each as soon as all that it takes from have ended
 * well, and none that has not begun when the run is halted. The stages of a foreach join when its list is known.
 */
export async function settleAll(
  { scope, pipeline, run, results, turns, finish }: SettleParts,
  taken: ReadonlySet<StageId>,
): Promise<void> {
  const { work, emit, halted } = scope;
  const { store, branch } = work;
  const settled = new Map<StageId, Promise<void>>();
  const outputsOf = (source: string) => results.get(source).outputs;

  async function isReady(after: readonly StageId[]): Promise<boolean> {
    await Promise.all(after.map((source) => settled.get(source)));
    return after.every((source) => results.succeeded(source)) && !halted.aborted;
  }

  /** `rank`: where the stage stands in the pipeline. */
  async function settle(written: Stage, rank: number): Promise<void> {
    if (!(await isReady(written.after))) return;
    const turn = turns.enter(rank);
    try {
      await settleReady(written, turn);
    } catch (error) {
      await failSystem(written.id, error);
    } finally {
      turn.leave();
    }
  }

  function fail(id: StageId, { code, message }: Failure, given: Partial<Given> = {}): Promise<void> {
    const before = results.get(id);
    const failure = { code, message };
    emit({ event: 'stage-failed', stage: id, type: before.type, ...failure, elapsedMs: 0 });
    return finish(id, { ...before, ...given, status: 'failed', failure });
  }

  /**
   * What is neither the stage's fault nor ours (a full disk, a missing right) fails the stage; the run goes on to its
   * end.
   */
  function failSystem(id: StageId, error: unknown): Promise<void> {
    const failure = systemFailure(error);
    if (failure === undefined) throw error;
    return fail(id, failure);
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
    if (empty !== undefined) return fail(stage.id, empty, given);
    const result = await runStage(scope, stage, given, inputs, turn);
    if (successes.includes(result.status)) {
      const digests = Object.entries(result.outputs).map(([port, output]) => [port, output!.digest]);
      await run.linkStages(new Map([[stage.id, Object.fromEntries(digests)]]));
    }
    await finish(stage.id, result);
  }

  async function settleForeach(foreach: Foreach, rank: number): Promise<void> {
    if (!(await isReady(foreach.after))) return;
    try {
      await expand(foreach, rank);
    } catch (error) {
      await failSystem(foreach.id, error);
    }
  }

  /** Finds the items, then lets the stages for each of them join. */
  async function expand(foreach: Foreach, rank: number): Promise<void> {
    const { id } = foreach;
    const expansion = await store.gate.shared(async () => {
      const list = await listOf(work, foreach, outputsOf);
      const found = list.ok ? list.value && (await expandForeach(work, foreach, list.value)) : list;
      const items = found?.ok ? found.value.stages.flatMap((stage) => [...stage.inputs.values()]) : [];
      for (const input of items) if (input.from === 'artifact') run.use({ artifact: input.digest });
      return found;
    });
    if (expansion === undefined) throw new Error(`internal error: expected the list of ${id}, got none`);
    if (!expansion.ok) return fail(id, expansion.failures[0]!);
    const { stages, taken: items, of } = expansion.value;
    if (branch?.within === id && !stages.some((stage) => stage.id === branch.stage)) {
      const message = `for its ${items} items it has no stage ${branch.stage} to branch`;
      return fail(id, { code: 'branch-lost', message });
    }
    results.expand(id, expansion.value);
    emit({ event: 'foreach-expanded', stage: id, items, of, stages: stages.map(startedStage) });
    if (scope.lookedUp.has(id)) for (const stage of stages) scope.lookedUp.add(stage.id);
    for (const [index, stage] of stages.entries()) {
      settled.set(stage.id, settle(stage, rank + index / stages.length));
    }
    await Promise.all(stages.map((stage) => settled.get(stage.id)));
  }

  for (const [rank, id] of pipeline.order.entries()) {
    if (taken.has(id)) continue;
    const stage = pipeline.stages.get(id);
    settled.set(id, stage ? settle(stage, rank) : settleForeach(pipeline.foreachs.get(id)!, rank));
  }
  await Promise.all(settled.values());
}
