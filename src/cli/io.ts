import type { Clock } from '../base/clock.ts';
import type { Executor } from '../executors/index.ts';
import { type Style, styleFor } from '../report/style.ts';

/** A stream that text goes to. */
export interface Out {
  readonly write: (text: string) => void;
  /** Columns of the terminal; undefined when it is none. */
  readonly columns: () => number | undefined;
  readonly style: Style;
}

/** The process as commands see it. */
export interface Io {
  readonly out: Out;
  readonly err: Out;
  /** What was typed after `pipe`. */
  readonly arguments: readonly string[];
  /** Current directory, absolute. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Where attempts run; child processes of this one where absent. */
  readonly executor?: Executor;
  /** Calls back on each Ctrl-C or SIGTERM until the returned function is called. */
  readonly onInterrupt: (callback: (signal: 'SIGINT' | 'SIGTERM') => void) => () => void;
}

/** A reader that has gone away (`pipe runs | head`) is no error. */
function out(stream: NodeJS.WriteStream, environment: Io['environment']): Out {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  return {
    write: (text) => void stream.write(text),
    columns: () => (stream.isTTY && stream.columns > 0 ? stream.columns : undefined),
    style: styleFor(stream, environment),
  };
}

export function processIo(clock: Clock): Io {
  return {
    out: out(process.stdout, process.env),
    err: out(process.stderr, process.env),
    arguments: process.argv.slice(2),
    directory: process.cwd(),
    environment: process.env,
    clock,
    onInterrupt(callback) {
      const signals = ['SIGINT', 'SIGTERM'] as const;
      for (const signal of signals) process.on(signal, callback);
      return () => {
        for (const signal of signals) process.off(signal, callback);
      };
    },
  };
}

/** The command as it could be typed again. */
export const commandText = ({ arguments: words }: Pick<Io, 'arguments'>): string =>
  ['npx pipe', ...words.map(shellWord)].join(' ');

const shellWord = (word: string): string =>
  /^[\w./:=@,+%-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
