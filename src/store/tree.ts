import { canonicalJson } from '../base/canonical.ts';
import { type Digest, digestBytes } from '../base/digest.ts';

/** The files of an artifact: relative path with `/` → bytes. */
export type ObjectTree = ReadonlyMap<string, Uint8Array>;

/** What an object's `.manifest.json` says: everything its digest is made of. */
export interface ObjectManifest {
  readonly v: 1;
  readonly kind: string;
  /** Version of the kind's file format. */
  readonly kindVersion: number;
  /** [path, size in bytes, sha256 of the bytes], sorted by path (UTF-16 code units). */
  readonly entries: readonly (readonly [path: string, size: number, digest: string])[];
}

/** Name of the manifest inside an object; no entry can have it. */
export const MANIFEST = '.manifest.json';

/** Segments that every file system can hold, none hidden. */
const PATH = /^[A-Za-z0-9_][A-Za-z0-9._-]*(\/[A-Za-z0-9_][A-Za-z0-9._-]*)*$/;

/** Lists and hashes the files of a tree. Throws when a path is not portable. */
export function manifestOf(kind: string, kindVersion: number, tree: ObjectTree): ObjectManifest {
  const paths = [...tree.keys()].sort();
  for (const path of paths) {
    if (!PATH.test(path)) throw new Error(`internal error: expected a portable path, got ${path}`);
  }
  const entries = paths.map((path) => {
    const bytes = tree.get(path)!;
    return [path, bytes.length, digestBytes(bytes)] as const;
  });
  return { v: 1, kind, kindVersion, entries };
}

/**
 * The content digest of an artifact: sha256 of canonical `{domain, kind, kindVersion, entries}`. Modes, times and
 * links are no part of it.
 */
export const digestOf = ({ kind, kindVersion, entries }: ObjectManifest): Digest =>
  digestBytes(canonicalJson({ domain: 'naspipe artifact', kind, kindVersion, entries }));

/** Bytes of all files together. */
export const sizeOf = (manifest: ObjectManifest): number =>
  manifest.entries.reduce((total, [, size]) => total + size, 0);

/** Reads a manifest's text; nothing when it does not have the form, or is of another version. */
export function parseManifest(text: string): ObjectManifest | undefined {
  try {
    const value = JSON.parse(text) as ObjectManifest;
    const whole =
      value.v === 1 &&
      typeof value.kind === 'string' &&
      typeof value.kindVersion === 'number' &&
      value.entries.every(
        ([path, size, digest]) => PATH.test(path) && typeof size === 'number' && typeof digest === 'string',
      );
    return whole ? value : undefined;
  } catch {
    return undefined;
  }
}
