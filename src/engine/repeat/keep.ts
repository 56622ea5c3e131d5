import * as path from 'node:path';
import type { Json } from '../../base/canonical.ts';
import { digestBytes } from '../../base/digest.ts';
import type { Trace } from '../../base/trace.ts';
import type { RunEvent } from '../../schema/generated/event.ts';
import type { Basis } from '../../store/index.ts';
import { circumstancesOf } from '../identity/known-probe.ts';
import type { Work } from '../identity/prepare.ts';
import type { FinishedRun } from '../identity/types.ts';
import { type Asked, decisivePaths, type Extra, type KeptRun, placeOf } from './kept-run.ts';

/** What it takes to keep a run, should nothing have run in it. */
export interface Repeatable {
  readonly asked: Asked;
  /** Everything that was asked of the project's files, from the first on. */
  readonly trace: Trace;
  /** Before that, milliseconds since 1970. */
  readonly since: number;
  /** What is to be remembered with the run, found out from the same files. */
  readonly remark: () => Promise<Json>;
}

/** Paths above which looking at each of them saves nothing. */
const MOST = 400_000;

/** An event as it is kept; nothing of one that need not come again. */
function keptEvent(event: RunEvent): KeptRun['told'][number] | undefined {
  switch (event.event) {
    case 'run-started':
    case 'foreach-expanded':
      return event;
    case 'stage-cached': {
      const { madeOn, equalIn } = event;
      if (madeOn === undefined && equalIn === undefined) return event.stage;
      const extra: Extra = {
        ...(madeOn !== undefined && { madeOn }),
        ...(equalIn !== undefined && { equalIn }),
      };
      return [event.stage, extra];
    }
    default:
      return undefined;
  }
}

/** What the store must have for the same to come out; nothing when that cannot be told. */
async function basisOf({ store, lookups }: Work, { run, stages }: FinishedRun): Promise<Basis[] | undefined> {
  const results = Object.values(stages);
  const found = (await lookups()).basis(results.map((stage) => stage!.fingerprint!));
  if (found === undefined) return undefined;
  const all = [...found];
  for (const use of await store.runs.uses(run)) {
    if ('fingerprint' in use) continue;
    const basis = await store.basisOf(use.artifact);
    if (basis === undefined) return undefined;
    all.push(basis);
  }
  return all;
}

/** Listens to a run, and keeps it in the end when nothing ran in it, so that the next one need not find that out again. */
export interface Keeper {
  told(event: RunEvent): void;
  /** The run's results are written. */
  keep(result: FinishedRun): Promise<void>;
}

/**
 * Nothing is kept when code was bundled just now (of which the trace knows nothing), when
 * anything out of the ordinary was told, or when a file changed so lately that it may change again unseen.
 */
export function createKeeper(repeatable: Repeatable, work: Work): Keeper {
  const told: KeptRun['told'][number][] = [];
  let usual = true;
  return {
    told(event) {
      const kept = usual ? keptEvent(event) : undefined;
      if (kept === undefined) usual = false;
      else told.push(kept);
    },
    async keep(result) {
      const cached = Object.values(result.stages).every(
        (stage) => stage!.status === 'cached' && stage!.fingerprint !== undefined && !stage!.diverged,
      );
      if (!usual || !cached || !(await work.isBundled())) return;
      try {
        await keepRun(repeatable, work, result, told);
      } catch (error) {
        // what cannot be looked at is not kept
        if ((error as NodeJS.ErrnoException).code === undefined) throw error;
      }
    },
  };
}

async function keepRun(
  { asked, trace, since, remark: remarkOf }: Repeatable,
  work: Work,
  result: FinishedRun,
  told: KeptRun['told'],
): Promise<void> {
  const { store, project } = work;
  const { files } = project;
  const basis = await basisOf(work, result);
  if (basis === undefined) return;
  const remark = await remarkOf();
  const circumstances = work.isProbed() ? await circumstancesOf(files, asked.wish) : undefined;
  const paths = [...trace.paths];
  const all = decisivePaths(store, { paths, basis });
  if (all.length > MOST) return;
  const directory = store.runs.directory(result.run);
  const [pipeline, uses] = await Promise.all(
    ['pipeline.json', 'uses.jsonl'].map(async (name) =>
      digestBytes(await files.read(path.join(directory, name))),
    ),
  );
  const signed = await files.signAll(all, since);
  if (!signed.settled) return;
  await store.cache.keep(placeOf(asked), {
    v: 1,
    asked,
    node: process.version,
    ...(circumstances && { circumstances }),
    remark,
    paths,
    real: [...trace.real],
    basis,
    signature: signed.digest,
    directory: (await files.signAll([directory])).digest,
    pipeline: pipeline!,
    uses: uses!,
    result,
    told,
  } satisfies KeptRun);
}
