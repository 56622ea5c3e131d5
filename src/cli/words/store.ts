import { Option } from 'commander';
import {
  type GcOptions,
  integerFrom,
  json,
  type PinOptions,
  type StoreOptions,
  store,
  type VerifyOptions,
} from '../options.ts';
import { parseBytes, parseSeconds } from '../sizes.ts';
import type { CommandParts } from './parts.ts';

/** The commands that look after a store. */
export function addStoreCommands({ io, command, done }: CommandParts): void {
  command(
    'gc',
    'remove what no run, pin or attempt under way needs, and say what it would cost to have it back',
    'npx pipe gc --dry-run',
    'npx pipe gc --keep-last 5 --budget 20GB',
  )
    .addOption(new Option('--dry-run', 'say what would go, and remove nothing'))
    .addOption(
      new Option('--keep-last <n>', 'of each pipeline only the last n runs stay, and those pinned').argParser(
        integerFrom(1),
      ),
    )
    .addOption(
      new Option(
        '--budget <size>',
        'take artifacts of ended runs too until this much stays, those first that free most bytes a second of computing',
      ).argParser(parseBytes),
    )
    .addOption(
      new Option(
        '--remembered <size>',
        'of evaluations and other things remembered, only this much stays, the latest (default: 256 MB)',
      ).argParser(parseBytes),
    )
    .addOption(
      new Option('--grace <time>', 'what changed less than this ago stays')
        .argParser(parseSeconds)
        .default(86_400, '1d'),
    )
    .addOption(store())
    .addOption(json())
    .action(async (options: GcOptions) => {
      done(await (await import('../commands/gc.ts')).gc(io, options));
    });
  command(
    'pin [what]',
    'keep something from gc: <run>, <run>:<stage>, <run>:<stage>/<port> or a digest; without a name, list the pins',
    'npx pipe pin latest --note "the one in the paper"',
    'npx pipe pin latest:train/model',
  )
    .addOption(new Option('--note <text>', 'why it is pinned'))
    .addOption(store())
    .addOption(json())
    .action(async (what: string | undefined, options: PinOptions) => {
      done(await (await import('../commands/pin.ts')).pin(io, what, options));
    });
  command('unpin <what>', 'take a pin away; nothing is removed by that', 'npx pipe unpin latest:train/model')
    .addOption(store())
    .addOption(json())
    .action(async (what: string, options: PinOptions) => {
      done(await (await import('../commands/pin.ts')).unpin(io, what, options));
    });
  command('rm <run>', 'remove a run; gc then takes what only it needed', 'npx pipe rm 261124-102301-rk')
    .addOption(store())
    .addOption(json())
    .action(async (run: string, options: StoreOptions) => {
      done(await (await import('../commands/rm.ts')).rm(io, run, options));
    });
  command(
    'fsck',
    'check every byte of the store; say what is damaged, what a repair does, and what a rerun brings back',
    'npx pipe fsck',
    'npx pipe fsck --repair',
  )
    .addOption(new Option('--repair', 'move aside what is damaged, mend links, remove leftovers'))
    .addOption(store())
    .addOption(json())
    .action(async (options: StoreOptions & { repair?: true }) => {
      done(await (await import('../commands/fsck.ts')).fsck(io, options));
    });
  command(
    'verify [run]',
    'hash the artifacts of a run, or of the whole store; with --replay, run a stage again and compare',
    'npx pipe verify latest',
    'npx pipe verify --replay train',
  )
    .addOption(
      new Option(
        '--replay <stage>',
        'run this stage again as it was asked to run, and name what differs first',
      ),
    )
    .addOption(new Option('--from-checkpoint', 'replay from the last checkpoint that the stage left'))
    .addOption(store())
    .addOption(json())
    .action(async (run: string | undefined, options: VerifyOptions) => {
      done(await (await import('../commands/verify.ts')).verify(io, run, options));
    });
}
