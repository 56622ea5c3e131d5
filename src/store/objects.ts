import * as path from 'node:path';
import { canonicalJson } from '../base/canonical.ts';
import type { Clock } from '../base/clock.ts';
import type { Digest } from '../base/digest.ts';
import type { Files } from '../base/files.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { type Damage, ensurePlace, quarantine } from './damage.ts';
import { inspectObject, readManifest } from './inspect.ts';
import type { Layout } from './layout.ts';
import { privateDirectory } from './private.ts';
import { isUnchanged, remember, signatureOf } from './signatures.ts';
import { digestOf, MANIFEST, manifestOf, type ObjectManifest, type ObjectTree, sizeOf } from './tree.ts';

export interface StoredObject {
  readonly digest: Digest;
  /** Size of all files, bytes. */
  readonly bytes: number;
  readonly files: number;
  /** The identical object was there already. */
  readonly reused: boolean;
  /** What was found in its place and moved aside. */
  readonly damage: readonly Damage[];
}

export interface OpenedObject {
  readonly kind: string;
  readonly kindVersion: number;
  readonly tree: ObjectTree;
  /** What lay in it, was no part of it, and was moved aside. */
  readonly damage: readonly Damage[];
}

export interface ObjectFailure {
  readonly code: 'artifact-missing' | 'artifact-damaged';
  readonly message: string;
  readonly digest: string;
  readonly damage: readonly Damage[];
}

/** Artifacts by content digest. File-system errors (`ENOSPC`, `EIO` …) are rejections with Node's error. */
export interface Objects {
  /** Stores the files of an artifact, whole and durable, or finds that they are there already. */
  put(kind: string, kindVersion: number, tree: ObjectTree): Promise<StoredObject>;
  /**
   * Whether an object is there, going by its files' stat signatures; files that changed since are hashed again.
   * A damaged object is moved aside.
   */
  check(digest: string): Promise<{ present: boolean; damage: readonly Damage[] }>;
  /** Reads an object into memory, every byte checked against the digest. A damaged one is moved aside. */
  open(digest: string): Promise<Result<OpenedObject, ObjectFailure>>;
  /** What an object consists of, without reading its files; nothing when it is absent or its manifest is not whole. */
  manifest(digest: string): Promise<ObjectManifest | undefined>;
  /** Where an object's files lie. */
  directory(digest: string): string;
  /** Digests of all objects, sorted. */
  list(): Promise<string[]>;
}

const pathsOf = ({ entries }: ObjectManifest): string[] => [MANIFEST, ...entries.map(([name]) => name)];

export function createObjects(files: Files, at: Layout, clock: Clock): Objects {
  /**
   * Hashes an object that lies in its place. What has no part in it is moved aside, and so is the whole when it is damaged,
   * unless another process has meanwhile taken it away or put another there.
   */
  async function verify(digest: string): Promise<Result<OpenedObject, ObjectFailure>> {
    const directory = at.object(digest);
    const what = `artifact ${digest.slice(0, 12)}`;
    const place = await files.stat(directory);
    const signed = clock.now();
    const found = await inspectObject(files, at, digest);
    const missing = () => {
      const message = `${what} is not in the store`;
      return fail<ObjectFailure>({ code: 'artifact-missing', message, digest, damage: [] });
    };
    if (found.state === 'missing') return missing();
    if (found.state === 'damaged') {
      const now = await files.stat(directory);
      if (now === undefined) return missing();
      if (now.inode !== place?.inode) return verify(digest);
      const damage = await quarantine(files, at, directory, { what, why: found.why });
      if (damage.movedTo === undefined) return missing();
      await files.remove(at.signature(digest));
      const message = `${what} is damaged: ${found.why}`;
      return fail<ObjectFailure>({ code: 'artifact-damaged', message, digest, damage: [damage] });
    }
    const damage: Damage[] = [];
    for (const name of found.extra) {
      const why = `${name} is no part of it`;
      damage.push(await quarantine(files, at, path.join(directory, name), { what, why }));
    }
    const { kind, kindVersion } = found.manifest;
    const signature = await signatureOf(files, directory, pathsOf(found.manifest), signed);
    if (signature) await remember(files, at, digest, signature);
    return ok({ kind, kindVersion, tree: found.tree, damage });
  }

  /** Writes an object into a private directory, durable down to the names. */
  async function write(directory: string, found: ObjectManifest, tree: ObjectTree): Promise<void> {
    const directories = new Set([directory]);
    for (const [name, bytes] of tree) {
      const file = path.join(directory, name);
      for (let above = path.dirname(file); !directories.has(above); above = path.dirname(above)) {
        directories.add(above);
      }
      await files.makeDirectory(path.dirname(file));
      await files.writeNew(file, bytes);
    }
    await files.writeNew(path.join(directory, MANIFEST), `${canonicalJson(found)}\n`);
    for (const each of [...directories].reverse()) await files.syncDirectory(each);
  }

  /** Renames a private directory into an object's place; false when a whole object is there already. Adds to `damage`. */
  async function moveIn(directory: string, digest: string, damage: Damage[]): Promise<boolean> {
    const place = at.object(digest);
    damage.push(...(await ensurePlace(files, at, path.dirname(place))));
    try {
      await files.rename(directory, place);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const taken = code === 'ENOTEMPTY' || code === 'EEXIST';
      if (taken && (await verify(digest)).ok) return false;
      throw error;
    }
    await files.syncDirectory(path.dirname(place));
    return true;
  }

  return {
    async put(kind, kindVersion, tree) {
      const found = manifestOf(kind, kindVersion, tree);
      const digest = digestOf(found);
      const facts = { digest, bytes: sizeOf(found), files: found.entries.length };
      const before = await verify(digest);
      if (before.ok) return { ...facts, reused: true, damage: before.value.damage };
      const damage = before.failures.flatMap((failure) => failure.damage);

      const directory = await privateDirectory(files, at);
      try {
        await write(directory, found, tree);
        if (!(await moveIn(directory, digest, damage))) {
          await files.remove(directory);
          return { ...facts, reused: true, damage };
        }
      } catch (error) {
        await files.remove(directory).catch(() => {});
        throw error;
      }
      const signature = await signatureOf(files, at.object(digest), pathsOf(found), clock.now());
      if (signature) await remember(files, at, digest, signature);
      return { ...facts, reused: false, damage };
    },
    async check(digest) {
      if (await isUnchanged(files, at, digest)) return { present: true, damage: [] };
      const opened = await verify(digest);
      return opened.ok
        ? { present: true, damage: opened.value.damage }
        : { present: false, damage: opened.failures.flatMap((failure) => failure.damage) };
    },
    open: verify,
    manifest: (digest) => readManifest(files, at, digest),
    directory: at.object,
    async list() {
      const groups = await files.list(at.objects);
      const found = await Promise.all(groups.map((group) => files.list(path.join(at.objects, group))));
      return found.flat();
    },
  };
}
