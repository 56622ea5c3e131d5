import { Command, CommanderError } from 'commander';
import { EXIT, type ExitCode, exitCodeTable } from './exit-codes.ts';
import type { Io } from './io.ts';
import { example } from './words/parts.ts';
import { addPipelineCommands } from './words/pipelines.ts';
import { addProjectCommands } from './words/project.ts';
import { addRunCommands } from './words/runs.ts';
import { addStoreCommands } from './words/store.ts';

/** The commands; each loads its code only when it is called. `done` takes the exit code. */
export function createProgram(io: Io, version: string, done: (code: ExitCode) => void): Command {
  const program = new Command('pipe')
    .description(
      'Runs neural-architecture-search experiments: JSON pipelines of typed, cached, resumable stages.',
    )
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .showSuggestionAfterError()
    .addHelpText(
      'after',
      `${example('npx pipe run pipelines/enas-mnas.json', 'npx pipe run --help')}

Exit codes:
${exitCodeTable()
  .map(([code, meaning]) => `  ${code.padEnd(5)}${meaning}`)
  .join('\n')}`,
    );
  const command = (usage: string, description: string, ...examples: string[]): Command =>
    program
      .command(usage)
      .description(description)
      .helpOption('-h, --help', 'print this help')
      .addHelpText('after', example(...examples));

  const parts = { io, command, done };
  addPipelineCommands(parts);
  addRunCommands(parts);
  addStoreCommands(parts);
  addProjectCommands(parts);

  for (const each of everyCommand(program)) {
    each.exitOverride().configureOutput({
      writeOut: (text) => io.out.write(text),
      writeErr: (text) => io.err.write(text),
      getOutHelpWidth: () => Math.min(io.out.columns() ?? 80, 100),
      getErrHelpWidth: () => Math.min(io.err.columns() ?? 80, 100),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  }
  return program;
}

const everyCommand = (command: Command): Command[] => [command, ...command.commands.flatMap(everyCommand)];

/** Parses what was typed and runs the command it names. */
export async function runCommandLine(io: Io, version: string): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const program = createProgram(io, version, (found) => {
    code = found;
  });
  try {
    await program.parseAsync(io.arguments, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.ok : EXIT.badInput;
  }
  return code;
}
