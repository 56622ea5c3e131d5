import * as path from 'node:path';
import type { Json } from '../base/canonical.ts';
import type { Clock } from '../base/clock.ts';
import { ensureDirectory, type Files, readTextIfWhole } from '../base/files.ts';
import { claimId, isTimeId } from './ids.ts';
import type { Layout } from './layout.ts';

/** One invocation of a pipeline, as a directory that a person can walk through. */
export interface Run {
  readonly id: string;
  readonly directory: string;
  /** Writes what is known so far, replacing what was: a run that dies leaves its last word. */
  writeResults(results: Json): Promise<void>;
  /** Makes `<stage>/<port>` lead to the artifacts, in place of where it led before. */
  linkStage(stage: string, outputs: { readonly [port: string]: string }): Promise<void>;
}

export interface Runs {
  /** Begins a run: claims an id, keeps the pipeline as resolved, points `latest` and `latest-<name>` at it. */
  create(name: string, pipeline: Json): Promise<Run>;
  /** Ids of all runs, oldest first. */
  list(): Promise<string[]>;
  /**
   * The id that a person means: `latest`, `latest-<pipeline>`, an id, or the only id that begins or ends so; a list
   * when several do, empty when none does.
   */
  resolve(text: string): Promise<string | readonly string[]>;
  pipeline(id: string): Promise<Json | undefined>;
  /** What a run wrote last; nothing when it wrote nothing or not whole. */
  results(id: string): Promise<Json | undefined>;
  directory(id: string): string;
}

const PIPELINE = 'pipeline.json';
const RESULTS = 'results.json';
const text = (value: Json): string => `${JSON.stringify(value, null, 2)}\n`;

export function createRuns(files: Files, at: Layout, clock: Clock): Runs {
  const list = async () => (await files.list(at.runs)).filter(isTimeId);

  async function json(id: string, name: string): Promise<Json | undefined> {
    const found = await readTextIfWhole(files, path.join(at.run(id), name));
    if (found === undefined) return undefined;
    try {
      return JSON.parse(found) as Json;
    } catch {
      return undefined;
    }
  }

  return {
    async create(name, pipeline) {
      await ensureDirectory(files, at.runs);
      const id = await claimId(clock, (each) => files.createDirectory(at.run(each)));
      const directory = at.run(id);
      await files.writeNew(path.join(directory, PIPELINE), text(pipeline));
      await files.link(id, path.join(at.runs, 'latest'));
      await files.link(id, path.join(at.runs, `latest-${name}`));
      await files.syncDirectory(at.runs);
      return {
        id,
        directory,
        writeResults: (results) => files.writeAtomic(path.join(directory, RESULTS), text(results)),
        async linkStage(stage, outputs) {
          const place = path.join(directory, stage);
          await files.makeDirectory(place);
          for (const [port, digest] of Object.entries(outputs)) {
            await files.link(path.relative(place, at.object(digest)), path.join(place, port));
          }
        },
      };
    },
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
    pipeline: (id) => json(id, PIPELINE),
    results: (id) => json(id, RESULTS),
    directory: at.run,
  };
}
