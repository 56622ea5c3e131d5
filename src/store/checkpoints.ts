import * as path from 'node:path';
import { canonicalJson, type Json } from '../base/canonical.ts';
import type { Clock } from '../base/clock.ts';
import { type Digest, digestBytes, digestValue } from '../base/digest.ts';
import { type Files, readIfPossible } from '../base/files.ts';
import type { CheckpointManifest, RecordedNumerics } from '../schema/generated/checkpoint.ts';
import { ensurePlace, quarantine } from './damage.ts';
import type { Layout } from './layout.ts';
import { readSealed, seal } from './seal.ts';

/** What a checkpoint is made of. */
export interface CheckpointDraft {
  readonly fingerprint: string;
  readonly attempt: string;
  readonly step: number;
  readonly total: number;
  /** Time spent in the stage so far, attempts before included, milliseconds. */
  readonly computeMs: number;
  /** Key of the arithmetic; absent for a stage without a backend. */
  readonly numerics?: RecordedNumerics;
  readonly state: Json;
  /** Safetensors bytes. */
  readonly tensors: Uint8Array;
}

export interface Checkpoint {
  readonly manifest: CheckpointManifest;
  readonly state: Json;
  readonly tensors: Uint8Array;
}

export interface LoadedCheckpoint {
  /** The newest that is whole and acceptable. */
  readonly checkpoint?: Checkpoint;
  /** The newer ones that were passed over, and why. */
  readonly passedOver: readonly { readonly seq: number; readonly why: string }[];
}

/** States inside a stage from which an attempt resumes exactly, by fingerprint. Only the holder of its lock may save. */
export interface Checkpoints {
  /**
   * Saves one as its state is at the call, whole and durable; the newest two stay. Rejects with Node's error when the
   * file system fails.
   */
  save(draft: CheckpointDraft): Promise<{ seq: number; bytes: number }>;
  /** Loads the newest that verifies and that `refuse` has no reason against. Damaged ones are moved aside. */
  load(
    fingerprint: string,
    refuse?: (manifest: CheckpointManifest) => string | undefined,
  ): Promise<LoadedCheckpoint>;
  /** Reads one whole: names in it that are no part of it; nothing when it is torn or damaged. */
  inspect(fingerprint: string, seq: number): Promise<readonly string[] | undefined>;
  /** Fingerprints that have checkpoints, sorted. */
  fingerprints(): Promise<string[]>;
  /** The newest whose manifest is whole, without reading the rest: for planning and for messages. */
  newest(fingerprint: string): Promise<CheckpointManifest | undefined>;
  /** Every one whose manifest is whole, the newest first. */
  list(fingerprint: string): Promise<CheckpointManifest[]>;
  /** The checkpoint of a step that a stage saved, or a copy of it that a branch keeps; without reading the rest. */
  at(fingerprint: string, step: number): Promise<CheckpointManifest | undefined>;
  /**
   * Gives a stage a copy of another's checkpoint to begin from: number 0, which stays. False when there is no such
   * checkpoint any more, or it is damaged.
   */
  branch(fingerprint: string, from: { fingerprint: string; step: number }): Promise<boolean>;
}

/** Digest of what a checkpoint holds, whoever saved it and when. */
export const checkpointDigest = ({ step, files }: CheckpointManifest): Digest =>
  digestValue('naspipe checkpoint content', {
    step,
    files: Object.fromEntries(Object.entries(files).map(([name, file]) => [name, file!.digest])),
  });

/** Names of checkpoints: their numbers. */
export const CHECKPOINT_NAME = /^(0|[1-9]\d*)$/;
const KEPT = 2;
const MANIFEST = 'checkpoint.json';
const STATE = 'state.json';
const TENSORS = 'tensors.safetensors';
const DOMAIN = 'naspipe checkpoint';

