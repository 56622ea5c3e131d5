import { systemFailure } from '../base/system-failure.ts';
import { formatProblem } from '../schema/problem.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import type { Io } from './io.ts';

/** Says what was thrown: by the operating system, of what a person can mend; else by a bug of ours. */
export function reportThrown(io: Pick<Io, 'err'>, error: unknown): ExitCode {
  const failure = systemFailure(error);
  if (failure !== undefined) {
    io.err.write(`${formatProblem(failure, Math.min(io.err.columns() ?? 80, 100))}\n`);
    return EXIT.failed;
  }
  io.err.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  io.err.write('This is an error of naspipe itself, not of your pipeline.\n');
  return EXIT.internal;
}
