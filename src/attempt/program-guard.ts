import { spawn } from 'node:child_process';
import { Socket } from 'node:net';

/**
 * Entry of the process between an attempt and its program: `program-guard.js <program> [argument]…`, the leader of a
 * process group of its own. It starts the program in that group and ends the whole group when standard input ends:
 * because the attempt asks for it, or because the attempt is gone, even by SIGKILL. Nothing that the program started
 * outlives it. How the program ended is written to descriptor 3 as JSON.
 */

/** How a program ended; `error` is Node's code when it could not be started. */
export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly error?: string;
}

/** Time that a program has to end after SIGTERM, milliseconds. */
const GRACE_MS = 5000;

const [program = '', ...words] = process.argv.slice(2);
const report = new Socket({ fd: 3, readable: false, writable: true });

/** Ends the group, this process included. */
const endGroup = (): void => void process.kill(-process.pid, 'SIGKILL');

const end = (how: ProgramEnd): void => void report.end(JSON.stringify(how), endGroup);

process.on('SIGTERM', () => {}); // sent to the group below; this process ends last
process.on('SIGINT', () => {});
const child = spawn(program, words, { stdio: ['ignore', 'inherit', 'inherit', 'ignore'] });
child.on('error', (error: NodeJS.ErrnoException) =>
  end({ code: null, signal: null, error: error.code ?? '?' }),
);
child.on('exit', (code, signal) => end({ code, signal }));

process.stdin.resume().on('end', () => {
  process.kill(-process.pid, 'SIGTERM');
  setTimeout(endGroup, GRACE_MS);
});
