import { fail, ok, type Result } from '../base/result.ts';
import type { Stage } from '../pipeline/pipeline.ts';
import type { Plan, PlannedStage } from '../schema/generated/plan.ts';
import { listOf } from '../schema/nearest.ts';
import type { Problem } from '../schema/problem.ts';
import { createHistory, type History, lastRun } from './history.ts';
import { inputsOf } from './inputs.ts';
import { preimageOf, sentenceOf } from './preimage.ts';
import { type Artifact, type Prepared, prepare, type Work } from './prepare.ts';

/** Why a stage whose outputs are not in the store will run. */
export interface Reason {
  readonly sentence: string;
  readonly changes: NonNullable<PlannedStage['changes']>;
  /** How long it took before, milliseconds; absent without history. */
  readonly expectedMs?: number;
}

/** Compares a stage that will run with what the store remembers of its type. */
export async function reasonFor(
  { store }: Work,
  history: History,
  { stage, preimage, bundle, fingerprint }: Prepared,
): Promise<Reason> {
  const nearest = await history.nearest(stage, { preimage, sources: bundle.sources });
  if (nearest === undefined) return { sentence: 'it has not run before', changes: [] };
  const expectedMs = nearest.record.times.computeMs;
  if (nearest.changes.length > 0) {
    return { sentence: sentenceOf(nearest.changes), changes: [...nearest.changes], expectedMs };
  }
  const { records } = await store.records.list(fingerprint);
  const sentence =
    records.length > 0
      ? 'its outputs are no longer whole in the store'
      : 'its record is no longer in the store';
  return { sentence, changes: [], expectedMs };
}

/** How long a stage whose inputs are not known yet took before, going by the rest of its pre-image. */
async function expectation(work: Work, history: History, stage: Stage): Promise<number | undefined> {
  const bundle = await work.project.code(stage.type);
  if (!bundle.ok) return undefined;
  const { inputs: _, ...preimage } = preimageOf({
    stage,
    codeDigest: bundle.value.codeDigest,
    content: { params: stage.params, digests: {}, files: {}, datasets: {} },
    seed: work.pipeline.seed,
    inputs: {},
  });
  const nearest = await history.nearest(stage, { preimage, sources: bundle.value.sources });
  return nearest?.record.times.computeMs;
}

/** Stages that must run before the inputs of another are known. */
type Causes = readonly string[];

/**
 * What a run would do with each stage, and why; nothing is executed. Fails when an input from outside the pipeline, or
 * something that a param names, is not there, or when the code of a stage type cannot be bundled.
 */
export async function planPipeline(work: Work): Promise<Result<Plan, Problem>> {
  const history = createHistory(work.store, await lastRun(work.store, work.pipeline.name));
  const outputs = new Map<string, { readonly [port: string]: Artifact | undefined }>();
  const causes = new Map<string, Causes>();
  const stages: PlannedStage[] = [];
  const problems: Problem[] = [];
  for (const [id, stage] of work.pipeline.stages) {
    const { name: type, manifest } = stage.type;
    const facts = { id, type, determinism: manifest.determinism };
    const inputs = await inputsOf(work, stage, (of) => outputs.get(of));
    if (!inputs.ok) {
      problems.push(...inputs.failures);
      continue;
    }
    if (inputs.value === undefined) {
      const waits = [...new Set(stage.after.flatMap((source) => causes.get(source) ?? []))];
      causes.set(id, waits);
      const expectedMs = await expectation(work, history, stage);
      const shown = waits.length > 3 ? [...waits.slice(0, 2), `${waits.length - 2} more`] : waits;
      const reason = `until ${listOf(shown, 'and')} ${waits.length === 1 ? 'has' : 'have'} run`;
      stages.push({ ...facts, status: 'unknown', reason, ...(expectedMs !== undefined && { expectedMs }) });
      continue;
    }
    const prepared = await prepare(work, stage, inputs.value);
    if (!prepared.ok) {
      problems.push(...prepared.failures.map((failure) => ({ ...failure, at: stage.at })));
      continue;
    }
    const { fingerprint } = prepared.value;
    const { record } = await work.store.records.find(fingerprint);
    if (record !== undefined) {
      outputs.set(id, record.outputs);
      const made = Object.entries(record.outputs).map(([port, output]) => [port, output!.digest]);
      const reason = `made ${new Date(record.times.finishedAt).toISOString()}`;
      const expectedMs = record.times.computeMs;
      stages.push({
        ...facts,
        status: 'cached',
        reason,
        fingerprint,
        outputs: Object.fromEntries(made),
        expectedMs,
      });
      continue;
    }
    causes.set(id, [id]);
    const { sentence, changes, expectedMs } = await reasonFor(work, history, prepared.value);
    const checkpoint = await work.store.checkpoints.newest(fingerprint);
    stages.push({
      ...facts,
      status: checkpoint === undefined ? 'run' : 'resume',
      reason: checkpoint === undefined ? sentence : `from its checkpoint at step ${checkpoint.step}`,
      fingerprint,
      ...(changes.length > 0 && { changes }),
      ...(checkpoint !== undefined && { checkpointStep: checkpoint.step }),
      ...(expectedMs !== undefined && { expectedMs }),
    });
  }
  return problems.length > 0 ? fail(...problems) : ok({ stages });
}
