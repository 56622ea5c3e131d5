import { nodeFiles, readText } from '../../base/files.ts';
import { journalLines } from '../../report/journal.ts';
import { findRun, findStage, parseStageReference } from '../../report/reference.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { openExisting } from '../open.ts';
import { reportProblems } from '../problems.ts';
import type { StoreOptions } from '../program.ts';

/** Prints what happened in the last attempt at a stage and what it printed; as JSON its journal. */
export async function logs(io: Io, text: string, { store: place, json }: StoreOptions): Promise<ExitCode> {
  const store = await openExisting(io, place);
  if (!store.ok) return reportProblems(io, store.failures, { json });
  const { run, stage } = parseStageReference(text);
  const result = await findRun(store.value, run);
  if (!result.ok) return reportProblems(io, result.failures, { json });
  const found = findStage(result.value, stage ?? '');
  if (!found.ok) return reportProblems(io, found.failures, { json });
  const { fingerprint, status } = found.value;
  const { attempts } = store.value;
  const id = found.value.attempt ?? (fingerprint && (await attempts.list(fingerprint)).at(-1));
  if (fingerprint === undefined || id === undefined) {
    const message = `stage ${stage} of run ${result.value.run} has no log: ${status.replace('-', ' ')}`;
    return reportProblems(io, [{ code: 'no-log', message }], { json });
  }
  const attempt = attempts.at(fingerprint, id);
  const entries = await attempts.entries(attempt);
  if (json) {
    for (const entry of entries) io.out.write(`${JSON.stringify(entry)}\n`);
    return EXIT.ok;
  }
  io.out.write(`${io.out.style.bold(attempt.journal)}\n`);
  for (const line of journalLines(entries)) io.out.write(`${line}\n`);
  const printed = (await nodeFiles.stat(attempt.log)) ? await readText(nodeFiles, attempt.log) : '';
  if (printed !== '') io.out.write(`\n${io.out.style.bold(attempt.log)}\n${printed}`);
  return EXIT.ok;
}
