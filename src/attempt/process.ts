import type { Journal } from '../store/index.ts';
import type { EndEvent } from './attempt.ts';
import { failureOf } from './failure.ts';

/** Exit codes of an attempt's process; the journal's last line says more. */
export const ATTEMPT_EXIT = { committed: 0, failed: 1, stopped: 3, internal: 4 } as const;

/** Ends the process before there is a journal to say why. */
export function refuse(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(ATTEMPT_EXIT.internal);
}

const exitCodeOf = (event: EndEvent): number => {
  if (event.type === 'attempt-committed') return ATTEMPT_EXIT.committed;
  if (event.type === 'attempt-stopped') return ATTEMPT_EXIT.stopped;
  return event.code === 'internal-error' ? ATTEMPT_EXIT.internal : ATTEMPT_EXIT.failed;
};

/**
 * Makes sure that the process says how it ended, whatever the stage's code does: errors that nobody catches,
 * `process.exit`, an event loop with nothing left in it. Returns what ends the process in the ordinary way.
 */
export function guardProcess(journal: Journal): (event: EndEvent) => never {
  let ended = false;
  const end = (event: EndEvent): void => {
    if (ended) return;
    ended = true;
    journal.write(event);
    journal.close();
    process.exitCode = exitCodeOf(event);
  };
  const crash = (error: unknown): never => {
    const failure = failureOf(error, 'stage');
    process.stderr.write(`${failure.stack ?? failure.message}\n`);
    end({ type: 'attempt-failed', ...failure });
    process.exit();
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
  process.on('beforeExit', () => {
    const message = 'the stage awaits something that can never happen: nothing was left to wait for';
    end({ type: 'attempt-failed', code: 'stage-never-ended', message });
  });
  process.on('exit', (code) => {
    const message = `the stage ended the process with exit code ${code}; a stage must return or throw`;
    end({ type: 'attempt-failed', code: 'stage-exited', message });
  });
  return (event) => {
    if (event.type === 'attempt-failed' && event.stack !== undefined)
      process.stderr.write(`${event.stack}\n`);
    end(event);
    process.exit();
  };
}
