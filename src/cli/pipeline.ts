import * as path from 'node:path';
import { fail, ok, type Result } from '../base/result.ts';
import { type EnvironmentWish, loadPipeline, loadProject, type Project } from '../engine/index.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { didYouMean, listOf } from '../schema/nearest.ts';
import type { Problem } from '../schema/problem.ts';
import { openStore, type Store } from '../store/index.ts';
import type { Io } from './io.ts';
import type { PipelineOptions } from './program.ts';

/** A checked pipeline with everything that planning or running it takes. */
export interface Loaded {
  readonly project: Project;
  readonly pipeline: Pipeline;
  readonly store: Store;
  readonly wish: EnvironmentWish;
  readonly force: readonly string[];
}

/** Reads and checks a pipeline as the options say, and opens its project's store. Every mistake is a problem. */
export async function loadForCommand(
  io: Io,
  file: string,
  options: PipelineOptions,
): Promise<Result<Loaded, Problem>> {
  const project = await loadProject(path.dirname(path.resolve(io.directory, file)));
  const sets = [...options.set, ...(options.seed === undefined ? [] : [`seed=${options.seed}`])];
  const pipeline = await loadPipeline(project, { file, from: io.directory, sets });
  if (!pipeline.ok) return pipeline;
  const ids = [...pipeline.value.stages.keys()] as string[];
  const unknown = options.force.filter((id) => !ids.includes(id));
  if (unknown.length > 0) {
    const problems = unknown.map((id) => ({
      code: 'unknown-stage',
      message: `--force names "${id}", which is no stage of ${file}${didYouMean(id, ids) || `; it has ${listOf(ids, 'and')}`}`,
    }));
    return fail<Problem>(...problems);
  }
  const place = options.store ?? path.join(project.root, 'artifacts');
  const store = await openStore(path.resolve(io.directory, place));
  if (!store.ok) return store;
  const { backend, threads, device } = options;
  return ok({
    project,
    pipeline: pipeline.value,
    store: store.value,
    wish: {
      ...(backend === undefined ? {} : { backend }),
      ...(threads === undefined ? {} : { threads }),
      ...(device === undefined ? {} : { device }),
    },
    force: options.force,
  });
}
