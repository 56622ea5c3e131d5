import * as path from 'node:path';
import { loadPipeline } from '../engine/index.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { compareHeadlines } from '../report/diff.ts';
import { headlineOf } from '../report/headline.ts';
import { storeSource } from '../report/source.ts';
import type { Baseline } from '../report/summary.ts';
import type { RunResult } from '../schema/generated/run-result.ts';
import { BASELINE, baselineBeside } from './baseline-file.ts';
import type { ToRun } from './pipeline.ts';

/** What makes the data of a pipeline: params and seed of every stage that prepares any. */
const dataOf = ({ stages }: Pipeline): string =>
  JSON.stringify(
    [...stages.values()]
      .filter(({ type }) => type.name === 'data-prep')
      .map(({ params, seed, type }) => [params, type.manifest.random ? seed : null])
      .sort(),
  );

/** Artifacts of a kind that went into the stages of a run: the test splits that it was measured on. */
const testsOf = ({ stages }: RunResult): string[] =>
  Object.values(stages).flatMap((stage) =>
    Object.entries(stage!.inputs).flatMap(([port, input]) => (port === 'test' ? (input!.digest ?? []) : [])),
  );

/**
 * `random-baseline.json` beside a pipeline is what a search on the same data must beat. Where it has run in the store on the
 * same test split, how the two compare; else its file, to be run. Nothing for the baseline itself and for other data.
 */
export async function baselineOf(
  { project, pipeline, store, file }: ToRun,
  directory: string,
  result: RunResult,
): Promise<Baseline | undefined> {
  if (file === undefined) return undefined;
  if (!(await baselineBeside(path.resolve(directory, file)))) return undefined;
  const beside = path.join(path.dirname(file), BASELINE);
  const other = await loadPipeline(project, { file: beside, from: directory });
  if (!other.ok || dataOf(other.value) !== dataOf(pipeline)) return undefined;
  const { name } = other.value;
  const run = await store.runs.resolve(`latest-${name}`);
  const ran =
    typeof run === 'string' ? ((await store.runs.results(run)) as RunResult | undefined) : undefined;
  const tests = testsOf(result);
  if (ran?.status !== 'ok' || !testsOf(ran).some((digest) => tests.includes(digest))) return { file: beside };
  const source = storeSource(store);
  const [a, b] = [await headlineOf(ran, source), await headlineOf(result, source)];
  const single = a.groups?.length === 1 && b.groups?.length === 1;
  return { run: ran.run, metrics: single ? compareHeadlines(a, b) : [] };
}
