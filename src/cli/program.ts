import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { EXIT, type ExitCode, exitCodeTable } from './exit-codes.ts';
import type { Io } from './io.ts';

/** What the options of a command come to; only what the command declares is there. */
export interface StoreOptions {
  readonly store?: string;
  readonly json?: true;
}

export interface PlanOptions extends StoreOptions {
  /** `stage.params.x=value`, in the order given. */
  readonly set: readonly string[];
  readonly seed?: number;
  readonly backend?: 'cpu' | 'tf';
  readonly threads?: number;
  readonly device?: string;
}

/** What decides how a pipeline is loaded. */
export interface PipelineOptions extends PlanOptions {
  /** Stage ids. */
  readonly force: readonly string[];
}

export interface RunOptions extends PipelineOptions {
  readonly jobs?: number;
  readonly keepGoing?: true;
  /** Seconds. */
  readonly checkpoint?: number;
  readonly quiet?: true;
}

const integerFrom =
  (least: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) {
      throw new InvalidArgumentError(`Expected a whole number from ${least}.`);
    }
    return value;
  };

const list = (text: string, before: readonly string[]): string[] => [...before, text];

const json = (): Option => new Option('--json', 'print JSON instead of text');

const store = (): Option =>
  new Option('--store <directory>', 'where artifacts lie (default: artifacts/ of the project)').env(
    'PIPE_STORE',
  );

/** What `run` and `plan` share: it decides which stages run. */
function pipelineOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--set <assignment>', 'replace a value, as in train.params.epochs=20 (repeatable)')
        .argParser(list)
        .default([], 'none'),
    )
    .addOption(new Option('--seed <n>', 'seed of everything random').argParser(integerFrom(0)))
    .addOption(
      new Option('--backend <name>', 'what trains (default: cpu, unless tf finds a GPU)')
        .choices(['cpu', 'tf'])
        .env('PIPE_BACKEND'),
    )
    .addOption(
      new Option('--threads <n>', 'worker threads of the backend; never changes results').argParser(
        integerFrom(1),
      ),
    )
    .addOption(new Option('--device <label>', 'name of the device measured (default: the CPU model)'))
    .addOption(store());
}

const example = (...lines: string[]): string =>
  `\nExample${lines.length > 1 ? 's' : ''}:\n${lines.map((line) => `  $ ${line}`).join('\n')}`;

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
  .map(([code, meaning]) => `  ${code}  ${meaning}`)
  .join('\n')}`,
    );
  const command = (usage: string, description: string, ...examples: string[]): Command =>
    program
      .command(usage)
      .description(description)
      .helpOption('-h, --help', 'print this help')
      .addHelpText('after', example(...examples));

  pipelineOptions(
    command(
      'run <pipeline>',
      'run what is not in the store yet; Ctrl-C stops at a checkpoint, the same command goes on',
      'npx pipe run pipelines/enas-mnas.json',
      'npx pipe run pipelines/enas-mnas.json --set search.params.reward=mnas-soft',
    ),
  )
    .addOption(
      new Option('--force <stage>', 'run this stage although its outputs are there (repeatable)')
        .argParser(list)
        .default([], 'none'),
    )
    .addOption(
      new Option('--jobs <n>', 'most stages at a time (default: as many as the machine carries)').argParser(
        integerFrom(1),
      ),
    )
    .addOption(new Option('--keep-going', 'after a failure, go on with the stages that do not need it'))
    .addOption(
      new Option(
        '--checkpoint <seconds>',
        'time between checkpoints; 0: after every step (default: 10)',
      ).argParser(integerFrom(0)),
    )
    .addOption(new Option('--quiet', 'print only the result and what went wrong').conflicts('json'))
    .addOption(new Option('--json', 'print one event a line; the last is run-finished'))
    .action(async (pipeline: string, options: RunOptions) => {
      done(await (await import('./commands/run.ts')).run(io, pipeline, options));
    });
  pipelineOptions(
    command(
      'plan <pipeline>',
      'say what would run, why, and how long it would take',
      'npx pipe plan pipelines/enas-mnas.json --set search.params.steps=3000',
    ),
  )
    .addOption(json())
    .action(async (pipeline: string, options: PlanOptions) => {
      done(await (await import('./commands/plan.ts')).plan(io, pipeline, options));
    });
  command(
    'why <stage>',
    'say why a stage of the last run ran, or did not; <run>:<stage> asks of another run',
    'npx pipe why train',
  )
    .addOption(store())
    .addOption(json())
    .action(async (stage: string, options: StoreOptions) => {
      done(await (await import('./commands/why.ts')).why(io, stage, options));
    });
  command('runs', 'list the runs in the store, the last one first', 'npx pipe runs')
    .addOption(store())
    .addOption(json())
    .action(async (options: StoreOptions) => {
      done(await (await import('./commands/runs.ts')).runs(io, options));
    });
  command(
    'show <what>',
    'show a run, a stage of it, or an artifact: <run>, <run>:<stage>, <run>:<stage>/<port>',
    'npx pipe show latest',
    'npx pipe show latest:train/model',
    'npx pipe show latest --html report.html',
  )
    .addOption(new Option('--html <file>', 'write a report of the run as one HTML file').conflicts('json'))
    .addOption(store())
    .addOption(json())
    .action(async (what: string, options: StoreOptions & { html?: string }) => {
      done(await (await import('./commands/show.ts')).show(io, what, options));
    });
  command(
    'diff <a> <b>',
    'compare two runs, or two stages (<run>:<stage>); a run is its id, the start of it, or latest',
    'npx pipe diff 3f2 latest',
  )
    .addOption(store())
    .addOption(json())
    .action(async (a: string, b: string, options: StoreOptions) => {
      done(await (await import('./commands/diff.ts')).diff(io, a, b, options));
    });
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
      done(await (await import('./commands/types.ts')).types(io, type, options));
    });
  command('doctor', 'say what this machine offers, what is missing and how to mend it', 'npx pipe doctor')
    .addOption(store())
    .addOption(json())
    .action(async (options: StoreOptions) => {
      done(await (await import('./commands/doctor.ts')).doctor(io, options));
    });
  command(
    'logs <stage>',
    'print what the last attempt at a stage printed: <stage> or <run>:<stage>',
    'npx pipe logs latest:train',
  )
    .addOption(store())
    .addOption(new Option('--json', 'print its journal instead, one event a line'))
    .action(async (stage: string, options: StoreOptions) => {
      done(await (await import('./commands/logs.ts')).logs(io, stage, options));
    });
  const create = command('new', 'make the files of something new', 'npx pipe new stage distil');
  create
    .command('stage <type>')
    .description('make a stage type: its schema below schemas/, its code below stages/, its types')
    .helpOption('-h, --help', 'print this help')
    .addOption(json())
    .addHelpText('after', example('npx pipe new stage distil'))
    .action(async (type: string, options: { json?: true }) => {
      done(await (await import('./commands/new-stage.ts')).newStage(io, type, options));
    });

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
