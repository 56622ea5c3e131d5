import type { Json } from '../base/canonical.ts';
import type { Rng } from '../base/rng.ts';
import type { Backend, Timer } from '../net/backend.ts';
import type { Tensors } from '../net/network.ts';
import type { ArtifactValues, Essences } from './artifacts.ts';

/** The kinds of artifact that a port can carry. */
export type Kind = keyof ArtifactValues;

/** An input of which only a part matters, as `x-stage.inputs.<port>.essence` declares it. */
export interface EssentialPort<K extends keyof Essences = keyof Essences, E extends string = string> {
  readonly kind: K;
  readonly essence: E;
}

/**
 * Port → loaded value, where `P` maps ports to kinds as a stage's schema declares them: the whole artifact, or the part
 * of it that the port asks for. An optional port has an optional key, one that takes several a list.
 */
export type Values<P> = { readonly [K in keyof P]: PortValue<Exclude<P[K], undefined>> };

type PortValue<P> = P extends readonly (infer Item)[]
  ? readonly PortValue<Item>[]
  : P extends Kind
    ? ArtifactValues[P]
    : P extends 'any'
      ? unknown
      : P extends EssentialPort<infer K, infer E>
        ? E extends keyof Essences[K]
          ? Essences[K][E]
          : never
        : never;

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
  /** Digests of the inputs, by port: of the content, or of the part of it that the port asks for. */
  readonly inputDigests: { readonly [port: string]: string };
  /** Read-only access to the files that the params name, and to the data sets that naspipe ships. */
  readonly files: StageFiles;
  /** Keyed by (seed, stage type). Fork by label, epoch, index; never by stage id. */
  readonly rng: Rng;
  /**
   * The backend that the runner chose. Throws when the manifest does not declare `needs.backend`, or when the device that
   * a param chose only times passes.
   */
  readonly backend: () => Promise<Backend>;
  /** What passes are timed on: that of `device`. Throws when the manifest does not declare `needs.device`. */
  readonly timer: () => Promise<Timer>;
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
  /**
   * Runs a program to its end and gives what it left for each output port, loaded as the port's kind. Its output goes
   * to the attempt's log. Ends the attempt when the program fails, or when a stop was asked for: a program has no
   * checkpoint. Throws when the manifest does not declare `needs.program`.
   */
  readonly program: (call: ProgramCall) => Promise<{ readonly [port: string]: unknown }>;
  /**
   * The value (plain JSON) of a function that takes long, computed once for all stages and runs of a store. `key` names
   * everything that decides the value; the runner adds the code and the arithmetic. `compute` must have no other effect
   * that matters: it is not called when the value is known.
   */
  readonly remember: <T>(key: Json, compute: () => Promise<T>) => Promise<T>;
  /** One sentence for the attempt's journal. */
  readonly note: (sentence: string) => void;
  /** Headline facts for the stage's line in the terminal, kept in the record: `{ loss: 1.12, "images/s": 2140 }`. */
  readonly summary: (facts: { readonly [name: string]: string | number }) => void;
  /** A monotonic stopwatch in milliseconds: for rates and measurements, never for what an exact artifact holds. */
  readonly stopwatch: () => number;
}

/** A program and what it may know of the world. */
export interface ProgramCall {
  /** The program and its arguments; no shell reads them. */
  readonly words: readonly string[];
  /** Names of variables that it gets from the environment of the run, where they are set. */
  readonly environment: readonly string[];
  /** Further variables, by name. */
  readonly variables: { readonly [name: string]: string };
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
