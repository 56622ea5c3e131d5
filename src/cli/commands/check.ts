import { ok, type Result } from '../../base/result.ts';
import { checkRun } from '../../check/index.ts';
import { replayStage } from '../../engine/index.ts';
import { table } from '../../report/layout.ts';
import { findStage } from '../../report/reference.ts';
import type { Style } from '../../report/style.ts';
import { differenceText } from '../../report/verify.ts';
import type { CheckReport, Finding } from '../../schema/generated/check.ts';
import type { RunResult } from '../../schema/generated/run-result.ts';
import type { Store } from '../../store/index.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { openRun } from '../open-run.ts';
import type { StoreOptions } from '../options.ts';
import { reportProblems } from '../problems.ts';

/** Derives again what a run says from its artifacts, whether in the store or exported; 1 when something differs. */
export async function check(
  io: Io,
  text: string,
  { store: place, json, replay }: StoreOptions & { readonly replay?: string },
): Promise<ExitCode> {
  const opened = await openRun(io, place, text);
  if (!opened.ok) return reportProblems(io, opened.failures, { json });
  const { store, result, reference, close } = opened.value;
  try {
    if (reference.stage !== undefined) {
      const message = `check takes a whole run: ${reference.run} instead of ${text}`;
      return reportProblems(io, [{ code: 'not-a-run', message }], { json });
    }
    const replayed = replay === undefined ? undefined : await replayFinding(store, result, replay);
    if (replayed?.ok === false) {
      reportProblems(io, replayed.failures, { json });
      return replayed.failures[0]!.code === 'replay-failed' ? EXIT.failed : EXIT.badInput;
    }
    const derived = await checkRun(store, result);
    const report = replayed === undefined ? derived : withFinding(derived, replayed.value);
    io.out.write(json ? `${JSON.stringify(report)}\n` : `${checkLines(report, io.out.style).join('\n')}\n`);
    return report.agrees ? EXIT.ok : EXIT.failed;
  } finally {
    await close();
  }
}

/** Runs a stage again, and says whether the same came out. */
async function replayFinding(store: Store, result: RunResult, stage: string): Promise<Result<Finding>> {
  const found = findStage(result, stage);
  if (!found.ok) return found;
  const replayed = await replayStage(store, stage, found.value, { fromCheckpoint: true });
  if (!replayed.ok) return replayed;
  const { same, determinism, resumedFrom, difference } = replayed.value;
  const where =
    resumedFrom === undefined ? 'from its beginning' : `from its checkpoint at step ${resumedFrom}`;
  const [status, outcome] = same
    ? (['agrees', 'all outputs are equal, byte for byte'] as const)
    : determinism === 'exact'
      ? (['differs', differenceText(difference!)] as const)
      : (['unchecked', `its type promises no equal bytes (${determinism})`] as const);
  return ok({ stage, what: 'run again', status, detail: `${where}: ${outcome}` });
}

const withFinding = ({ run, agrees, findings }: CheckReport, finding: Finding): CheckReport => ({
  run,
  agrees: agrees && finding.status !== 'differs',
  findings: [...findings, finding],
});

function checkLines({ run, findings }: CheckReport, style: Style): string[] {
  const marks: Readonly<Record<Finding['status'], string>> = {
    agrees: style.green('✔'),
    differs: style.red('✖'),
    unchecked: style.dim('–'),
  };
  const rows = table(findings.map(({ stage, what, detail }) => [stage, what, detail]));
  const count = (status: Finding['status']) => findings.filter((each) => each.status === status).length;
  const [differs, open] = [count('differs'), count('unchecked')];
  return [
    ...rows.map((row, index) => ` ${marks[findings[index]!.status]} ${row}`),
    '',
    `run ${run}: ${count('agrees')} agree, ${differs} ${differs === 1 ? 'differs' : 'differ'}, ${open} could not be checked`,
  ];
}
