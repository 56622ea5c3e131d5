import * as path from 'node:path';
import type { Clock } from '../base/clock.ts';
import { type Digest, digestBytes } from '../base/digest.ts';
import type { Files } from '../base/files.ts';
import type { RunEvent } from '../schema/generated/event.ts';
import type { RunJournalEntry } from '../schema/generated/run-journal.ts';
import { ensurePlace } from './damage.ts';
import { claimId } from './ids.ts';
import { changed, type LabelChange, unlabelled } from './labels.ts';
import type { Layout } from './layout.ts';
import { sumLine } from './lines.ts';
import { moveInto, privateDirectory } from './private.ts';
import { linksOf, RUN_DOMAINS, RUN_FILES, SAME } from './run-files.ts';
import { EVENTS } from './run-journal.ts';
import { seal } from './seal.ts';
import { USES } from './uses.ts';

/** A run in which nothing ran, and in which the same came out as in an earlier one. */
export interface RepeatedRun {
  /** Of the pipeline. */
  readonly name: string;
  /** The earlier run, and sha256 of its files that become this run's, byte for byte. */
  readonly of: { readonly run: string; readonly pipeline: Digest; readonly uses: Digest };
  /** Stage → port → digest. */
  readonly outputs: ReadonlyMap<string, { readonly [port: string]: string }>;
  readonly labels?: LabelChange;
  /** What happened in it, and what came of it, given its id. */
  readonly events: (id: string) => Iterable<RunEvent>;
  readonly results: (id: string) => object;
}

/** Stages up to which a run has links of its own: each costs a directory and a link. */
const FEW = 100;

export interface RepeatParts {
  readonly files: Files;
  readonly at: Layout;
  readonly clock: Clock;
}

/**
 * Puts a run that is over in its place, all of it at one blow, and points `latest` at it. Where it has many stages, one link
 * `same.as` leads to the directory of the earlier run instead of a link for every artifact. The caller holds the gate.
 * Returns its id; nothing, and nothing is done, when the earlier run's files are not what they were.
 */
export async function placeRepeated(
  { files, at, clock }: RepeatParts,
  { name, of, outputs, labels, events, results }: RepeatedRun,
): Promise<string | undefined> {
  const read = (file: string) => files.read(path.join(at.run(of.run), file));
  const [pipeline, uses] = await Promise.all([read(RUN_FILES.pipeline), read(USES)]);
  if (digestBytes(pipeline) !== of.pipeline || digestBytes(uses) !== of.uses) return undefined;
  await ensurePlace(files, at, at.runs);
  const hidden = await privateDirectory(files, at);
  const within = (file: string) => path.join(hidden, file);
  let claimed: string | undefined;
  try {
    const copies = [files.writeNew(within(RUN_FILES.pipeline), pipeline), files.writeNew(within(USES), uses)];
    if (outputs.size > FEW) await files.link(`../${of.run}`, within(SAME));
    else await files.linkAll(linksOf(at, hidden, outputs));
    if (labels) await files.writeNew(within(RUN_FILES.labels), sealed('labels', changed(unlabelled, labels)));
    await Promise.all(copies);
    await claimId(clock, async (id) => {
      if (await files.stat(at.run(id))) return false;
      await Promise.all([RUN_FILES.results, EVENTS].map((file) => files.remove(within(file))));
      const writing = files.writeNew(within(EVENTS), linesOf(events(id), clock.now()));
      await Promise.all([writing, files.writeNew(within(RUN_FILES.results), sealed('results', results(id)))]);
      await files.syncDirectory(hidden);
      if (await moveInto(files, hidden, at.run(id))) claimed = id;
      return claimed !== undefined;
    });
  } catch (error) {
    if (claimed === undefined) await files.remove(hidden).catch(() => {});
    throw error;
  }
  for (const link of ['latest', `latest-${name}`]) await files.link(claimed!, path.join(at.runs, link));
  await files.syncDirectory(at.runs);
  return claimed;
}

const sealed = (part: keyof typeof RUN_FILES, value: object): string =>
  `${JSON.stringify(seal(RUN_DOMAINS[part], value), null, 2)}\n`;

function linesOf(events: Iterable<RunEvent>, now: number): string {
  let text = '';
  for (const event of events) text += sumLine({ v: 1, at: now, event } satisfies RunJournalEntry);
  return text;
}
