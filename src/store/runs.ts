import * as os from 'node:os';
import * as path from 'node:path';
import type { Json } from '../base/canonical.ts';
import type { Clock } from '../base/clock.ts';
import type { Files } from '../base/files.ts';
import type { Gate } from '../base/gate.ts';
import { isHeld, type Lock, tryAcquire } from '../base/locks.ts';
import type { RunEvent } from '../schema/generated/event.ts';
import type { RunJournalEntry } from '../schema/generated/run-journal.ts';
import type { RunResult } from '../schema/generated/run-result.ts';
import { type Damage, ensurePlace, quarantine } from './damage.ts';
import { handOver } from './hand-over.ts';
import { claimId, isTimeId } from './ids.ts';
import { changed, type LabelChange, type Labels, unlabelled } from './labels.ts';
import type { Layout } from './layout.ts';
import { discard, moveInto, privateDirectory } from './private.ts';
import { placeRepeated, type RepeatedRun } from './repeated-run.ts';
import { linksOf, RUN_DOMAINS, RUN_FILES } from './run-files.ts';
import { followRunJournal, openRunJournal, readRunJournal } from './run-journal.ts';
import { readSealed, seal } from './seal.ts';
import { openUses, readUses, type Use } from './uses.ts';

/**
 * One invocation of a pipeline, as a directory that a person can walk through. Live until it is closed or its process
 * ends.
 */
export interface Run {
  readonly id: string;
  readonly directory: string;
  /** Says that the run relies on something, which then is not collected. Call it before the shared gate is left. */
  use(...what: readonly Use[]): void;
  /** Writes down what happens, for those who watch the run. */
  record(event: RunEvent): void;
  /** Writes what is known so far, replacing what was: a run that dies leaves its last word. */
  writeResults(results: object): Promise<void>;
  /** Makes `<stage>/<port>` lead to the artifacts of stages that are done, each stage once. */
  linkStages(stages: ReadonlyMap<string, { readonly [port: string]: string }>): Promise<void>;
  /** Says that the run is over. */
  close(): void;
}

export interface Runs {
  /** Begins a run: claims an id, keeps the pipeline as resolved, points `latest` and `latest-<name>` at it. */
  create(name: string, pipeline: object): Promise<Run>;
  /**
   * Keeps a run that found everything as in an earlier one, whole. The caller holds the gate. Returns its id; nothing
   * when the earlier one is not what it was.
   */
  repeat(run: RepeatedRun): Promise<string | undefined>;
  /** Ids of all runs, oldest first. */
  list(): Promise<string[]>;
  /**
   * The id that a person means: `latest`, `latest-<pipeline>`, an id, or the only id that begins or ends so; a list
   * when several do, empty when none does.
   */
  resolve(text: string): Promise<string | readonly string[]>;
  pipeline(id: string): Promise<Json | undefined>;
  /** What a run wrote last; nothing when it wrote nothing, or when that is damaged: it is then moved aside. */
  results(id: string): Promise<Json | undefined>;
  /** What a run said that it relies on, besides its results. */
  uses(id: string): Promise<readonly Use[]>;
  /** What happened in a run so far, but for the progress of its attempts. */
  events(id: string): Promise<RunJournalEntry[]>;
  /** Follows a run from its beginning; ends, after a last look, once `ended` has resolved. */
  follow(id: string, ended: Promise<unknown>): AsyncGenerator<RunJournalEntry>;
  /** Tags and note of a run. */
  labels(id: string): Promise<Labels>;
  label(id: string, change: LabelChange): Promise<Labels>;
  /** Whether its driver lives. */
  isLive(id: string): boolean;
  /** Removes a run's directory, and points `latest` and its pipeline's at the run before. Artifacts stay. */
  remove(id: string): Promise<void>;
  directory(id: string): string;
}

export interface RunsParts {
  readonly files: Files;
  readonly at: Layout;
  readonly clock: Clock;
  readonly gate: Gate;
  readonly onDamage: (damage: Damage) => void;
}

type Part = keyof typeof RUN_FILES;

