import * as path from 'node:path';
import { nodeFiles } from '../base/files.ts';
import type { FinishedRun } from '../engine/identity/types.ts';
import type { Headline } from '../report/headline.ts';
import { type Baseline, summaryLines } from '../report/summary.ts';
import { type LabelChange, SAME, type Store } from '../store/index.ts';
import { earlierRun } from './earlier-run.ts';
import { commandText, type Io } from './io.ts';
import type { DriveOptions } from './options.ts';
import { shownPath } from './render/header.ts';

/** Tags and note that the run gets. */
export const labelsOf = ({ tag, note }: Pick<DriveOptions, 'tag' | 'note'>): { labels?: LabelChange } =>
  tag.length > 0 || note !== undefined ? { labels: { add: tag, ...(note !== undefined && { note }) } } : {};

/** Kinds of which a headline tells. */
const told = new Set(['evaluation', 'latency-measurement', 'model']);

/** What a run found; reading artifacts is loaded only where there is one to tell of. */
async function headline(store: Store, result: FinishedRun): Promise<Headline> {
  const outputs = Object.values(result.stages).flatMap((stage) => Object.values(stage!.outputs));
  if (!outputs.some((output) => told.has(output!.kind))) return { groups: [] };
  const [{ headlineOf }, { storeSource }] = await Promise.all([
    import('../report/headline.ts'),
    import('../report/source.ts'),
  ]);
  return headlineOf(result, storeSource(store));
}

/** What is said at the end of a run. */
export async function closingLines(
  io: Io,
  store: Store,
  result: FinishedRun,
  { branchedFrom, baseline }: { readonly branchedFrom?: string; readonly baseline?: Baseline },
): Promise<string[]> {
  const other = result.status === 'ok' ? await earlierRun(store, result) : undefined;
  const earlier = branchedFrom ?? other;
  const latest = store.runs.directory('latest');
  const links =
    (await nodeFiles.readLink(path.join(latest, SAME))) === undefined ? latest : path.join(latest, SAME);
  return summaryLines(result, {
    headline: await headline(store, result),
    runDirectory: shownPath(links, io.directory),
    command: commandText(io),
    ...(earlier === undefined ? {} : { earlier }),
    ...(baseline === undefined ? {} : { baseline }),
    style: io.out.style,
  });
}
