import type { Json } from '../base/canonical.ts';
import type { Digest } from '../base/digest.ts';
import type { JsonDocument } from '../schema/document.ts';
import type { Problem } from '../schema/problem.ts';
import type { Span } from '../schema/source.ts';
import type { Kind } from '../stage/contract.ts';
import type { StageType } from '../stage/discovery.ts';

/** Id of a stage in its pipeline; made only by the check of a pipeline. */
export type StageId = string & { readonly __brand: 'StageId' };

/** A pipeline as written, strict JSON with the `--set`s laid over it; nothing else has been checked. */
export interface UncheckedPipeline {
  readonly document: JsonDocument;
  /** Absolute directory that its file references start from. */
  readonly directory: string;
  /** `--set`s that could not be laid over it. */
  readonly problems: readonly Problem[];
}

/** Where an input comes from. */
export type Input = { readonly kind: Kind; readonly at: Span } & (
  | { readonly from: 'stage'; readonly stage: StageId; readonly port: string }
  /** `written`: how to call it, where the user did not write the digest. */
  | { readonly from: 'artifact'; readonly digest: Digest; readonly written?: string }
  /** `path` is absolute, `written` as the user wrote it. */
  | { readonly from: 'file'; readonly path: string; readonly written: string }
  /** Inside a foreach: the item. */
  | { readonly from: 'item' }
  /** One artifact for each item of a foreach, from one of the stages inside it. */
  | { readonly from: 'each'; readonly foreach: StageId; readonly stage: StageId; readonly port: string }
);

/** Dimension of the matrix → label of its value: what tells a stage from others of the same name. */
export type CellLabels = { readonly [dimension: string]: string };

/** One use of a stage type. */
export interface Stage {
  /** Its name, and after an `@` its cell: `train@reward=soft,seed=2`. */
  readonly id: StageId;
  /** As written in the pipeline. */
  readonly name: string;
  readonly cell: CellLabels;
  readonly type: StageType;
  readonly description?: string;
  /** Of its random numbers, where its type uses any. */
  readonly seed: number;
  /** Defaults filled in. */
  readonly params: { readonly [name: string]: Json };
  /**
   * By port, in the order of the manifest; an optional port that is not wired is absent. A port that takes several has
   * an entry for each: `candidates.1`, `candidates.2`.
   */
  readonly inputs: ReadonlyMap<string, Input>;
  /** Output port → kind. */
  readonly outputs: { readonly [port: string]: Kind };
  /** Stages and foreachs whose outputs it takes, each once. */
  readonly after: readonly StageId[];
  /** Where its id was written. */
  readonly at: Span;
  /** Where a param was written, or what is nearest to it. */
  readonly paramAt: (path: readonly (string | number)[]) => Span;
}

/** Stages that run once for each item of an artifact; which items there are is known when it is. */
export interface Foreach {
  readonly id: StageId;
  readonly name: string;
  readonly cell: CellLabels;
  readonly description?: string;
  /** The list. */
  readonly items: Input;
  /** Items taken at most, the first or the best; absent: all. */
  readonly take?: number;
  /** Figure of an item that they are ranked by, a dotted path; absent: in the order of the list. */
  readonly by?: string;
  readonly best: 'highest' | 'lowest';
  /** The stages as they are for any item, by name, sources first; an input `from: 'stage'` may name one of them. */
  readonly stages: ReadonlyMap<StageId, Stage>;
  /** Stages and foreachs outside whose outputs it takes, each once. */
  readonly after: readonly StageId[];
  readonly at: Span;
}

/** A pipeline that can run: every type, param, port, kind and edge was checked. */
export interface Pipeline {
  readonly name: string;
  readonly description?: string;
  /** As written; each stage has the seed of its cell. */
  readonly seed: number;
  readonly document: JsonDocument;
  readonly directory: string;
  /** In an order in which every stage comes after those it takes from; otherwise as written. */
  readonly stages: ReadonlyMap<StageId, Stage>;
  readonly foreachs: ReadonlyMap<StageId, Foreach>;
  /** Ids of stages and foreachs, sources first. */
  readonly order: readonly StageId[];
}

/** The stages of a pipeline, and those inside foreachs as they are for any item. */
export const everyStage = ({ stages, foreachs }: Pick<Pipeline, 'stages' | 'foreachs'>): Stage[] => [
  ...stages.values(),
  ...[...foreachs.values()].flatMap((foreach) => [...foreach.stages.values()]),
];
