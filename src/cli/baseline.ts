import * as path from 'node:path';
import { loadPipeline, type Project } from '../engine/index.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { Baseline } from '../report/summary.ts';
import type { RunResult } from '../schema/generated/run-result.ts';
import type { Store } from '../store/index.ts';
import { BASELINE, compareWithBaseline } from './baseline-run.ts';

/** What makes the data of a pipeline: params and seed of every stage that prepares any. */
const dataOf = ({ stages }: Pipeline): string =>
  JSON.stringify(
    [...stages.values()]
      .filter(({ type }) => type.name === 'data-prep')
      .map(({ params, seed, type }) => [params, type.manifest.random ? seed : null])
      .sort(),
  );

/**
 * `random-baseline.json` beside a pipeline is what a search on the same data must beat. Its name; nothing where there
 * is none, for the baseline itself and for other data.
 */
export async function baselineName(
  project: Project,
  pipeline: Pipeline,
  file: string,
  directory: string,
): Promise<string | undefined> {
  const beside = path.join(path.dirname(file), BASELINE);
  const absolute = path.resolve(directory, beside);
  if (absolute === path.resolve(directory, file) || !(await project.files.stat(absolute))) return undefined;
  const other = await loadPipeline(project, { file: beside, from: directory });
  return other.ok && dataOf(other.value) === dataOf(pipeline) ? other.value.name : undefined;
}

/** A pipeline that was run; without a file where it was branched from another run. */
interface WasRun {
  readonly file?: string;
  readonly project: Project;
  readonly pipeline: Pipeline;
  readonly store: Store;
}

/** How a run compares with its baseline; nothing where it has none. */
export async function baselineOf(
  { project, pipeline, store, file }: WasRun,
  directory: string,
  result: RunResult,
): Promise<Baseline | undefined> {
  const name = file === undefined ? undefined : await baselineName(project, pipeline, file, directory);
  return name === undefined ? undefined : compareWithBaseline(store, name, file!, result);
}
