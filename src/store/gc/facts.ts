import * as path from 'node:path';
import { isDigest } from '../../base/digest.ts';
import type { Files } from '../../base/files.ts';
import { isHeld } from '../../base/locks.ts';
import type { StageRecord } from '../../schema/generated/record.ts';
import type { RunResult } from '../../schema/generated/run-result.ts';
import { isTimeId } from '../ids.ts';
import { readManifest } from '../inspect.ts';
import type { Layout } from '../layout.ts';
import type { StoreParts } from '../parts.ts';
import type { Pinned } from '../pins.ts';
import { MANIFEST, sizeOf } from '../tree.ts';

/** What the garbage collector knows of a run. */
export interface RunFacts {
  readonly id: string;
  /** Name of its pipeline; absent when nothing tells it any more. */
  readonly pipeline?: string;
  readonly live: boolean;
  readonly bytes: number;
  readonly fingerprints: ReadonlySet<string>;
  readonly artifacts: ReadonlySet<string>;
  readonly attempts: ReadonlySet<string>;
}

/** What lies under a fingerprint: its records, and its attempts with their checkpoints. */
export interface StageFacts {
  readonly fingerprint: string;
  /** By rising number. */
  readonly records: readonly StageRecord[];
  /** An attempt is under way. */
  readonly busy: boolean;
  /** Milliseconds since 1970 at which anything of it changed last. */
  readonly changedAt: number;
  readonly recordBytes: number;
  readonly attempts: readonly { readonly id: string; readonly bytes: number; readonly changedAt: number }[];
  readonly checkpointBytes: number;
  /** Time that its newest checkpoint stands for, milliseconds; 0 without one. */
  readonly checkpointMs: number;
  /** Digests of the inputs of its attempts. */
  readonly inputs: ReadonlySet<string>;
}

export interface ObjectFacts {
  readonly bytes: number;
  readonly changedAt: number;
}

/** All of the store that garbage collection decides by, read at one time. */
export interface Facts {
  readonly runs: readonly RunFacts[];
  readonly stages: ReadonlyMap<string, StageFacts>;
  readonly objects: ReadonlyMap<string, ObjectFacts>;
  readonly pins: readonly Pinned[];
}

interface Size {
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly changedAt: number;
}

/** Size of a file or of everything below a directory, and when the last of it changed. */
export async function sizeBelow(files: Files, place: string): Promise<Size> {
  const stat = await files.stat(place);
  if (!stat) return { bytes: 0, changedAt: 0 };
  const own = Number(stat.changed / 1_000_000n);
  if (stat.kind !== 'directory') return { bytes: stat.size, changedAt: own };
  let [bytes, changedAt] = [0, own];
  for (const name of await files.list(place)) {
    const below = await sizeBelow(files, path.join(place, name));
    bytes += below.bytes;
    changedAt = Math.max(changedAt, below.changedAt);
  }
  return { bytes, changedAt };
}

async function runFacts(store: StoreParts, files: Files, at: Layout, id: string): Promise<RunFacts> {
  const result = (await store.runs.results(id)) as RunResult | undefined;
  const pipeline = (await store.runs.pipeline(id)) as { readonly name?: string } | undefined;
  const fingerprints = new Set<string>();
  const artifacts = new Set<string>();
  const attempts = new Set<string>();
  for (const stage of Object.values(result?.stages ?? {})) {
    if (stage?.fingerprint !== undefined) fingerprints.add(stage.fingerprint);
    if (stage?.attempt !== undefined) attempts.add(stage.attempt);
    for (const output of Object.values(stage?.outputs ?? {})) artifacts.add(output!.digest);
    for (const input of Object.values(stage?.inputs ?? {})) {
      if (input?.digest !== undefined) artifacts.add(input.digest);
    }
  }
  for (const use of await store.runs.uses(id)) {
    if ('fingerprint' in use) fingerprints.add(use.fingerprint);
    else artifacts.add(use.artifact);
  }
  for (const stage of await files.list(at.run(id))) {
    for (const port of await files.list(path.join(at.run(id), stage))) {
      const target = path.basename((await files.readLink(path.join(at.run(id), stage, port))) ?? '');
      if (isDigest(target)) artifacts.add(target);
    }
  }
  const name = pipeline?.name ?? result?.pipeline;
  const { bytes } = await sizeBelow(files, at.run(id));
  const live = store.runs.isLive(id);
  return {
    id,
    ...(name !== undefined && { pipeline: name }),
    live,
    bytes,
    fingerprints,
    artifacts,
    attempts,
  };
}

async function stageFacts(
  store: StoreParts,
  files: Files,
  at: Layout,
  fingerprint: string,
): Promise<StageFacts> {
  const { records } = await store.records.list(fingerprint);
  const recorded = await sizeBelow(files, path.join(at.records, fingerprint));
  const home = path.join(at.attempts, fingerprint);
  const tried = await sizeBelow(files, home);
  const checkpoints = await sizeBelow(files, at.checkpoints(fingerprint));
  const newest = await store.checkpoints.newest(fingerprint);
  const attempts = [];
  const inputs = new Set<string>();
  for (const id of (await files.list(home)).filter(isTimeId)) {
    attempts.push({ id, ...(await sizeBelow(files, path.join(home, id))) });
    const request = await store.attempts.request(store.attempts.at(fingerprint, id));
    for (const input of Object.values(request?.inputs ?? {})) inputs.add(input!.digest);
  }
  return {
    fingerprint,
    records,
    busy: isHeld(at.lock(fingerprint)),
    changedAt: Math.max(recorded.changedAt, tried.changedAt),
    recordBytes: recorded.bytes,
    attempts,
    checkpointBytes: checkpoints.bytes,
    checkpointMs: newest?.computeMs ?? 0,
    inputs,
  };
}

/** Reads what garbage collection decides by. Call it where nobody looks up or commits. */
export async function readFacts(store: StoreParts, files: Files, at: Layout): Promise<Facts> {
  const runs: RunFacts[] = [];
  for (const id of await store.runs.list()) runs.push(await runFacts(store, files, at, id));

  const held = (await files.list(at.locks)).filter((name) => isDigest(name) && isHeld(at.lock(name)));
  const known = [...(await files.list(at.records)), ...(await files.list(at.attempts)), ...held];
  const stages = new Map<string, StageFacts>();
  for (const fingerprint of new Set(known.filter(isDigest))) {
    stages.set(fingerprint, await stageFacts(store, files, at, fingerprint));
  }
  const objects = new Map<string, ObjectFacts>();
  for (const digest of (await store.objects.list()).filter(isDigest)) {
    const manifest = await readManifest(files, at, digest);
    const stat = await files.stat(at.object(digest));
    const own = await files.stat(path.join(at.object(digest), MANIFEST));
    const bytes = manifest
      ? sizeOf(manifest) + (own?.size ?? 0)
      : (await sizeBelow(files, at.object(digest))).bytes;
    objects.set(digest, { bytes, changedAt: Number((stat?.changed ?? 0n) / 1_000_000n) });
  }
  return { runs, stages, objects, pins: await store.pins.list() };
}
