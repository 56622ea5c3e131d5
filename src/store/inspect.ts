import * as path from 'node:path';
import { digestBytes } from '../base/digest.ts';
import { type Files, readIfPossible, readTextIfWhole } from '../base/files.ts';
import type { Layout } from './layout.ts';
import { digestOf, MANIFEST, type ObjectManifest, type ObjectTree, parseManifest } from './tree.ts';

/** What is found when every byte of an object is looked at. Nothing is changed. */
export type Inspection =
  | { readonly state: 'missing' }
  | { readonly state: 'damaged'; readonly why: string }
  | {
      readonly state: 'whole';
      readonly manifest: ObjectManifest;
      readonly tree: ObjectTree;
      /** Files and links that lie in the object and are no part of it: relative paths. */
      readonly extra: readonly string[];
    };

/** An object's manifest; nothing when it is absent, or not the one that the digest names. */
export async function readManifest(
  files: Files,
  at: Layout,
  digest: string,
): Promise<ObjectManifest | undefined> {
  const text = await readTextIfWhole(files, path.join(at.object(digest), MANIFEST));
  const found = text === undefined ? undefined : parseManifest(text);
  return found && digestOf(found) === digest ? found : undefined;
}

/** Relative paths, with `/`, of everything below a directory that is no directory. */
export async function pathsBelow(files: Files, directory: string, below = ''): Promise<string[]> {
  const found: string[] = [];
  for (const name of await files.list(path.join(directory, below))) {
    const relative = below === '' ? name : `${below}/${name}`;
    const stat = await files.stat(path.join(directory, relative));
    if (stat?.kind === 'directory') found.push(...(await pathsBelow(files, directory, relative)));
    else if (stat) found.push(relative);
  }
  return found;
}

/** Reads an object whole and compares it with its digest. */
export async function inspectObject(files: Files, at: Layout, digest: string): Promise<Inspection> {
  const directory = at.object(digest);
  if (!(await files.stat(directory))) return { state: 'missing' };
  const manifest = await readManifest(files, at, digest);
  const damaged = (why: string): Inspection => ({ state: 'damaged', why });
  if (!manifest) return damaged(`its ${MANIFEST} is missing or does not have its digest`);
  const present = new Set(await pathsBelow(files, directory));
  const tree = new Map<string, Uint8Array>();
  for (const [name, size, expected] of manifest.entries) {
    if (!present.has(name)) return damaged(`${name} is missing`);
    const bytes = await readIfPossible(files, path.join(directory, name));
    if (!bytes) return damaged(`${name} cannot be read`);
    if (bytes.length !== size) return damaged(`${name} has ${bytes.length} bytes instead of ${size}`);
    if (digestBytes(bytes) !== expected) return damaged(`${name} does not have its digest`);
    tree.set(name, bytes);
    present.delete(name);
  }
  present.delete(MANIFEST);
  return { state: 'whole', manifest, tree, extra: [...present] };
}
