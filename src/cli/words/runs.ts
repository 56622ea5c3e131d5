import { Option } from 'commander';
import {
  type ImportOptions,
  json,
  list,
  type RunsOptions,
  type StoreOptions,
  store,
  type TagOptions,
} from '../options.ts';
import type { CommandParts } from './parts.ts';

/** The commands that see runs, mark them and move them. */
export function addRunCommands({ io, command, done }: CommandParts): void {
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
      done(await (await import('../commands/show.ts')).show(io, what, options));
    });
  command(
    'diff <a> <b>',
    'compare two runs, or two stages (<run>:<stage>); a run is its id, the start of it, latest, or an exported run',
    'npx pipe diff 3f2 latest',
    'npx pipe diff best.tar.gz latest',
  )
    .addOption(store())
    .addOption(json())
    .action(async (a: string, b: string, options: StoreOptions) => {
      done(await (await import('../commands/diff.ts')).diff(io, a, b, options));
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
      done(await (await import('../commands/logs.ts')).logs(io, stage, options));
    });
  command(
    'runs',
    'list the runs in the store, the last one first, or those that are as you say',
    'npx pipe runs',
    "npx pipe runs --tag paper --where 'evaluate.accuracy > 0.9'",
  )
    .addOption(
      new Option('--tag <tag>', 'only runs so marked (repeatable)').argParser(list).default([], 'all'),
    )
    .addOption(
      new Option('--where <condition>', 'only runs of which this is true (repeatable)')
        .argParser(list)
        .default([], 'all'),
    )
    .addOption(store())
    .addOption(json())
    .addHelpText(
      'after',
      `
Conditions:
  field operator value, joined by "and", "or", "not" and brackets;
  a field alone: the run has it
  operators  = != < <= > >= and ~ (contains)
             a run without the field is never let through
  fields     run pipeline status seed started seconds tag note branched
             accuracy macs params latency: of each network evaluated, over
             seeds the mean
             <stage>.<fact>, <stage>.status, <stage>.params.<param>
             in quotes if not a word: "evaluate@seed=2".accuracy
  several    a field that has several values, of several networks or of
             a stage that is there several times, is so when one of them
             is; != when none is`,
    )
    .action(async (options: RunsOptions) => {
      done(await (await import('../commands/runs.ts')).runs(io, options));
    });
  command(
    'tag <run> [tags...]',
    'mark a run, or say how it is marked; runs --tag and --where find it again',
    'npx pipe tag latest paper --note "the one of table 2"',
    'npx pipe tag latest --remove paper',
  )
    .addOption(
      new Option('--remove <tag>', 'take a mark away (repeatable)').argParser(list).default([], 'none'),
    )
    .addOption(new Option('--note <text>', 'what to remember about the run; "" for nothing'))
    .addOption(store())
    .addOption(json())
    .action(async (run: string, tags: string[], options: TagOptions) => {
      done(await (await import('../commands/tag.ts')).tag(io, run, tags, options));
    });
  command(
    'status [run]',
    'say how far a run is, whoever drives it: all that go on, else the last one',
    'npx pipe status',
  )
    .addOption(store())
    .addOption(json())
    .action(async (run: string | undefined, options: StoreOptions) => {
      done(await (await import('../commands/status.ts')).status(io, run, options));
    });
  command(
    'watch [run]',
    'show a run that another terminal started, until it ends (default: the last one)',
    'npx pipe watch',
  )
    .addOption(store())
    .addOption(new Option('--json', 'print one event a line, from its beginning'))
    .action(async (run: string | undefined, options: StoreOptions) => {
      done(await (await import('../commands/watch.ts')).watch(io, run, options));
    });
  command(
    'export <what> <file>',
    'write a run with its artifacts, records, code and licences as one archive; or a model as ONNX, for other programs',
    'npx pipe export latest best.tar.gz',
    'npx pipe export latest:train best.onnx',
  )
    .addOption(store())
    .addOption(json())
    .action(async (what: string, file: string, options: StoreOptions) => {
      const { exportModel, isModelName } = await import('../commands/export-model.ts');
      if (isModelName(file)) return done(await exportModel(io, what, file, options));
      done(await (await import('../commands/export.ts')).exportCommand(io, what, file, options));
    });
  command(
    'import <file>',
    'take an exported run into the store; of a damaged archive nothing is taken',
    'npx pipe import best.tar.gz',
    'npx pipe import best.tar.gz --tag colleague --note "before the new data"',
  )
    .addOption(new Option('--tag <tag>', 'mark the run (repeatable)').argParser(list).default([], 'none'))
    .addOption(new Option('--note <text>', 'what to remember about the run, in place of what came with it'))
    .addOption(store())
    .addOption(json())
    .action(async (file: string, options: ImportOptions) => {
      done(await (await import('../commands/export.ts')).importCommand(io, file, options));
    });
  command(
    'check <run>',
    'derive counts, costs, rewards, choices and metrics again from the artifacts of a run or an exported one',
    'npx pipe check latest',
    'npx pipe check best.tar.gz --replay train',
  )
    .addOption(
      new Option('--replay <stage>', 'run this stage again too, from its last checkpoint where it left one'),
    )
    .addOption(store())
    .addOption(json())
    .action(async (run: string, options: StoreOptions & { replay?: string }) => {
      done(await (await import('../commands/check.ts')).check(io, run, options));
    });
}
