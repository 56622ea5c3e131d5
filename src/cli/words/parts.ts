import type { Command } from 'commander';
import type { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';

/** What commands are made with. */
export interface CommandParts {
  readonly io: Io;
  /** Makes a command with its help and examples. */
  readonly command: (usage: string, description: string, ...examples: string[]) => Command;
  /** Takes the exit code. */
  readonly done: (code: ExitCode) => void;
}

/** The end of a help text: lines that a person can type. */
export const example = (...lines: string[]): string =>
  `\nExample${lines.length > 1 ? 's' : ''}:\n${lines.map((line) => `  $ ${line}`).join('\n')}`;
