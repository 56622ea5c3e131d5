import { whyStage } from '../../engine/explain/why.ts';
import { findRun, findStage, parseStageReference } from '../../report/reference.ts';
import { whyLines } from '../../report/why.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { openExisting } from '../open.ts';
import type { StoreOptions } from '../options.ts';
import { reportProblems } from '../problems.ts';

/** Says why a stage of a run ran, or did not. */
export async function why(io: Io, text: string, { store: place, json }: StoreOptions): Promise<ExitCode> {
  const opened = await openExisting(io, place);
  if (!opened.ok) return reportProblems(io, opened.failures, { json });
  const { run, stage = '' } = parseStageReference(text);
  const result = await findRun(opened.value, run);
  if (!result.ok) return reportProblems(io, result.failures, { json });
  const found = findStage(result.value, stage);
  if (!found.ok) return reportProblems(io, found.failures, { json });
  const answer = await whyStage(opened.value, result.value, stage);
  if (!answer.ok) return reportProblems(io, answer.failures, { json });
  const written = json
    ? JSON.stringify(answer.value)
    : whyLines(answer.value, result.value.run, io.out.style).join('\n');
  io.out.write(`${written}\n`);
  return EXIT.ok;
}
