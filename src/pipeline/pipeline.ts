import type { DirectedGraph } from 'graphology';
import type { Json } from '../base/canonical.ts';
import type { Digest } from '../base/digest.ts';
import type { JsonDocument } from '../schema/document.ts';
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
}

/** Where an input comes from. */
export type Input = { readonly kind: Kind; readonly at: Span } & (
  | { readonly from: 'stage'; readonly stage: StageId; readonly port: string }
  | { readonly from: 'artifact'; readonly digest: Digest }
  /** `path` is absolute, `written` as the user wrote it. */
  | { readonly from: 'file'; readonly path: string; readonly written: string }
);

/** One use of a stage type. */
export interface Stage {
  readonly id: StageId;
  readonly type: StageType;
  readonly description?: string;
  /** Defaults filled in. */
  readonly params: { readonly [name: string]: Json };
  /** By port, in the order of the manifest; an optional port that is not wired is absent. */
  readonly inputs: ReadonlyMap<string, Input>;
  /** Stages whose outputs it takes, each once. */
  readonly after: readonly StageId[];
  /** Where its id was written. */
  readonly at: Span;
}

/** A pipeline that can run: every type, param, port, kind and edge was checked. */
export interface Pipeline {
  readonly name: string;
  readonly description?: string;
  readonly seed: number;
  readonly document: JsonDocument;
  readonly directory: string;
  /** In an order in which every stage comes after those it takes from; otherwise as written. */
  readonly stages: ReadonlyMap<StageId, Stage>;
  /** An edge leads from a stage to each that takes from it. */
  readonly graph: DirectedGraph;
}
