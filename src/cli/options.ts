import { type Command, InvalidArgumentError, Option } from 'commander';

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

/** How a run goes, whatever it runs. */
export interface DriveOptions {
  readonly json?: true;
  readonly jobs?: number;
  /** Milliseconds. */
  readonly timeout?: number;
  /** Milliseconds. */
  readonly silence?: number;
  readonly retrySilent?: number;
  readonly keepGoing?: true;
  /** Seconds. */
  readonly checkpoint?: number;
  readonly quiet?: true;
  readonly tag: readonly string[];
  readonly note?: string;
}

export interface RunOptions extends PipelineOptions, DriveOptions {
  /** File that `plan --out` wrote. */
  readonly plan?: string;
}

export type BranchOptions = DriveOptions &
  Pick<PipelineOptions, 'set' | 'backend' | 'threads' | 'device' | 'store'>;

export interface GcOptions extends StoreOptions {
  readonly dryRun?: true;
  readonly keepLast?: number;
  /** Bytes. */
  readonly budget?: number;
  /** Bytes. */
  readonly remembered?: number;
  /** Seconds. */
  readonly grace: number;
}

export interface PinOptions extends StoreOptions {
  readonly note?: string;
}

export interface VerifyOptions extends StoreOptions {
  /** Id of a stage, or `<run>:<stage>`. */
  readonly replay?: string;
  readonly fromCheckpoint?: true;
}

export interface RunsOptions extends StoreOptions {
  /** Runs that have each of these. */
  readonly tag: readonly string[];
  /** Conditions that all hold. */
  readonly where: readonly string[];
}

export interface ImportOptions extends StoreOptions {
  readonly tag: readonly string[];
  readonly note?: string;
}

export interface TagOptions extends StoreOptions {
  readonly remove: readonly string[];
  readonly note?: string;
}

/** Parser of a whole number of at least `least`. */
export const integerFrom =
  (least: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) {
      throw new InvalidArgumentError(`Expected a whole number from ${least} to 2^53 - 1.`);
    }
    return value;
  };

/** A duration in milliseconds: `90` or `90s`, `30m`, `2h`. */
export const durationOf = (text: string): number => {
  const found = /^(\d+(?:\.\d+)?)([smh]?)$/.exec(text);
  const milliseconds = Number(found?.[1]) * { s: 1e3, m: 6e4, h: 3.6e6 }[found?.[2] || 's']!;
  if (!(milliseconds > 0 && milliseconds < 2 ** 31)) {
    throw new InvalidArgumentError('Expected a time such as 90s, 30m or 2h, at most 24 days.');
  }
  return milliseconds;
};

/** Collects what a repeatable option is given. */
export const list = (text: string, before: readonly string[]): string[] => [...before, text];

export const json = (): Option => new Option('--json', 'print JSON instead of text');

export const store = (): Option =>
  new Option('--store <directory>', 'where artifacts lie (default: artifacts/ of the project)').env(
    'PIPE_STORE',
  );

const stages = (flags: string, description: string): Option =>
  new Option(flags, description).argParser(list).default([], 'none');

/** Options that give values of a pipeline, and say what it runs on. */
export const valueOptions = (command: Command): Command =>
  command
    .addOption(
      new Option('--set <assignment>', 'replace a value, as in train.params.epochs=20 (repeatable)')
        .argParser(list)
        .default([], 'none'),
    )
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

/** What `run` and `plan` share: it decides which stages run. */
export const pipelineOptions = (command: Command): Command =>
  valueOptions(command)
    .addOption(new Option('--seed <n>', 'seed of everything random').argParser(integerFrom(0)))
    .addOption(stages('--only <stage>', 'only this stage (repeatable); what it needs must be in the store'))
    .addOption(stages('--from <stage>', 'this stage and what comes after it (repeatable)'))
    .addOption(stages('--until <stage>', 'this stage and what it needs (repeatable)'))
    .addOption(stages('--force <stage>', 'run this stage although its outputs are there (repeatable)'));

/** How a run goes, whatever it runs. */
export const driveOptions = (command: Command): Command =>
  command
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
    .addOption(
      new Option(
        '--silence <time>',
        'time without an event after which a stage is told to be silent (default: what its type says, mostly 5m)',
      ).argParser(durationOf),
    )
    .addOption(
      new Option(
        '--retry-silent <times>',
        'stop a silent stage, and start it again from its last checkpoint at most so often; 0: it fails',
      ).argParser(integerFrom(0)),
    )
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
    .addOption(new Option('--json', 'print one event a line; the last is run-finished'));

/** All that `run` takes. */
export const runOptions = (command: Command): Command =>
  driveOptions(
    pipelineOptions(command).addOption(
      new Option('--plan <file>', 'do exactly what plan --out wrote, or say what has changed'),
    ),
  );
