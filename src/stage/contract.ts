import type { Json } from '../base/canonical.ts';
import type { Rng } from '../base/rng.ts';
import type { Backend } from '../net/backend.ts';
import type { Tensors } from '../net/network.ts';
import type { ArtifactValues } from './artifacts.ts';

/** The kinds of artifact that a port can carry. */
export type Kind = keyof ArtifactValues;

/** Port → kind, as a stage's schema declares it; an optional port has an optional key. */
export type Ports = { readonly [port: string]: Kind | undefined };

/** Port → loaded value. */
export type Values<P> = { readonly [K in keyof P]: ArtifactValues[Extract<P[K], Kind>] };

/** State from which an attempt goes on exactly: canonical JSON and named tensors. */
export interface CheckpointState {
  readonly state: Json;
  readonly tensors: Tensors;
}

/** How far a stage is, and the metrics that matter now. Counts are whole steps of the stage's own choosing. */
export interface Progress {
  readonly step: number;
  readonly total: number;
  /** Short name → value: `loss`, `accuracy`, `reward`, `images/s`, `ms`. The first is the one that matters. */
  readonly metrics?: { readonly [name: string]: number };
  /** What the stage is doing, where it has phases: `warm-up`, `search`. */
  readonly phase?: string;
}

/**
 * What a stage may read besides its inputs. The content of whatever can be reached here is part of the fingerprint:
 * params marked `x-content` and data sets named by a param marked `x-dataset`, nothing else.
 */
export interface StageFiles {
  /**
   * Bytes of a file that an `x-content` param names (or `<directory>/<name>` below such a directory), the path spelt
   * as in the params; nothing when there is no such file.
   */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Name → bytes of every file of a shipped data set (`datasets/<name>/`); nothing when none has that name. */
  dataset(name: string): Promise<ReadonlyMap<string, Uint8Array> | undefined>;
}

/**
 * Everything a stage may use. It has no other way to the world: no clock, no global randomness, no files but those
 * its params name.
 */
export interface StageContext<P = unknown, I = unknown> {
  readonly params: P;
  /** Loaded input artifacts; treat them as immutable. An optional port that is not wired is absent. */
  readonly inputs: I;
  /** Content digests of the inputs, by port. */
  readonly inputDigests: { readonly [port: string]: string };
  /** Read-only access to the files that the params name, and to the data sets that naspipe ships. */
  readonly files: StageFiles;
  /** Keyed by (seed, stage type). Fork by label, epoch, index; never by stage id. */
  readonly rng: Rng;
  /** The backend that the runner chose. Throws when the manifest does not declare `needs.backend`. */
  readonly backend: () => Promise<Backend>;
  /** The device measured; present when the manifest declares `needs.device`. */
  readonly device?: DeviceInfo;
  /** The last valid checkpoint of this fingerprint, or nothing. */
  readonly resume?: CheckpointState;
  /**
   * Called after every step: reports progress, lets signals in, saves a checkpoint when one is due, and, when a stop
   * was asked for, saves one and ends the attempt (by a rejection that the stage must let through).
   * `snapshot` is called only when a checkpoint is taken.
   */
  readonly tick: (
    progress: Progress,
    snapshot: () => Promise<CheckpointState> | CheckpointState,
  ) => Promise<void>;
  /** One sentence for the attempt's journal. */
  readonly note: (sentence: string) => void;
  /** Headline facts for the stage's line in the terminal, kept in the record: `{ loss: 1.12, "images/s": 2140 }`. */
  readonly summary: (facts: { readonly [name: string]: string | number }) => void;
  /** A monotonic stopwatch in milliseconds: for rates and measurements, never for what an exact artifact holds. */
  readonly stopwatch: () => number;
}

/** Device that latencies are measured on. */
export interface DeviceInfo {
  /** `--device` label, or the CPU model. */
  readonly name: string;
  readonly arch: string;
  readonly backend: string;
  readonly instructionSet: string;
  readonly threads: number;
}

/** A failure that a stage expects and a user can mend; the runner recognises it by its shape, not its class. */
export interface StageFailure {
  readonly stageFailure: true;
  readonly code: string;
  readonly message: string;
}

/** Ends the attempt with a message for the user: `throw stageFailure('infeasible-target', '…')`. */
export const stageFailure = (code: string, message: string): StageFailure & Error =>
  Object.assign(new Error(message), { stageFailure: true as const, code });

/** What a stage type's folder exports by default. */
export interface StageModule<P = unknown, I = unknown, O = unknown> {
  readonly run: (context: StageContext<P, I>) => Promise<O>;
}

/**
 * Gives a stage its types: `defineStage<Params, Inputs, Outputs>({ async run({ params, inputs }) { … } })`, where the
 * three come from the types generated from the stage's schema.
 */
export const defineStage = <P, I extends object, O extends object>(
  stage: StageModule<P, Values<I>, Values<O>>,
): StageModule<P, Values<I>, Values<O>> => stage;
