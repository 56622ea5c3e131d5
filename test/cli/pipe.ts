import { spawn } from 'node:child_process';
import * as path from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import type { Io, Out } from '../../src/cli/io.ts';
import { runCommandLine } from '../../src/cli/program.ts';
import { plainStyle } from '../../src/report/style.ts';
import { repository } from '../engine/project.ts';

const MAIN = path.join(repository, 'dist', 'cli', 'main.js');

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** `pipe` as a process in a directory, without a terminal and without the caller's own settings. */
export function start(directory: string, ...words: string[]) {
  const { PIPE_STORE: _, PIPE_BACKEND: __, FORCE_COLOR: ___, ...env } = process.env;
  const child = spawn(process.execPath, [MAIN, ...words], {
    cwd: directory,
    env: { ...env, TZ: 'UTC' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const ended = new Promise<Ended>((resolve) => child.on('close', (code) => resolve({ code, out, err })));
  return {
    child,
    ended,
    /** Waits until the output has a text. */
    async saw(text: string): Promise<void> {
      while (!out.includes(text)) {
        if (child.exitCode !== null) throw new Error(`it ended without "${text}":\n${out}${err}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
}

/** Runs `pipe` to its end. */
export const pipe = (directory: string, ...words: string[]): Promise<Ended> =>
  start(directory, ...words).ended;

/** Run ids, times and digests replaced by words, so that whole outputs can be compared. */
export const masked = (text: string): string =>
  text
    .replace(/\b\d{6}-\d{6}-[0-9a-z]{2}\b/g, '<run>')
    .replace(/\b\d{4}-\d\d-\d\d \d\d:\d\d\b/g, '<when>')
    .replace(/\b\d\d:\d\d:\d\d\b/g, '<time>')
    .replace(/\b(\d+m\d\ds|\d+(\.\d)?s)(?![a-z])/g, '<took>')
    .replace(/\b[0-9a-f]{64}\b/g, '<digest>');

/** The same in this process: what is asked of a store needs no process of its own. */
export async function pipeHere(directory: string, ...words: string[]): Promise<Ended> {
  let [out, err] = ['', ''];
  const stream = (write: (text: string) => void): Out => ({
    write,
    columns: () => undefined,
    style: plainStyle,
  });
  const io: Io = {
    out: stream((text) => (out += text)),
    err: stream((text) => (err += text)),
    arguments: words,
    directory,
    environment: {},
    clock: systemClock,
    onInterrupt: () => () => {},
  };
  const code = await runCommandLine(io, '0.0.0');
  return { code, out, err };
}
