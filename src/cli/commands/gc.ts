import { gcLines } from '../../report/gc.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { openExisting } from '../open.ts';
import type { GcOptions } from '../options.ts';
import { reportProblems } from '../problems.ts';

/** Removes from a store what nothing needs; with `--dry-run` says what that would be. */
export async function gc(io: Io, options: GcOptions): Promise<ExitCode> {
  const { dryRun = false, keepLast, budget, remembered, grace, json } = options;
  const opened = await openExisting(io, options.store);
  if (!opened.ok) return reportProblems(io, opened.failures, { json });
  const plan = await opened.value.collect({
    dryRun,
    graceMs: grace * 1000,
    ...(keepLast !== undefined && { keepLast }),
    ...(budget !== undefined && { budget }),
    ...(remembered !== undefined && { remembered }),
    waiting: () => io.err.write('waits for a look-up or a commit of another process to end\n'),
  });
  if (json) io.out.write(`${JSON.stringify({ dryRun, ...plan }, null, 2)}\n`);
  else for (const line of gcLines(plan, dryRun)) io.out.write(`${line}\n`);
  return EXIT.ok;
}
