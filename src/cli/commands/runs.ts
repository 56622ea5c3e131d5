import { fail, ok, type Result } from '../../base/result.ts';
import { headlineOf } from '../../report/headline.ts';
import { type RunRow, runsJson, runsTable } from '../../report/runs.ts';
import { divergencesIn, storeSource, withDivergences } from '../../report/source.ts';
import { counted } from '../../report/units.ts';
import {
  type Condition,
  conditionProblems,
  holds,
  parseCondition,
  runFacts,
} from '../../report/where/index.ts';
import type { RunResult } from '../../schema/generated/run-result.ts';
import type { Problem } from '../../schema/problem.ts';
import type { Store } from '../../store/index.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { openExisting } from '../open.ts';
import type { RunsOptions } from '../options.ts';
import { reportProblems } from '../problems.ts';

/** Lists the runs of a store, the last one first; those that the filters let through. */
export async function runs(io: Io, { store: place, json, tag, where }: RunsOptions): Promise<ExitCode> {
  const opened = await openExisting(io, place);
  if (!opened.ok) return reportProblems(io, opened.failures, { json });
  const parsed = where.map(parseCondition);
  const wrong = parsed.flatMap((each) => (each.ok ? [] : each.failures));
  if (wrong.length > 0) return reportProblems(io, wrong, { json });
  const conditions = parsed.flatMap((each) => (each.ok ? [each.value] : []));
  const all = await rowsOf(opened.value);
  const tagged = all.filter(({ labels }) => tag.every((each) => labels.tags.includes(each)));
  const rows = await filtered(opened.value, all, tagged, conditions);
  if (!rows.ok) return reportProblems(io, rows.failures, { json });
  if (json) io.out.write(`${JSON.stringify({ runs: runsJson(rows.value) })}\n`);
  else if (all.length === 0) io.out.write('no runs yet\n');
  else if (rows.value.length === 0) io.out.write(`none of ${counted(all.length, 'run')} is so\n`);
  else io.out.write(`${runsTable(rows.value).join('\n')}\n`);
  return EXIT.ok;
}

async function rowsOf(store: Store): Promise<RunRow[]> {
  const source = storeSource(store);
  const divergence = divergencesIn(store);
  const rows: RunRow[] = [];
  for (const id of (await store.runs.list()).reverse()) {
    const kept = (await store.runs.results(id)) as RunResult | undefined;
    const result = kept && (await withDivergences(kept, divergence));
    const labels = await store.runs.labels(id);
    const pipeline = result ? undefined : ((await store.runs.pipeline(id)) as { name?: string } | undefined);
    rows.push({
      id,
      labels,
      live: store.runs.isLive(id),
      ...(result && { result }),
      ...(pipeline?.name !== undefined && { name: pipeline.name }),
      headline: result ? await headlineOf(result, source) : {},
    });
  }
  return rows;
}

async function filtered(
  store: Store,
  all: readonly RunRow[],
  rows: readonly RunRow[],
  conditions: readonly Condition[],
): Promise<Result<RunRow[], Problem>> {
  if (conditions.length === 0) return ok([...rows]);
  const facts = new Map(
    await Promise.all(
      all.map(async (row) => {
        const pipeline = await store.runs.pipeline(row.id);
        return [row.id, runFacts({ ...row, ...(pipeline !== undefined && { pipeline }) })] as const;
      }),
    ),
  );
  const problems = conditions.flatMap((condition) => conditionProblems(condition, [...facts.values()]));
  if (problems.length > 0) return fail(...problems);
  return ok(rows.filter(({ id }) => conditions.every((condition) => holds(condition, facts.get(id)!))));
}
