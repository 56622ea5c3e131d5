import type { Json } from '../../base/canonical.ts';
import { type Clock, systemClock } from '../../base/clock.ts';
import type { Files } from '../../base/files.ts';
import type { RunEvent } from '../../schema/generated/event.ts';
import type { LabelChange, Store } from '../../store/index.ts';
import { cachedEvent, digestsOf, finishedEvent } from '../attempts/run-events.ts';
import { circumstancesOf } from '../identity/known-probe.ts';
import type { FinishedRun } from '../identity/types.ts';
import { type Asked, decisivePaths, type KeptRun, placeOf } from './kept-run.ts';

/** What is kept of an earlier run that was asked the same, by the same naspipe; it may hold no longer. */
async function keptRun(store: Store, asked: Asked): Promise<KeptRun | undefined> {
  const kept = await store.cache.find<KeptRun>(placeOf(asked));
  const isIt =
    kept?.v === 1 && kept.node === process.version && JSON.stringify(kept.asked) === JSON.stringify(asked);
  return isIt ? kept : undefined;
}

/** Whether the file system says of everything that decided a run what it said then. */
async function holds(files: Files, store: Store, kept: KeptRun): Promise<boolean> {
  for (const [file, real] of kept.real) if ((await files.realPath(file)) !== real) return false;
  const { circumstances, asked } = kept;
  if (circumstances && (await circumstancesOf(files, asked.wish)) !== circumstances) return false;
  const directory = await files.signAll([store.runs.directory(kept.result.run)]);
  if (directory.digest !== kept.directory) return false;
  return (await files.signAll(decisivePaths(store, kept))).digest === kept.signature;
}

/** The events of a run like the one that was kept. */
function* eventsOf({ told, result }: KeptRun, run: string): Generator<RunEvent> {
  for (const each of told) {
    if (typeof each === 'string') yield cachedEvent(each, result.stages[each]!, {});
    else if (Array.isArray(each)) yield cachedEvent(each[0], result.stages[each[0]]!, each[1]);
    else if ((each as RunEvent).event === 'run-started')
      yield { ...(each as RunEvent & { event: 'run-started' }), run };
    else yield each as RunEvent;
  }
}

export interface RepeatOptions {
  readonly files: Files;
  readonly store: Store;
  readonly asked: Asked;
  readonly labels?: LabelChange;
  readonly clock?: Clock;
}

/** A run that was done again: its result, its events, and what was remembered with the earlier one. */
export interface Repeated {
  readonly result: FinishedRun;
  readonly events: Iterable<RunEvent>;
  readonly remark: Json;
}

/**
 * Does a run of which it is known that nothing would run in it: an earlier one was asked the same, nothing ran in that,
 * and nothing that decided it has changed, going by the file system's word. Gives its result and its events; nothing
 * when that is not known, and then nothing has been done.
 */
export async function repeatRun({
  files,
  store,
  asked,
  labels,
  clock = systemClock,
}: RepeatOptions): Promise<Repeated | undefined> {
  const startedAt = new Date(clock.now()).toISOString();
  const started = clock.elapsed();
  const kept = await keptRun(store, asked);
  if (kept === undefined) return undefined;
  const { stages, pipeline: name } = kept.result;
  const outputs = Object.entries(stages).map(([id, stage]) => [id, digestsOf(stage!.outputs)] as const);
  let result = kept.result;
  const resultOf = (run: string): FinishedRun => {
    if (result.run !== run) {
      const finishedAt = new Date(clock.now()).toISOString();
      result = { ...kept.result, run, startedAt, finishedAt, elapsedMs: clock.elapsed() - started };
    }
    return result;
  };
  const events = function* (run: string): Generator<RunEvent> {
    yield* eventsOf(kept, run);
    yield finishedEvent(resultOf(run));
  };
  const run = await store.gate.shared(async () => {
    try {
      if (!(await holds(files, store, kept))) return undefined;
    } catch (error) {
      // something that cannot be looked at is not as it was
      if ((error as NodeJS.ErrnoException).code !== undefined) return undefined;
      throw error;
    }
    return store.runs.repeat({
      name,
      of: { run: kept.result.run, pipeline: kept.pipeline, uses: kept.uses },
      outputs: new Map(outputs),
      ...(labels && { labels }),
      events,
      results: resultOf,
    });
  });
  return run === undefined ? undefined : { result: resultOf(run), events: events(run), remark: kept.remark };
}
