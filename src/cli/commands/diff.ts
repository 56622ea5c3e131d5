import { fail, type Result } from '../../base/result.ts';
import { compareRuns } from '../../report/diff.ts';
import { comparisonLines } from '../../report/diff-text.ts';
import { findRun, findStage, parseReference } from '../../report/reference.ts';
import type { RunResult } from '../../schema/generated/run-result.ts';
import type { Problem } from '../../schema/problem.ts';
import type { Store } from '../../store/index.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { openExisting } from '../open.ts';
import { reportProblems } from '../problems.ts';
import type { StoreOptions } from '../program.ts';

/** Compares two runs or two stages: exit code 0 when they are the same, 1 when they differ. */
export async function diff(
  io: Io,
  textA: string,
  textB: string,
  { store: place, json }: StoreOptions,
): Promise<ExitCode> {
  const opened = await openExisting(io, place);
  if (!opened.ok) return reportProblems(io, opened.failures, { json });
  const store = opened.value;
  const [a, b] = [await find(store, textA), await find(store, textB)];
  if (!a.ok || !b.ok) {
    const wrong = [...(a.ok ? [] : a.failures), ...(b.ok ? [] : b.failures)];
    return reportProblems(io, wrong, { json });
  }
  if ((a.value.stage === undefined) !== (b.value.stage === undefined)) {
    const message = 'compare a run with a run, or a stage with a stage (<run>:<stage>)';
    return reportProblems(io, [{ code: 'run-and-stage', message }], { json });
  }
  const only =
    a.value.stage !== undefined && b.value.stage !== undefined
      ? { a: a.value.stage, b: b.value.stage }
      : undefined;
  const comparison = await compareRuns(store, a.value.result, b.value.result, only);
  const names = { a: textA, b: textB };
  io.out.write(
    json
      ? `${JSON.stringify(comparison)}\n`
      : `${comparisonLines(comparison, io.out.style, names).join('\n')}\n`,
  );
  return comparison.same ? EXIT.ok : EXIT.failed;
}

async function find(
  store: Store,
  text: string,
): Promise<Result<{ readonly result: RunResult; readonly stage?: string }, Problem>> {
  const { run, stage, port } = parseReference(text);
  if (port !== undefined) {
    const message = `diff compares runs and stages, with every output: ${run}:${stage} instead of ${text}`;
    return fail({ code: 'not-a-stage', message });
  }
  const found = await findRun(store, run);
  if (!found.ok) return found;
  if (stage === undefined) return { ok: true, value: { result: found.value } };
  const of = findStage(found.value, stage);
  return of.ok ? { ok: true, value: { result: found.value, stage } } : of;
}
