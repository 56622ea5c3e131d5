import * as path from 'node:path';
import type { Baseline } from '../report/summary.ts';
import type { RunResult } from '../schema/generated/run-result.ts';
import type { Store } from '../store/index.ts';

/** File of the pipeline that a search beside it must beat. */
export const BASELINE = 'random-baseline.json';

/** Artifacts of a kind that went into the stages of a run: the test splits that it was measured on. */
const testsOf = ({ stages }: RunResult): string[] =>
  Object.values(stages).flatMap((stage) =>
    Object.entries(stage!.inputs).flatMap(([port, input]) => (port === 'test' ? (input!.digest ?? []) : [])),
  );

/**
 * How a run compares with the last of the baseline of that name in the store, where that was measured on the same test split;
 * else the baseline's file, to be run.
 *
 * @param file of the run's pipeline, as it was typed
 */
export async function compareWithBaseline(
  store: Store,
  name: string,
  file: string,
  result: RunResult,
): Promise<Baseline> {
  const run = await store.runs.resolve(`latest-${name}`);
  const ran =
    typeof run === 'string' ? ((await store.runs.results(run)) as RunResult | undefined) : undefined;
  const tests = testsOf(result);
  if (ran?.status !== 'ok' || !testsOf(ran).some((digest) => tests.includes(digest))) {
    return { file: path.join(path.dirname(file), BASELINE) };
  }
  const [{ headlineOf }, { storeSource }, { compareHeadlines }] = await Promise.all([
    import('../report/headline.ts'),
    import('../report/source.ts'),
    import('../report/diff.ts'),
  ]);
  const source = storeSource(store);
  const [a, b] = [await headlineOf(ran, source), await headlineOf(result, source)];
  const single = a.groups?.length === 1 && b.groups?.length === 1;
  return { run: ran.run, metrics: single ? compareHeadlines(a, b) : [] };
}
