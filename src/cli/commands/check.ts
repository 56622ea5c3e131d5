import { checkRun } from '../../check/index.ts';
import { table } from '../../report/layout.ts';
import type { Style } from '../../report/style.ts';
import type { CheckReport, Finding } from '../../schema/generated/check.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { openRun } from '../open-run.ts';
import type { StoreOptions } from '../options.ts';
import { reportProblems } from '../problems.ts';

/** Derives again what a run says from its artifacts, whether in the store or exported; 1 when something differs. */
export async function check(io: Io, text: string, { store: place, json }: StoreOptions): Promise<ExitCode> {
  const opened = await openRun(io, place, text);
  if (!opened.ok) return reportProblems(io, opened.failures, { json });
  const { store, result, reference, close } = opened.value;
  try {
    if (reference.stage !== undefined) {
      const message = `check takes a whole run: ${reference.run} instead of ${text}`;
      return reportProblems(io, [{ code: 'not-a-run', message }], { json });
    }
    const report = await checkRun(store, result);
    io.out.write(json ? `${JSON.stringify(report)}\n` : `${checkLines(report, io.out.style).join('\n')}\n`);
    return report.agrees ? EXIT.ok : EXIT.failed;
  } finally {
    await close();
  }
}

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
