import { fail, ok, type Result } from '../../base/result.ts';
import { compareRuns } from '../../report/diff.ts';
import { comparisonLines } from '../../report/diff-text.ts';
import { findStage } from '../../report/reference.ts';
import type { Problem } from '../../schema/problem.ts';
import { readBeside } from '../../transfer/index.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { type OpenedRun, openRun } from '../open-run.ts';
import type { StoreOptions } from '../options.ts';
import { reportProblems } from '../problems.ts';

/** Compares two runs or two stages, in the store or exported: exit code 0 when they are the same, 1 when they differ. */
export async function diff(
  io: Io,
  textA: string,
  textB: string,
  { store: place, json }: StoreOptions,
): Promise<ExitCode> {
  const a = await openRun(io, place, textA);
  const b = await openRun(io, place, textB);
  try {
    if (!a.ok || !b.ok) {
      const wrong = [...(a.ok ? [] : a.failures), ...(b.ok ? [] : b.failures)];
      // a store that is not there is missing for both
      const once = wrong.filter(({ message }, n) => n === 0 || message !== wrong[0]!.message);
      return reportProblems(io, once, { json });
    }
    const sides = [checked(a.value, textA), checked(b.value, textB)] as const;
    const wrong = sides.flatMap((side) => (side.ok ? [] : side.failures));
    if (wrong.length > 0) return reportProblems(io, wrong, { json });
    const [stageA, stageB] = [a.value.reference.stage, b.value.reference.stage];
    if ((stageA === undefined) !== (stageB === undefined)) {
      const message = 'compare a run with a run, or a stage with a stage (<run>:<stage>)';
      return reportProblems(io, [{ code: 'run-and-stage', message }], { json });
    }
    const only = stageA !== undefined && stageB !== undefined ? { a: stageA, b: stageB } : undefined;
    const store = readBeside(a.value.store, b.value.store);
    const comparison = await compareRuns(store, a.value.result, b.value.result, only);
    const names = { a: textA, b: textB };
    io.out.write(
      json
        ? `${JSON.stringify(comparison)}\n`
        : `${comparisonLines(comparison, io.out.style, names).join('\n')}\n`,
    );
    return comparison.same ? EXIT.ok : EXIT.failed;
  } finally {
    if (a.ok) await a.value.close();
    if (b.ok) await b.value.close();
  }
}

/** Whether a reference is one that can be compared: a run, or a stage of it. */
function checked({ result, reference }: OpenedRun, text: string): Result<unknown, Problem> {
  const { run, stage, port } = reference;
  if (port !== undefined) {
    const message = `diff compares runs and stages, with every output: ${run}:${stage} instead of ${text}`;
    return fail({ code: 'not-a-stage', message });
  }
  return stage === undefined ? ok(undefined) : findStage(result, stage);
}
