import { Option } from 'commander';
import {
  type BranchOptions,
  driveOptions,
  json,
  type PipelineOptions,
  pipelineOptions,
  type RunOptions,
  runOptions,
  type StoreOptions,
  store,
  valueOptions,
} from '../options.ts';
import type { CommandParts } from './parts.ts';

/** The commands that run pipelines, and say what they would run and why. */
export function addPipelineCommands({ io, command, done }: CommandParts): void {
  runOptions(
    command(
      'run [pipeline]',
      'run what is not in the store yet; Ctrl-C stops at a checkpoint, the same command goes on',
      'npx pipe run pipelines/enas-mnas.json',
      'npx pipe run pipelines/enas-mnas.json --set search.params.reward=mnas-soft',
      'npx pipe run --plan plan.json',
    ),
  ).action(async (pipeline: string | undefined, options: RunOptions) => {
    done(await (await import('../commands/run.ts')).run(io, pipeline, options));
  });
  driveOptions(
    valueOptions(
      command(
        'branch <checkpoint>',
        'start a new run in which a stage goes on from a checkpoint, with other params: <run>:<stage>@<step>',
        'npx pipe branch latest:train@1200 --set train.params.weightDecay=0.0001',
      ),
    ),
  ).action(async (checkpoint: string, options: BranchOptions) => {
    done(await (await import('../commands/branch.ts')).branch(io, checkpoint, options));
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
      done(await (await import('../commands/plan.ts')).plan(io, pipeline, options));
    });
  command(
    'why <stage>',
    'say why a stage of the last run ran, or did not; <run>:<stage> asks of another run',
    'npx pipe why train',
  )
    .addOption(store())
    .addOption(json())
    .action(async (stage: string, options: StoreOptions) => {
      done(await (await import('../commands/why.ts')).why(io, stage, options));
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
      done(await (await import('../commands/accept.ts')).accept(io, stage, options));
    });
}
