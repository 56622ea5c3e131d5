import { fsckLines } from '../../report/verify.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { openExisting } from '../open.ts';
import type { StoreOptions } from '../options.ts';
import { reportProblems } from '../problems.ts';
import { shownPath } from '../render/header.ts';

/** Checks all of a store, every byte; with `--repair` mends what it finds. */
export async function fsck(
  io: Io,
  { store: place, json, ...options }: StoreOptions & { readonly repair?: true },
): Promise<ExitCode> {
  const repair = options.repair ?? false;
  const opened = await openExisting(io, place, true);
  if (!opened.ok) return reportProblems(io, opened.failures, { json });
  const report = await opened.value.check(repair);
  if (json) io.out.write(`${JSON.stringify(report, null, 2)}\n`);
  else
    for (const line of fsckLines(report, (file) => shownPath(file, io.directory))) io.out.write(`${line}\n`);
  return report.findings.length === 0 || repair ? EXIT.ok : EXIT.failed;
}