export function createRuns({ files, at, clock, gate, onDamage }: RunsParts): Runs {
  const list = async () => (await files.list(at.runs)).filter(isTimeId);
  const place = (id: string, part: Part) => path.join(at.run(id), RUN_FILES[part]);
  const text = (part: Part, value: object): string =>
    `${JSON.stringify(seal(RUN_DOMAINS[part], value), null, 2)}\n`;

  async function read(id: string, part: Part): Promise<{ readonly [field: string]: Json } | undefined> {
    const file = place(id, part);
    const found = await readSealed<{ seal: string; [field: string]: Json }>(files, RUN_DOMAINS[part], file);
    if (found && (part !== 'results' || (found.run ?? id) === id)) {
      const { seal: _, ...value } = found;
      return value;
    }
    if (await files.stat(file)) {
      const what = `${RUN_FILES[part]} of run ${id}`;
      onDamage(await quarantine(files, at, file, { what, why: 'it does not have its seal' }));
    }
    return undefined;
  }

  const labels = async (id: string): Promise<Labels> =>
    ((await read(id, 'labels')) as Labels | undefined) ?? unlabelled;

  async function begin(name: string, pipeline: object): Promise<Run> {
    await ensurePlace(files, at, at.runs);
    const hidden = await privateDirectory(files, at);
    let claimed: { readonly id: string; readonly lock: Lock } | undefined;
    const uses = openUses(files, hidden);
    const journal = openRunJournal(files, hidden, clock);
    try {
      await files.writeNew(path.join(hidden, RUN_FILES.pipeline), text('pipeline', pipeline));
      await files.syncDirectory(hidden);
      await claimId(clock, async (id) => {
        const holder = { host: os.hostname(), pid: process.pid, since: clock.now(), purpose: `run ${id}` };
        const lock = tryAcquire(at.runLock(id), holder);
        if (lock && (await moveInto(files, hidden, at.run(id)))) claimed = { id, lock };
        else lock?.release();
        return claimed !== undefined;
      });
    } catch (error) {
      uses.close();
      journal.close();
      await files.remove(hidden).catch(() => {});
      throw error;
    }
    const { id, lock } = claimed!;
    const directory = at.run(id);
    await files.link(id, path.join(at.runs, 'latest'));
    await files.link(id, path.join(at.runs, `latest-${name}`));
    await files.syncDirectory(at.runs);
    let open = true;
    return {
      id,
      directory,
      use: (...what) => uses.write(...what),
      record: (event) => journal.write(event),
      writeResults: (results) => files.writeAtomic(place(id, 'results'), text('results', results)),
      async linkStages(stages) {
        await files.linkAll(linksOf(at, directory, stages));
      },
      close() {
        if (!open) return;
        open = false;
        uses.close();
        journal.close();
        lock.release();
      },
    };
  }

  /** Points a link at the last of some runs, or removes it when there is none. */
  async function relink(name: string, ids: readonly string[]): Promise<void> {
    const last = ids.at(-1);
    if (last === undefined) await files.remove(path.join(at.runs, name));
    else await files.link(last, path.join(at.runs, name));
  }

  return {
    create: (name, pipeline) => gate.shared(() => begin(name, pipeline)),
    repeat: (run) => placeRepeated({ files, at, clock }, run),
    list,
    async resolve(wanted) {
      const target = wanted.startsWith('latest')
        ? await files.readLink(path.join(at.runs, wanted))
        : undefined;
      const ids = await list();
      if (target !== undefined && ids.includes(target)) return target;
      const found = ids.filter((id) => id.startsWith(wanted) || id.endsWith(wanted));
      return found.length === 1 ? found[0]! : found;
    },
    pipeline: (id) => read(id, 'pipeline'),
    results: (id) => read(id, 'results'),
    uses: async (id) => (await readUses(files, at.run(id))).uses,
    events: (id) => readRunJournal(files, at.run(id)),
    follow: (id, ended) => followRunJournal(files, at.run(id), ended),
    labels,
    async label(id, change) {
      const after = changed(await labels(id), change);
      await files.writeAtomic(place(id, 'labels'), text('labels', after));
      return after;
    },
    isLive: (id) => isHeld(at.runLock(id)),
    async remove(id) {
      const results = async (of: string) => (await read(of, 'results')) as unknown as RunResult | undefined;
      await handOver(files, at, id, await list(), results);
      await discard(files, at, at.run(id));
      const ids = await list();
      for (const link of (await files.list(at.runs)).filter((name) => name.startsWith('latest'))) {
        if ((await files.readLink(path.join(at.runs, link))) !== id) continue;
        const name = link.slice('latest-'.length);
        const own: string[] = [];
        for (const each of ids) {
          if (link === 'latest' || (await nameOf(each)) === name) own.push(each);
        }
        await relink(link, own);
      }
      await files.syncDirectory(at.runs);
    },
    directory: at.run,
  };

  async function nameOf(id: string): Promise<Json | undefined> {
    return (await read(id, 'pipeline'))?.name;
  }
}
