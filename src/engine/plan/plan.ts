import { fail, ok, type Result } from '../../base/result.ts';
import type { Foreach, Stage, StageId } from '../../pipeline/pipeline.ts';
import { problems } from '../../schema/catalogue.ts';
import type { Plan, PlannedStage } from '../../schema/generated/plan.ts';
import { listOf } from '../../schema/nearest.ts';
import type { Problem } from '../../schema/problem.ts';
import { type FoundRecord, type Lookups, standing } from '../../store/index.ts';
import { extensionOf, horizonOf, siblingsOf, siblingText } from '../identity/horizon.ts';
import { inputsOf } from '../identity/inputs.ts';
import { preimageOf, sentenceOf } from '../identity/preimage.ts';
import { type Artifact, type Prepared, preflight, prepare, type Work } from '../identity/prepare.ts';
import { type Expansion, expandForeach, listOf as foreachList, missingItems, withItems } from './foreach.ts';
import { createHistory, type History, lastRun, type Nearest } from './history.ts';
import { isMeant } from './selection.ts';

/** Why a stage whose outputs are not in the store will run. */
export interface Reason {
  readonly sentence: string;
  readonly changes: NonNullable<PlannedStage['changes']>;
  readonly expected: Expected;
}

/** What a stage took and made before; empty without history. */
export type Expected = Pick<PlannedStage, 'expectedMs' | 'expectedBytes'>;

const expectedOf = ({ times, outputs }: Pick<FoundRecord, 'times' | 'outputs'>): Expected => ({
  expectedMs: times.computeMs,
  expectedBytes: Object.values(outputs).reduce((sum, output) => sum + output!.bytes, 0),
});

/** What a stage will take, going by itself before, or by another of its type with the same params. */
const expectedBy = (nearest: Nearest | undefined): Expected =>
  nearest === undefined || (!nearest.own && nearest.changes.some(({ field }) => field.startsWith('params')))
    ? {}
    : expectedOf(nearest.record);

/** That a stage which will run failed the last time; else how it differs from what the store remembers of its type. */
export async function reasonFor(
  { store }: Work,
  history: History,
  { stage, preimage, bundle, fingerprint }: Prepared,
): Promise<Reason> {
  const nearest = await history.nearest(stage, {
    preimage,
    sources: bundle.sources,
    packages: bundle.packages,
  });
  const expected = expectedBy(nearest);
  const failed = await history.failure(stage);
  if (failed !== undefined) return { sentence: failed, changes: [], expected };
  if (nearest === undefined) {
    const begun = (await store.attempts.list(fingerprint)).length > 0;
    return { sentence: `it has not run ${begun ? 'to its end ' : ''}before`, changes: [], expected };
  }
  if (nearest.changes.length > 0) {
    return { sentence: sentenceOf(nearest.changes), changes: [...nearest.changes], expected };
  }
  const records = standing((await store.records.list(fingerprint)).records);
  const sentence =
    records.length > 0
      ? 'its outputs are no longer whole in the store'
      : 'its record is no longer in the store';
  return { sentence, changes: [], expected };
}

/** What a stage whose inputs are not known yet took and made before, going by the rest of its pre-image. */
async function expectation(work: Work, history: History, stage: Stage): Promise<Expected> {
  const bundle = await work.code(stage.type);
  if (!bundle.ok) return {};
  const { inputs: _, ...preimage } = preimageOf({
    stage,
    codeDigest: bundle.value.codeDigest,
    content: { params: stage.params, digests: {}, files: {}, datasets: {} },
    seed: stage.seed,
    inputs: {},
  });
  const nearest = await history.nearest(stage, {
    preimage,
    sources: bundle.value.sources,
    packages: bundle.value.packages,
  });
  return expectedBy(nearest);
}

/** `until a and b have run`, with as many names as are read. */
const untilRun = (waits: readonly string[]): string => {
  const shown = waits.length > 3 ? [...waits.slice(0, 2), `${waits.length - 2} more`] : waits;
  return `until ${listOf(shown, 'and')} ${waits.length === 1 ? 'has' : 'have'} run`;
};

export interface PlanOptions {
  /** Names of stages that run although their outputs are there. */
  readonly force?: readonly string[];
  /** Stages that must be in the store: a plan that would run one of them fails. */
  readonly lookedUp?: ReadonlySet<StageId>;
}

/** Plans stage after stage; what it finds out of one is there for those that come after. */
class Planner {
  readonly stages: PlannedStage[] = [];
  readonly problems: Problem[] = [];
  readonly #work: Work;
  readonly #lookups: Lookups;
  readonly #history: History;
  readonly #options: PlanOptions;
  readonly #outputs = new Map<string, { readonly [port: string]: Artifact | undefined }>();
  /** Stage or foreach whose outputs are not known → the stages that must run before they are. */
  readonly #causes = new Map<StageId, readonly string[]>();
  readonly #expansions = new Map<StageId, Expansion>();

  constructor(work: Work, lookups: Lookups, history: History, options: PlanOptions) {
    this.#work = work;
    this.#lookups = lookups;
    this.#history = history;
    this.#options = options;
  }

