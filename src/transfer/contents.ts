import * as path from 'node:path';
import { digestBytes } from '../base/digest.ts';
import { type Files, readIfPossible } from '../base/files.ts';
import { type Failure, fail, ok, type Result } from '../base/result.ts';
import type { ExportManifest } from '../schema/generated/export.ts';
import type { StageRecord } from '../schema/generated/record.ts';
import type { RunResult, StageResult } from '../schema/generated/run-result.ts';
import type { Store } from '../store/index.ts';
import { licencesText } from './licences.ts';
import {
  ATTEMPT_PARTS,
  attemptPlace,
  CHECKPOINT_PARTS,
  checkpointPlace,
  LICENCES,
  objectPlace,
  RUN_PARTS,
  recordPlace,
  runPlace,
  STORE,
} from './places.ts';

/** What an exported run consists of: small files in memory, the files of artifacts by what they are. */
export interface Contents {
  readonly files: ExportManifest['files'];
  /** Bytes of a listed file; rejects when they are no longer what was listed. */
  read(path: string): Promise<Uint8Array>;
}

/** The record that a stage of a run took its outputs from: the last with the same digests. */
async function recordOf(
  store: Store,
  { fingerprint, outputs }: StageResult,
): Promise<StageRecord | undefined> {
  if (fingerprint === undefined || Object.keys(outputs).length === 0) return undefined;
  const { records } = await store.records.list(fingerprint);
  return records.findLast((record) =>
    Object.entries(outputs).every(([port, output]) => record.outputs[port]?.digest === output!.digest),
  );
}

/** Digests of the artifacts that came out of the stages of a run, and of those that went in from elsewhere; each once. */
function artifactsOf({ stages }: RunResult): string[] {
  const all = Object.values(stages).flatMap((stage) => [
    ...Object.values(stage!.outputs).map((output) => output!.digest),
    ...Object.values(stage!.inputs).flatMap((input) => input!.digest ?? []),
  ]);
  return [...new Set(all)].sort();
}

/**
 * Lists everything that belongs to a finished run. Fails with `artifact-missing` when the store no longer has one of its
 * artifacts, or a record of a stage, whole.
 */
export async function contentsOf(
  store: Store,
  files: Files,
  result: RunResult,
): Promise<Result<Contents, Failure>> {
  const small = new Map<string, Uint8Array>();
  const missing: string[] = [];
  const add = async (place: string, parts: readonly string[]) => {
    for (const part of parts) {
      const bytes = await readIfPossible(files, path.join(store.root, place, part));
      if (bytes) small.set(`${place}/${part}`, bytes);
    }
  };
  const records: StageRecord[] = [];
  for (const [id, stage] of Object.entries(result.stages)) {
    const record = await recordOf(store, stage!);
    if (record === undefined) {
      if (Object.keys(stage!.outputs).length > 0) missing.push(`the record of ${id}`);
      continue;
    }
    records.push(record);
    const { fingerprint, attempt, n } = record;
    const [directory, name] = splitLast(recordPlace(fingerprint, n));
    await add(directory, [name]);
    await add(attemptPlace(fingerprint, attempt), ATTEMPT_PARTS);
    const last = (await store.checkpoints.load(fingerprint)).checkpoint?.manifest.seq;
    for (const seq of new Set([
      ...(last === undefined ? [] : [last]),
      ...(record.preimage.origin ? [0] : []),
    ])) {
      await add(checkpointPlace(fingerprint, seq), CHECKPOINT_PARTS);
    }
  }
  const objects = new Map<string, { readonly digest: string; readonly name: string }>();
  const listed: ExportManifest['files'] = [];
  for (const digest of artifactsOf(result)) {
    const { present } = await store.objects.check(digest);
    const manifest = present ? await store.objects.manifest(digest) : undefined;
    if (manifest === undefined) {
      missing.push(`artifact ${digest.slice(0, 12)}`);
      continue;
    }
    await add(objectPlace(digest), ['.manifest.json']);
    for (const [name, size, sha] of manifest.entries) {
      const place = `${objectPlace(digest)}/${name}`;
      objects.set(place, { digest, name });
      listed.push({ path: place, size, digest: sha });
    }
  }
  if (missing.length > 0) {
    const message = `the store no longer has ${missing.join(', ')} of run ${result.run} whole; npx pipe run makes it again`;
    return fail({ code: 'artifact-missing', message });
  }
  await add(runPlace(result.run), RUN_PARTS);
  await add('.', [STORE]);
  small.set(STORE, small.get(`./${STORE}`)!);
  small.delete(`./${STORE}`);
  small.set(LICENCES, new TextEncoder().encode(await licencesText(files, records)));
  for (const [place, bytes] of small) {
    listed.push({ path: place, size: bytes.length, digest: digestBytes(bytes) });
  }
  // what is read first comes first, and the files of one directory lie together
  listed.sort((a, b) => rank(a.path) - rank(b.path) || (a.path < b.path ? -1 : 1));

  let open: { readonly digest: string; readonly tree: ReadonlyMap<string, Uint8Array> } | undefined;
  return ok({
    files: listed,
    async read(place) {
      const bytes = small.get(place);
      if (bytes) return bytes;
      const { digest, name } = objects.get(place)!;
      if (open?.digest !== digest) {
        const opened = await store.objects.open(digest);
        if (!opened.ok) throw new LostArtifact(opened.failures[0]!.message);
        open = { digest, tree: opened.value.tree };
      }
      return open.tree.get(name)!;
    },
  });
}

/** Thrown while an archive is written when an artifact is lost meanwhile. */
export class LostArtifact extends Error {}

const ORDER = [LICENCES, STORE, 'runs/', 'records/', 'objects/', 'attempts/'];
const rank = (place: string): number => ORDER.findIndex((start) => place.startsWith(start));

const splitLast = (place: string): [string, string] => {
  const at = place.lastIndexOf('/');
  return [place.slice(0, at), place.slice(at + 1)];
};
