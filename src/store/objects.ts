import * as path from 'node:path';
import { canonicalJson } from '../base/canonical.ts';
import type { Clock } from '../base/clock.ts';
import { type Digest, digestBytes } from '../base/digest.ts';
import { ensureDirectory, type Files, readIfPossible, readTextIfWhole } from '../base/files.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { type Damage, quarantine } from './damage.ts';
import type { Layout } from './layout.ts';
import { privateDirectory } from './private.ts';
import { isUnchanged, remember, signatureOf } from './signatures.ts';
import {
  digestOf,
  MANIFEST,
  manifestOf,
  type ObjectManifest,
  type ObjectTree,
  parseManifest,
  sizeOf,
} from './tree.ts';

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

export function createObjects(files: Files, at: Layout, clock: Clock): Objects {
  async function manifest(digest: string): Promise<ObjectManifest | undefined> {
    const text = await readTextIfWhole(files, path.join(at.object(digest), MANIFEST));
    const found = text === undefined ? undefined : parseManifest(text);
    return found && digestOf(found) === digest ? found : undefined;
  }

  /** Hashes an object that lies in its place. */
  async function verify(digest: string): Promise<Result<OpenedObject, ObjectFailure>> {
    const directory = at.object(digest);
    const short = digest.slice(0, 12);
    if (!(await files.stat(directory))) {
      const message = `artifact ${short} is not in the store`;
      return fail({ code: 'artifact-missing', message, digest, damage: [] });
    }
    const damaged = async (why: string) => {
      const damage = await quarantine(files, at, directory, { what: `artifact ${short}`, why });
      await files.remove(at.signature(digest));
      const message = `artifact ${short} is damaged: ${why}`;
      return fail({ code: 'artifact-damaged' as const, message, digest, damage: [damage] });
    };
    const found = await manifest(digest);
    if (!found) return damaged(`its ${MANIFEST} is missing or does not have its digest`);
    const started = clock.now();
    const signature = await signatureOf(
      files,
      directory,
      [MANIFEST, ...found.entries.map(([name]) => name)],
      started,
    );
    if (!signature) return damaged('a file is missing');
    const tree = new Map<string, Uint8Array>();
    for (const [name, size, expected] of found.entries) {
      const bytes = await readIfPossible(files, path.join(directory, name));
      if (!bytes) return damaged(`${name} cannot be read`);
      if (bytes.length !== size) return damaged(`${name} has ${bytes.length} bytes instead of ${size}`);
      if (digestBytes(bytes) !== expected) return damaged(`${name} does not have its digest`);
      tree.set(name, bytes);
    }
    await remember(files, at, digest, signature);
    return ok({ kind: found.kind, kindVersion: found.kindVersion, tree });
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

  /** Renames a private directory into an object's place; false when a whole object is there already. */
  async function moveIn(directory: string, digest: string): Promise<boolean> {
    const place = at.object(digest);
    await ensureDirectory(files, path.dirname(place));
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
      if (before.ok) return { ...facts, reused: true, damage: [] };
      const damage = before.failures.flatMap((failure) => failure.damage);

      const directory = await privateDirectory(files, at);
      try {
        await write(directory, found, tree);
        if (!(await moveIn(directory, digest))) {
          await files.remove(directory);
          return { ...facts, reused: true, damage };
        }
      } catch (error) {
        await files.remove(directory).catch(() => {});
        throw error;
      }
      const paths = [MANIFEST, ...found.entries.map(([name]) => name)];
      const signature = await signatureOf(files, at.object(digest), paths, clock.now());
      if (signature) await remember(files, at, digest, signature);
      return { ...facts, reused: false, damage };
    },
    async check(digest) {
      if (await isUnchanged(files, at, digest)) return { present: true, damage: [] };
      const opened = await verify(digest);
      return opened.ok
        ? { present: true, damage: [] }
        : { present: false, damage: opened.failures.flatMap((failure) => failure.damage) };
    },
    open: verify,
    manifest,
    directory: at.object,
    async list() {
      const groups = await files.list(at.objects);
      const found = await Promise.all(groups.map((group) => files.list(path.join(at.objects, group))));
      return found.flat();
    },
  };
}
