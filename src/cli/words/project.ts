import { Option } from 'commander';
import { json, type StoreOptions, store } from '../options.ts';
import { type CommandParts, example } from './parts.ts';

/** The commands about stage types and the machine. */
export function addProjectCommands({ io, command, done }: CommandParts): void {
  command(
    'types [type]',
    'list the stage types, or print the reference of one',
    'npx pipe types evaluate',
    'npx pipe types --write',
  )
    .addOption(
      new Option(
        '--write',
        "write the project's pipeline schema for editors and its stages' TypeScript types",
      ),
    )
    .addOption(json())
    .action(async (type: string | undefined, options: { json?: true; write?: true }) => {
      done(await (await import('../commands/types.ts')).types(io, type, options));
    });
  command('doctor', 'say what this machine offers, what is missing and how to mend it', 'npx pipe doctor')
    .addOption(store())
    .addOption(json())
    .action(async (options: StoreOptions) => {
      done(await (await import('../commands/doctor.ts')).doctor(io, options));
    });
  const create = command('new', 'make the files of something new', 'npx pipe new stage distil');
  create
    .command('stage <type>')
    .description('make a stage type: its schema below schemas/, its code below stages/, its types')
    .helpOption('-h, --help', 'print this help')
    .addOption(json())
    .addHelpText('after', example('npx pipe new stage distil'))
    .action(async (type: string, options: { json?: true }) => {
      done(await (await import('../commands/new-stage.ts')).newStage(io, type, options));
    });
}
