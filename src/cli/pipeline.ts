import * as path from 'node:path';
import { nodeFiles } from '../base/files.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { traced } from '../base/trace.ts';
import {
  type Branch,
  type EnvironmentWish,
  loadPipeline,
  loadProject,
  type Project,
  readSavedPlan,
  selectStages,
} from '../engine/index.ts';
import type { Repeatable } from '../engine/repeat/keep.ts';
import type { Pipeline, StageId } from '../pipeline/pipeline.ts';
import type { Plan } from '../schema/generated/plan.ts';
import type { SavedPlan } from '../schema/generated/saved-plan.ts';
import type { Problem } from '../schema/problem.ts';
import { openStore, type Store } from '../store/index.ts';
import { askedOf, type Remark, setsOf, wishOf } from './asked.ts';
import { baselineName } from './baseline.ts';
import type { Io } from './io.ts';
import type { PipelineOptions, RunOptions } from './options.ts';

/** A checked pipeline with everything that running it takes. */
export interface ToRun {
  /** The pipeline's file, as messages call it; absent where a run is branched from another. */
  readonly file?: string;
  readonly project: Project;
  /** The part that was asked for. */
  readonly pipeline: Pipeline;
  readonly store: Store;
  readonly wish: EnvironmentWish;
  readonly force: readonly string[];
  readonly lookedUp: ReadonlySet<StageId>;
  /** The plan that a run must follow. */
  readonly expect?: Plan;
  readonly branch?: Branch;
}

/** A pipeline that was read from its file, for planning it or running it. */
export interface Loaded extends ToRun {
  readonly file: string;
  /** What it takes to keep the run, should nothing run in it. */
  readonly repeatable: Repeatable;
  /** What was asked for, to be kept with a plan. */
  readonly asked: Omit<SavedPlan, 'v' | 'plan'>;
}

/** Reads and checks a pipeline as the options say, and opens its project's store. Every mistake is a problem. */
export async function loadForCommand(
  io: Io,
  file: string,
  options: PipelineOptions,
): Promise<Result<Loaded, Problem>> {
  const since = io.clock.now();
  const trace = traced(nodeFiles);
  const project = await loadProject(path.dirname(path.resolve(io.directory, file)), trace.files);
  const sets = setsOf(options);
  const { only, from, until, force } = options;
  const pipeline = await loadPipeline(project, { file, from: io.directory, sets });
  if (!pipeline.ok) return pipeline;
  const selection = selectStages(pipeline.value, { only, from, until, force }, file);
  if (!selection.ok) return selection;
  const place = options.store ?? path.join(project.root, 'artifacts');
  const store = await openStore(path.resolve(io.directory, place));
  if (!store.ok) return store;
  const wish = wishOf(options);
  const relative = path.relative(project.root, path.resolve(io.directory, file));
  return ok({
    file,
    project,
    ...selection.value,
    store: store.value,
    wish,
    force,
    repeatable: {
      asked: askedOf(io, file, options),
      trace,
      since,
      remark: async (): Promise<Remark> => {
        const baseline = await baselineName(project, pipeline.value, file, io.directory);
        return { ...(baseline !== undefined && { baseline }) };
      },
    },
    asked: {
      pipeline: relative.split(path.sep).join('/'),
      sets,
      only: [...only],
      from: [...from],
      until: [...until],
      force: [...force],
      ...wish,
    },
  });
}

/** Options that a plan holds, so that none of them can be given beside it. */
const planned = ['set', 'seed', 'only', 'from', 'until', 'force', 'backend', 'threads', 'device'] as const;

/** Loads what a run is asked to do: a pipeline, or a plan that was kept. */
export async function loadForRun(
  io: Io,
  file: string | undefined,
  options: RunOptions,
): Promise<Result<Loaded, Problem>> {
  const { plan, store } = options;
  if (plan === undefined) {
    if (file !== undefined) return loadForCommand(io, file, options);
    return fail({
      code: 'no-pipeline',
      message: 'say which pipeline to run, or --plan and the file of a plan',
    });
  }
  const given = planned.filter((name) => {
    const value = options[name];
    return Array.isArray(value) ? value.length > 0 : value !== undefined;
  });
  const beside = [...(file === undefined ? [] : ['a pipeline']), ...given.map((name) => `--${name}`)];
  if (beside.length > 0) {
    const message = `--plan says what to run and how, so ${beside.join(', ')} cannot be given beside it`;
    return fail({ code: 'plan-and-options', message });
  }
  const saved = await readSavedPlan(plan, io.directory);
  if (!saved.ok) return saved;
  const { pipeline, sets, only, from, until, force, backend, threads, device } = saved.value;
  const { root } = await loadProject(path.dirname(path.resolve(io.directory, plan)));
  const found = path.relative(io.directory, path.join(root, pipeline));
  const loaded = await loadForCommand(io, found, {
    set: sets,
    only,
    from,
    until,
    force,
    ...(store === undefined ? {} : { store }),
    ...(backend === undefined ? {} : { backend }),
    ...(threads === undefined ? {} : { threads }),
    ...(device === undefined ? {} : { device }),
  });
  return loaded.ok ? ok({ ...loaded.value, expect: saved.value.plan }) : loaded;
}