export function createCheckpoints(files: Files, at: Layout, clock: Clock): Checkpoints {
  /** Numbers of the checkpoints of a fingerprint, newest first. */
  async function numbers(fingerprint: string): Promise<number[]> {
    const names = await files.list(at.checkpoints(fingerprint));
    return names
      .filter((name) => CHECKPOINT_NAME.test(name))
      .map(Number)
      .sort((a, b) => b - a);
  }

  const place = (fingerprint: string, seq: number) => path.join(at.checkpoints(fingerprint), `${seq}`);

  async function manifest(fingerprint: string, seq: number): Promise<CheckpointManifest | undefined> {
    const file = path.join(place(fingerprint, seq), MANIFEST);
    const found = await readSealed<CheckpointManifest>(files, DOMAIN, file);
    return found?.v === 1 && found.fingerprint === fingerprint && found.seq === seq ? found : undefined;
  }

  async function part(directory: string, found: CheckpointManifest, name: string) {
    const bytes = await readIfPossible(files, path.join(directory, name));
    return bytes && digestBytes(bytes) === found.files[name]?.digest ? bytes : undefined;
  }

  /** Writes one whole, or nothing. */
  async function write(
    draft: Omit<CheckpointManifest, 'v' | 'files' | 'seal'>,
    state: Uint8Array,
    tensors: Uint8Array,
  ): Promise<void> {
    const home = at.checkpoints(draft.fingerprint);
    await ensurePlace(files, at, home);
    for (const name of await files.list(home)) {
      if (name.startsWith('.')) await files.remove(path.join(home, name));
    }
    const sealed: CheckpointManifest = seal(DOMAIN, {
      v: 1 as const,
      ...draft,
      files: {
        [STATE]: { size: state.length, digest: digestBytes(state) },
        [TENSORS]: { size: tensors.length, digest: digestBytes(tensors) },
      },
    });
    const hidden = path.join(home, `.${draft.seq}`);
    try {
      await files.createDirectory(hidden);
      await files.writeNew(path.join(hidden, STATE), state);
      await files.writeNew(path.join(hidden, TENSORS), tensors);
      await files.writeNew(path.join(hidden, MANIFEST), `${JSON.stringify(sealed, null, 2)}\n`);
      await files.syncDirectory(hidden);
      await files.rename(hidden, place(draft.fingerprint, draft.seq));
    } catch (error) {
      await files.remove(hidden).catch(() => {});
      throw error;
    }
    await files.syncDirectory(home);
  }

  async function list(fingerprint: string): Promise<CheckpointManifest[]> {
    const all = await Promise.all((await numbers(fingerprint)).map((seq) => manifest(fingerprint, seq)));
    return all.filter((found) => found !== undefined);
  }

  const fingerprints = async (): Promise<string[]> => {
    const names = await files.list(at.attempts);
    const found = await Promise.all(
      names.map(async (name) => ((await numbers(name)).length > 0 ? [name] : [])),
    );
    return found.flat();
  };

  /** The checkpoint of a step that a stage saved, or a copy of it. */
  async function find(fingerprint: string, step: number): Promise<CheckpointManifest | undefined> {
    const own = (await list(fingerprint)).find((each) => each.step === step);
    if (own !== undefined) return own;
    for (const other of await fingerprints()) {
      const copy = await manifest(other, 0);
      if (copy?.savedBy === fingerprint && copy.step === step) return copy;
    }
    return undefined;
  }

  return {
    async save({ state, tensors, ...draft }) {
      // before anything is awaited: the state may change meanwhile
      const text = new TextEncoder().encode(canonicalJson(state));
      const before = await numbers(draft.fingerprint);
      const seq = 1 + (before[0] ?? 0);
      await write({ ...draft, seq, savedAt: clock.now() }, text, tensors);
      const own = before.filter((n) => n > 0);
      for (const old of own.slice(KEPT - 1)) await files.remove(place(draft.fingerprint, old));
      return { seq, bytes: text.length + tensors.length };
    },
    async load(fingerprint, refuse) {
      const passedOver: { seq: number; why: string }[] = [];
      for (const seq of await numbers(fingerprint)) {
        const directory = place(fingerprint, seq);
        const found = await manifest(fingerprint, seq);
        const state = found && (await part(directory, found, STATE));
        const tensors = found && (await part(directory, found, TENSORS));
        if (!found || !state || !tensors) {
          const why = 'it is torn or damaged';
          await quarantine(files, at, directory, { what: `checkpoint ${seq}`, why });
          passedOver.push({ seq, why });
          continue;
        }
        const reason = refuse?.(found);
        if (reason !== undefined) {
          passedOver.push({ seq, why: reason });
          continue;
        }
        const value = JSON.parse(new TextDecoder().decode(state)) as Json;
        return { checkpoint: { manifest: found, state: value, tensors }, passedOver };
      }
      return { passedOver };
    },
    async inspect(fingerprint, seq) {
      const directory = place(fingerprint, seq);
      const found = await manifest(fingerprint, seq);
      if (!found || !(await part(directory, found, STATE)) || !(await part(directory, found, TENSORS))) {
        return undefined;
      }
      const own = [MANIFEST, STATE, TENSORS];
      return (await files.list(directory)).filter((name) => !own.includes(name));
    },
    fingerprints,
    list,
    at: find,
    async branch(fingerprint, from) {
      if (await manifest(fingerprint, 0)) return true;
      const found = await find(from.fingerprint, from.step);
      const directory = found && place(found.fingerprint, found.seq);
      const [state, tensors] = directory
        ? await Promise.all([part(directory, found, STATE), part(directory, found, TENSORS)])
        : [];
      if (!found || !state || !tensors) return false;
      const { v: _, files: __, seal: ___, ...facts } = found;
      await write(
        { ...facts, fingerprint, seq: 0, savedBy: found.savedBy ?? found.fingerprint },
        state,
        tensors,
      );
      return true;
    },
    async newest(fingerprint) {
      for (const seq of await numbers(fingerprint)) {
        const found = await manifest(fingerprint, seq);
        if (found) return found;
      }
      return undefined;
    },
  };
}
