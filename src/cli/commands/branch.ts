import type { Json } from '../../base/canonical.ts';
import { fail, ok, type Result } from '../../base/result.ts';
import { findBranchPoint, loadProject, selectStages } from '../../engine/index.ts';
import { checkPipeline } from '../../pipeline/check.ts';
import { idOf } from '../../pipeline/combine.ts';
import type { Pipeline, StageId } from '../../pipeline/pipeline.ts';
import { readPipeline } from '../../pipeline/unchecked.ts';
import { findRun, findStage, parseStageReference } from '../../report/reference.ts';
import type { StageResult } from '../../schema/generated/run-result.ts';
import type { Problem } from '../../schema/problem.ts';
import { wishOf } from '../asked.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { openExisting } from '../open.ts';
import type { BranchOptions } from '../options.ts';
import type { ToRun } from '../pipeline.ts';
import { reportProblems } from '../problems.ts';
import { CLOSING, drive } from './run.ts';
import { tagProblems } from './tag.ts';

/** Starts a new run of a run's pipeline in which one stage begins at a checkpoint that it left, with other params. */
export async function branch(io: Io, text: string, options: BranchOptions): Promise<ExitCode> {
  const { json } = options;
  const wrong = tagProblems(options.tag);
  if (wrong.length > 0) return reportProblems(io, wrong, { json, closing: CLOSING });
  const loaded = await loadBranch(io, text, options);
  if (!loaded.ok) return reportProblems(io, loaded.failures, { json, closing: CLOSING });
  return drive(io, loaded.value, options);
}

/** `train@seed=2@1200` as stage and step; the step is absent where the text has none. */
function splitStep(text: string): { readonly stage: string; readonly step?: number } {
  const [, stage, step] = /^(.*)@(\d+)$/.exec(text) ?? [];
  return stage === undefined ? { stage: text } : { stage, step: Number(step) };
}

async function loadBranch(io: Io, text: string, options: BranchOptions): Promise<Result<ToRun, Problem>> {
  const opened = await openExisting(io, options.store);
  if (!opened.ok) return opened;
  const store = opened.value;
  const reference = parseStageReference(text);
  const result = await findRun(store, reference.run);
  if (!result.ok) return result;
  const { run } = result.value;
  const { stage: id, step } = splitStep(reference.stage ?? '');
  const stage = findStage(result.value, id);
  if (!stage.ok) return stage;
  const from = await findBranchPoint(store, result.value, id, stage.value, step);
  if (!from.ok) return from;

  const kept = (await store.runs.pipeline(run)) as
    | { readonly written?: Json; readonly stages?: { readonly [id: string]: Json } }
    | undefined;
  if (kept?.written === undefined) {
    const message = `the store has the pipeline of run ${run} no more as it was written; run it again and branch from that`;
    return fail({ code: 'no-pipeline', message });
  }
  const project = await loadProject(io.directory);
  const name = `pipeline of run ${run}`;
  const source = { name, text: JSON.stringify(kept.written, null, 2) };
  const unchecked = readPipeline(source, project.root, options.set);
  const pipeline = unchecked.ok ? checkPipeline(unchecked.value, project.types) : unchecked;
  if (!pipeline.ok) return pipeline;
  const within = foreachOf(id, stage.value);
  if (!has(pipeline.value, within ?? id)) {
    const message = `with what is set, the pipeline has no stage ${id} any more, from which the run branches`;
    return fail({ code: 'branch-lost', message });
  }
  const until = Object.keys(kept.stages ?? {}).filter((each) => has(pipeline.value, each));
  const selection = selectStages(pipeline.value, { until }, name);
  if (!selection.ok) return selection;
  return ok({
    project,
    store,
    ...selection.value,
    wish: wishOf(options),
    force: [],
    branch: { stage: id, ...(within !== undefined && { within }), from: from.value },
  });
}

const has = ({ order }: Pipeline, id: string): boolean => order.includes(id as StageId);

/** Id of the foreach that a stage is in; nothing for one that is in none. */
function foreachOf(id: string, { name = id, cell = {} }: StageResult): string | undefined {
  const [foreach = '', inside] = name.split('.');
  if (inside === undefined) return undefined;
  const { [foreach]: _, ...outer } = cell;
  return idOf(foreach, outer as { [dimension: string]: string });
}
