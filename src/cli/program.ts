import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { EXIT, type ExitCode, exitCodeTable } from './exit-codes.ts';
import type { Io } from './io.ts';
import { addRunCommands } from './program-runs.ts';
import { addStoreCommands } from './store-commands.ts';

/** What the options of a command come to; only what the command declares is there. */
export interface StoreOptions {
  readonly store?: string;
  readonly json?: true;
}

/** What decides which stages run, and on what. */
export interface PipelineOptions extends StoreOptions {
  /** `stage.params.x=value`, in the order given. */
  readonly set: readonly string[];
  readonly seed?: number;
  readonly backend?: 'cpu' | 'tf';
  readonly threads?: number;
  readonly device?: string;
  /** Names of stages. */
  readonly only: readonly string[];
  readonly from: readonly string[];
  readonly until: readonly string[];
  readonly force: readonly string[];
}

export interface RunOptions extends PipelineOptions {
  /** File that `plan --out` wrote. */
  readonly plan?: string;
  readonly jobs?: number;
  /** Milliseconds. */
  readonly timeout?: number;
  readonly keepGoing?: true;
  /** Seconds. */
  readonly checkpoint?: number;
  readonly quiet?: true;
  readonly tag: readonly string[];
  readonly note?: string;
}

const integerFrom =
  (least: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) {
      throw new InvalidArgumentError(`Expected a whole number from ${least} to 2^53 - 1.`);
    }
    return value;
  };

/** A duration in milliseconds: `90` or `90s`, `30m`, `2h`. */
const durationOf = (text: string): number => {
  const found = /^(\d+(?:\.\d+)?)([smh]?)$/.exec(text);
  const milliseconds = Number(found?.[1]) * { s: 1e3, m: 6e4, h: 3.6e6 }[found?.[2] || 's']!;
  if (!(milliseconds > 0 && milliseconds < 2 ** 31)) {
    throw new InvalidArgumentError('Expected a time such as 90s, 30m or 2h, at most 24 days.');
  }
  return milliseconds;
};

const list = (text: string, before: readonly string[]): string[] => [...before, text];

const json = (): Option => new Option('--json', 'print JSON instead of text');

const store = (): Option =>
  new Option('--store <directory>', 'where artifacts lie (default: artifacts/ of the project)').env(
    'PIPE_STORE',
  );

const stages = (flags: string, description: string): Option =>
  new Option(flags, description).argParser(list).default([], 'none');

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
    .addOption(stages('--only <stage>', 'only this stage (repeatable); what it needs must be in the store'))
    .addOption(stages('--from <stage>', 'this stage and what comes after it (repeatable)'))
    .addOption(stages('--until <stage>', 'this stage and what it needs (repeatable)'))
    .addOption(stages('--force <stage>', 'run this stage although its outputs are there (repeatable)'))
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
      'run [pipeline]',
      'run what is not in the store yet; Ctrl-C stops at a checkpoint, the same command goes on',
      'npx pipe run pipelines/enas-mnas.json',
      'npx pipe run pipelines/enas-mnas.json --set search.params.reward=mnas-soft',
      'npx pipe run --plan plan.json',
    ),
  )
    .addOption(
      new Option('--jobs <n>', 'most stages at a time (default: as many as the machine carries)').argParser(
        integerFrom(1),
      ),
    )
    .addOption(
      new Option(
        '--timeout <time>',
        'longest that a stage may run, as in 90s, 30m or 2h; then it fails',
      ).argParser(durationOf),
    )
    .addOption(new Option('--plan <file>', 'do exactly what plan --out wrote, or say what has changed'))
    .addOption(new Option('--keep-going', 'after a failure, go on with the stages that do not need it'))
    .addOption(
      new Option(
        '--checkpoint <seconds>',
        'time between checkpoints; 0: after every step (default: 10)',
      ).argParser(integerFrom(0)),
    )
    .addOption(new Option('--tag <tag>', 'mark the run (repeatable)').argParser(list).default([], 'none'))
    .addOption(new Option('--note <text>', 'what to remember about the run'))
    .addOption(new Option('--quiet', 'print only the result and what went wrong').conflicts('json'))
    .addOption(new Option('--json', 'print one event a line; the last is run-finished'))
    .action(async (pipeline: string | undefined, options: RunOptions) => {
      done(await (await import('./commands/run.ts')).run(io, pipeline, options));
    });
  pipelineOptions(
    command(
      'plan <pipeline>',
      'say what would run, why, and what it would take: time and bytes, from what is recorded',
      'npx pipe plan pipelines/enas-mnas.json --set search.params.steps=3000',
      'npx pipe plan pipelines/enas-mnas.json --out plan.json',
    ),
  )
    .addOption(new Option('--out <file>', 'keep the plan for run --plan'))
    .addOption(json())
    .action(async (pipeline: string, options: PipelineOptions & { out?: string }) => {
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
  command(
    'accept <stage>',
    'declare that an edit of the code of a stage changes no result: its outputs stay; nothing is executed',
    'npx pipe accept train --reason "renamed a variable"',
    'npx pipe accept train --revoke',
  )
    .addOption(new Option('--reason <text>', 'why the edit changes no result; kept for every report'))
    .addOption(new Option('--revoke', 'take it back: the stage runs again'))
    .addOption(store())
    .addOption(json())
    .action(async (stage: string, options: StoreOptions & { reason?: string; revoke?: true }) => {
      done(await (await import('./commands/accept.ts')).accept(io, stage, options));
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
    'npx pipe logs -f train',
  )
    .addOption(new Option('-f, --follow', 'go on as the stage does, until it has ended'))
    .addOption(store())
    .addOption(new Option('--json', 'print its journal instead, one event a line'))
    .action(async (stage: string, options: StoreOptions & { follow?: true }) => {
      done(await (await import('./commands/logs.ts')).logs(io, stage, options));
    });
  addRunCommands({ io, command, json, store, done });
  addStoreCommands({ io, command, store, json, wholeFrom: integerFrom, done });
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
