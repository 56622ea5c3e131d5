import { acceptEdit, revokeAcceptance } from '../../engine/explain/accept.ts';
import { loadProject } from '../../engine/identity/project.ts';
import { acceptedLines, revokedLines } from '../../report/accept.ts';
import { findRun, findStage, parseStageReference } from '../../report/reference.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { openExisting } from '../open.ts';
import type { StoreOptions } from '../options.ts';
import { reportProblems } from '../problems.ts';

export interface AcceptOptions extends StoreOptions {
  readonly reason?: string;
  readonly revoke?: true;
}

/** Declares that an edit of a stage's code changes no result, or takes that back. Nothing is executed. */
export async function accept(io: Io, text: string, options: AcceptOptions): Promise<ExitCode> {
  const { json, revoke } = options;
  const reason = options.reason?.trim() || undefined;
  if (reason === undefined && !revoke) {
    const message = `say why the edit changes no result: npx pipe accept ${text} --reason "renamed a variable"`;
    return reportProblems(io, [{ code: 'no-reason', message }], { json });
  }
  const opened = await openExisting(io, options.store);
  if (!opened.ok) return reportProblems(io, opened.failures, { json });
  const { run, stage = '' } = parseStageReference(text);
  const result = await findRun(opened.value, run);
  if (!result.ok) return reportProblems(io, result.failures, { json });
  const found = findStage(result.value, stage);
  if (!found.ok) return reportProblems(io, found.failures, { json });
  const project = await loadProject(io.directory);
  const request = { project, store: opened.value, run: result.value, stage, clock: io.clock };
  const done = revoke ? await revokeAcceptance(request, reason) : await acceptEdit(request, reason!);
  if (!done.ok) return reportProblems(io, done.failures, { json });
  const lines = (revoke ? revokedLines : acceptedLines)(done.value, io.out.style);
  io.out.write(`${json ? JSON.stringify(done.value) : lines.join('\n')}\n`);
  return EXIT.ok;
}
