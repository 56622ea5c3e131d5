import * as path from 'node:path';
import type { Json } from '../../base/canonical.ts';
import { type Digest, digestBytes } from '../../base/digest.ts';
import type { RunEvent, StageCached } from '../../schema/generated/event.ts';
import { ownRoot } from '../../stage/package.ts';
import type { Basis, Store } from '../../store/index.ts';
import type { EnvironmentWish } from '../identity/environment.ts';
import type { FinishedRun } from '../identity/types.ts';

/** What decides, besides files, what a run of a pipeline finds. */
export interface Asked {
  /** Absolute path of the pipeline. */
  readonly pipeline: string;
  readonly sets: readonly string[];
  readonly only: readonly string[];
  readonly from: readonly string[];
  readonly until: readonly string[];
  readonly wish: EnvironmentWish;
}

/** What an event of a cached stage says that its result does not. */
export type Extra = Pick<StageCached, 'madeOn' | 'equalIn'>;

/**
 * A run in which every stage was cached, and everything that made it so: for as long as the file system says the same of all
 * of it, the same comes out.
 */
export interface KeptRun {
  readonly v: 1;
  readonly asked: Asked;
  readonly node: string;
  /** All that can change what there is to train with; absent where no stage has to know. */
  readonly circumstances?: Digest;
  /** What the caller wanted to remember with it. */
  readonly remark: Json;
  /** Paths of the project and of naspipe that were asked about. */
  readonly paths: readonly string[];
  /** Path → the path with every link resolved. */
  readonly real: readonly (readonly [string, string])[];
  /** What the store must have. */
  readonly basis: readonly Basis[];
  /** Digest of what the file system says of all these. */
  readonly signature: Digest;
  /** The same of the run's directory, whose links stand for those of runs like it. */
  readonly directory: Digest;
  /** sha256 of the run's `pipeline.json` and `uses.jsonl`. */
  readonly pipeline: Digest;
  readonly uses: Digest;
  /** What came out. */
  readonly result: FinishedRun;
  /** Its events in order; a cached stage by its id, with what its result does not say. */
  readonly told: readonly (RunEvent | string | readonly [string, Extra])[];
}

/** Where the run is kept that what is asked found: one of 16 places a pipeline, so that they do not gather. */
export function placeOf(asked: Asked): string {
  const [of, variant] = [asked.pipeline, JSON.stringify(asked)].map((text) => digestBytes(text));
  return `repeat/${of!.slice(0, 16)}-${variant![0]}.json`;
}

/** What naspipe itself consists of: another build may find something else. */
const own = ['package.json', 'dist/cli/main.js', 'dist/chunks'].map((name) => path.join(ownRoot, name));

/** Every path whose state decides whether a kept run holds. */
export function decisivePaths(store: Store, { paths, basis }: Pick<KeptRun, 'paths' | 'basis'>): string[] {
  const all = [...own, ...paths];
  for (const each of basis) all.push(...store.pathsOf(each));
  return all;
}
