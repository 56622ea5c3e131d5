import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type Files, nodeFiles } from '../base/files.ts';
import { followJournal, readJournal } from '../store/index.ts';
import type { AttemptOutcome, Executor } from './executor.ts';

export interface LocalOptions {
  readonly files?: Files;
  /** Entry of the child process; default: this installation's. */
  readonly entry?: string;
}

/** Descriptor by which the child holds the lock, after standard input, output and error. */
const LOCK_DESCRIPTOR = 3;

/** Signals that ask an attempt to stop: they end one that is too young to listen. */
const STOPPING: ReadonlySet<NodeJS.Signals | null> = new Set(['SIGINT', 'SIGTERM', 'SIGUSR2'] as const);

/** The built entry, from the sources as from the built files. */
const builtEntry = (): string => fileURLToPath(new URL('../../dist/attempt/main.js', import.meta.url));

/** Runs attempts as child processes on this machine, in the driver's process group. */
export function localExecutor({ files = nodeFiles, entry = builtEntry() }: LocalOptions = {}): Executor {
  return {
    name: 'local',
    start(attempt, { lock, env = process.env }) {
      const log = files.appender(attempt.log);
      const child = spawn(
        process.execPath,
        [entry, attempt.directory, '--channel', '--lock', `${LOCK_DESCRIPTOR}`],
        { stdio: ['pipe', log.descriptor, log.descriptor, lock.descriptor], env },
      );
      log.close();
      // A child that is gone makes writing to its channel fail: its end says so by itself.
      child.stdin!.on('error', () => {});
      const ended = once(child, 'exit').then(
        ([exitCode, signal]) =>
          ({ exitCode, signal }) as { exitCode: number | null; signal: NodeJS.Signals | null },
      );

      async function outcome(): Promise<AttemptOutcome> {
        const { exitCode, signal } = await ended.catch((error: Error) => {
          throw new Error(`internal error: expected a child process, got ${error.message}`);
        });
        const last = (await readJournal(files, attempt.journal)).at(-1)?.event;
        switch (last?.type) {
          case 'attempt-committed':
            return { status: 'committed', event: last };
          case 'attempt-stopped':
            return { status: 'stopped', ...(last.step === undefined ? {} : { step: last.step }) };
          case 'attempt-failed': {
            const { code, message, stack } = last;
            return { status: 'failed', code, message, ...(stack === undefined ? {} : { stack }) };
          }
          default:
            if (STOPPING.has(signal)) return { status: 'stopped' };
            return signal ? { status: 'killed', signal } : { status: 'killed', exitCode: exitCode ?? 0 };
        }
      }

      const result = outcome();
      return {
        attempt,
        pid: child.pid,
        entries: followJournal(files, attempt.journal, result),
        outcome: result,
        stop: () => void child.stdin!.write('stop\n'),
        kill: () => void child.kill('SIGKILL'),
      };
    },
  };
}
