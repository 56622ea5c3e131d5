import { EXIT, type ExitCode } from './exit-codes.ts';
import type { Io } from './io.ts';

/** Says what a bug of ours has thrown. */
export function reportInternal(io: Pick<Io, 'err'>, error: unknown): ExitCode {
  io.err.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  io.err.write('This is an error of naspipe itself, not of your pipeline.\n');
  return EXIT.internal;
}
