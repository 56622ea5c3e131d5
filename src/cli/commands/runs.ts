import { headlineOf } from '../../report/headline.ts';
import { type RunRow, runsJson, runsTable } from '../../report/runs.ts';
import { storeSource } from '../../report/source.ts';
import type { RunResult } from '../../schema/generated/run-result.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { openExisting } from '../open.ts';
import { reportProblems } from '../problems.ts';
import type { StoreOptions } from '../program.ts';

/** Lists the runs of a store, the last one first. */
export async function runs(io: Io, { store: place, json }: StoreOptions): Promise<ExitCode> {
  const opened = await openExisting(io, place);
  if (!opened.ok) return reportProblems(io, opened.failures, { json });
  const store = opened.value;
  const source = storeSource(store);
  const rows: RunRow[] = [];
  for (const id of (await store.runs.list()).reverse()) {
    const result = (await store.runs.results(id)) as RunResult | undefined;
    rows.push(result ? { id, result, headline: await headlineOf(result, source) } : { id, headline: {} });
  }
  if (json) io.out.write(`${JSON.stringify({ runs: runsJson(rows) })}\n`);
  else if (rows.length === 0) io.out.write('no runs yet\n');
  else io.out.write(`${runsTable(rows).join('\n')}\n`);
  return EXIT.ok;
}