  #waits(after: readonly StageId[]): string[] {
    return [...new Set(after.flatMap((source) => this.#causes.get(source) ?? []))];
  }

  /** `owner`: what was asked for, or not: the stage itself, or the foreach that it is in. */
  async stage(written: Stage, owner: StageId): Promise<void> {
    const { id, type, at } = written;
    const facts = { id, type: type.name, determinism: type.manifest.determinism };
    const stage = withItems(written, this.#expansions);
    const inputs = stage && (await inputsOf(this.#work, stage, (of) => this.#outputs.get(of)));
    if (inputs?.ok === false) return void this.problems.push(...inputs.failures);
    if (stage === undefined || inputs?.value === undefined) {
      const waits = this.#waits(written.after);
      this.#causes.set(id, waits);
      const reason = untilRun(waits);
      this.#mustBeThere(written, owner, reason);
      const expected = await expectation(this.#work, this.#history, written);
      return void this.stages.push({ ...facts, status: 'unknown', reason, ...expected });
    }
    const empty = missingItems(stage);
    if (empty !== undefined) return void this.problems.push({ ...empty, at });
    const prepared = await prepare(this.#work, stage, inputs.value);
    if (!prepared.ok && this.problems.length > 0) return; // said by the preflight
    if (!prepared.ok)
      return void this.problems.push(...prepared.failures.map((failure) => ({ ...failure, at })));
    const { fingerprint } = prepared.value;
    const forced = this.#options.force?.some((name) => isMeant(name, stage)) ?? false;
    const { record } = forced ? {} : await this.#lookups.find(fingerprint);
    if (record !== undefined) {
      this.#outputs.set(id, record.outputs);
      const made = Object.entries(record.outputs).map(([port, output]) => [port, output!.digest]);
      const reason = `made ${new Date(record.times.finishedAt).toISOString()}`;
      const outputs = Object.fromEntries(made);
      const expected = expectedOf(record);
      return void this.stages.push({
        ...facts,
        status: 'cached',
        reason,
        fingerprint,
        outputs,
        ...expected,
        ...(record.accepted && { accepted: record.accepted.reason }),
      });
    }
    this.#causes.set(id, [id]);
    const { sentence, changes, expected } = await reasonFor(this.#work, this.#history, prepared.value);
    this.#mustBeThere(written, owner, sentence);
    const checkpoint = forced ? undefined : await this.#work.store.checkpoints.newest(fingerprint);
    const param = forced || checkpoint !== undefined ? undefined : horizonOf(stage);
    const { preimage } = prepared.value;
    const [sibling] = param === undefined ? [] : await siblingsOf(this.#work.store, preimage, param);
    const from =
      checkpoint !== undefined
        ? `from its checkpoint at step ${checkpoint.step}`
        : sibling && `${sentence}, from ${siblingText(sibling)}`;
    this.stages.push({
      ...facts,
      status: from === undefined ? 'run' : 'resume',
      reason: forced ? 'it was asked for' : (from ?? sentence),
      fingerprint,
      ...(changes.length > 0 && { changes }),
      ...(checkpoint !== undefined && { checkpointStep: checkpoint.step }),
      ...(sibling && { checkpointStep: sibling.step, extends: extensionOf(sibling, preimage) }),
      ...expected,
    });
  }

  async foreach(foreach: Foreach): Promise<void> {
    const { id, at, after } = foreach;
    const list = await foreachList(this.#work, foreach, (of) => this.#outputs.get(of));
    if (!list.ok) return void this.problems.push(...list.failures);
    if (list.value === undefined) {
      const waits = this.#waits(after);
      this.#causes.set(id, waits);
      const each = await Promise.all(
        [...foreach.stages.values()].map((stage) => expectation(this.#work, this.#history, stage)),
      );
      const reason = untilRun(waits);
      this.#mustBeThere(foreach, id, reason);
      const facts = { id, type: 'foreach', determinism: 'exact' as const };
      const expected = times(each, foreach.take);
      return void this.stages.push({ ...facts, status: 'unknown', reason, ...expected });
    }
    const expansion = await expandForeach(this.#work, foreach, list.value);
    if (!expansion.ok)
      return void this.problems.push(...expansion.failures.map((failure) => ({ ...failure, at })));
    this.#expansions.set(id, expansion.value);
    for (const stage of expansion.value.stages) await this.stage(stage, id);
    this.#causes.set(id, this.#waits(expansion.value.stages.map((stage) => stage.id)));
  }

  #mustBeThere({ id, at }: Stage | Foreach, owner: StageId, reason: string): void {
    if (this.#options.lookedUp?.has(owner)) this.problems.push(problems.notInStore(at, id, reason));
  }
}

/** What all stages of a foreach take for as many items as it takes; nothing where that is not known. */
function times(each: readonly Expected[], items: number | undefined): Expected {
  if (items === undefined) return {};
  const sum = (field: keyof Expected): number | undefined => {
    const total = items * each.reduce((so, expected) => so + (expected[field] ?? Number.NaN), 0);
    return Number.isNaN(total) ? undefined : total;
  };
  const [expectedMs, expectedBytes] = [sum('expectedMs'), sum('expectedBytes')];
  return {
    ...(expectedMs !== undefined && { expectedMs }),
    ...(expectedBytes !== undefined && { expectedBytes }),
  };
}

/**
 * What a run would do with each stage, and why; nothing is executed. Fails when an input from outside the pipeline, or
 * something that a param names, is not there, when the code of a stage type cannot be bundled, and when a stage that was
 * not asked for is not in the store.
 */
export async function planPipeline(work: Work, options: PlanOptions = {}): Promise<Result<Plan, Problem>> {
  const { pipeline, store } = work;
  const history = createHistory(store, await lastRun(store, pipeline.name));
  const lookups = await work.lookups();
  const planner = new Planner(work, lookups, history, options);
  planner.problems.push(...(await preflight(work)));
  for (const id of pipeline.order) {
    const stage = pipeline.stages.get(id);
    if (stage !== undefined) await planner.stage(stage, id);
    else await planner.foreach(pipeline.foreachs.get(id)!);
  }
  await lookups.keep();
  return planner.problems.length > 0 ? fail(...planner.problems) : ok({ stages: planner.stages });
}
