import { type Command, Option } from 'commander';
import type { ExitCode } from './exit-codes.ts';
import type { Io } from './io.ts';
import type { StoreOptions } from './program.ts';

/** What commands are made with. */
export interface CommandParts {
  readonly io: Io;
  readonly command: (usage: string, description: string, ...examples: string[]) => Command;
  readonly json: () => Option;
  readonly store: () => Option;
  readonly done: (code: ExitCode) => void;
}

/** The commands that see runs, mark them and move them. */
export function addRunCommands({ io, command, json, store, done }: CommandParts): void {
  command(
    'status [run]',
    'say how far a run is, whoever drives it: all that go on, else the last one',
    'npx pipe status',
  )
    .addOption(store())
    .addOption(json())
    .action(async (run: string | undefined, options: StoreOptions) => {
      done(await (await import('./commands/status.ts')).status(io, run, options));
    });
  command(
    'watch [run]',
    'show a run that another terminal started, until it ends (default: the last one)',
    'npx pipe watch',
  )
    .addOption(store())
    .addOption(new Option('--json', 'print one event a line, from its beginning'))
    .action(async (run: string | undefined, options: StoreOptions) => {
      done(await (await import('./commands/watch.ts')).watch(io, run, options));
    });
  command(
    'export <run> <file>',
    'write a run with its artifacts, records, code and licences as one archive',
    'npx pipe export latest best.tar.gz',
  )
    .addOption(store())
    .addOption(json())
    .action(async (run: string, file: string, options: StoreOptions) => {
      done(await (await import('./commands/export.ts')).exportCommand(io, run, file, options));
    });
  command(
    'import <file>',
    'take an exported run into the store; of a damaged archive nothing is taken',
    'npx pipe import best.tar.gz',
  )
    .addOption(store())
    .addOption(json())
    .action(async (file: string, options: StoreOptions) => {
      done(await (await import('./commands/export.ts')).importCommand(io, file, options));
    });
}
