import * as path from 'node:path';
import { type Files, readTextIfWhole } from '../base/files.ts';
import { isSettled } from '../base/settled.ts';
import type { Layout } from './layout.ts';
import { parseSumLine, sumLine } from './lines.ts';

/** [path, device, inode, size, modified ns, changed ns]; of a directory: [path with `/`, device, inode, 0, modified twice] */
type FileSignature = readonly [string, number, number, number, string, string];

interface Signature {
  /** Milliseconds since 1970, before the files were looked at. */
  readonly at: number;
  readonly files: readonly FileSignature[];
}

/** The directories that some paths lie in, `''` for the outermost. */
const directoriesOf = (paths: readonly string[]): string[] => {
  const found = new Set(['']);
  for (const each of paths) {
    const parts = each.split('/').slice(0, -1);
    parts.forEach((_, i) => {
      found.add(parts.slice(0, i + 1).join('/'));
    });
  }
  return [...found];
};

/**
 * What the file system says of the files of an object, and of its directories, whose times tell of files that came to it.
 * Nothing when one is missing.
 */
export async function signatureOf(
  files: Files,
  directory: string,
  paths: readonly string[],
  at: number,
): Promise<Signature | undefined> {
  const found: FileSignature[] = [];
  for (const name of paths) {
    const stat = await files.stat(path.join(directory, name));
    if (stat?.kind !== 'file') return undefined;
    const { device, inode, size, modified, changed } = stat;
    found.push([name, device, inode, size, `${modified}`, `${changed}`]);
  }
  for (const name of directoriesOf(paths)) {
    const stat = await files.stat(path.join(directory, name));
    if (stat?.kind !== 'directory') return undefined;
    const modified = `${stat.modified}`;
    found.push([`${name}/`, stat.device, stat.inode, 0, modified, modified]);
  }
  return { at, files: found };
}

/** Keeps a signature of files whose digests are known to be right. It is a cache: a failure to write it is no failure. */
export async function remember(
  files: Files,
  at: Layout,
  digest: string,
  signature: Signature,
): Promise<void> {
  const file = at.signature(digest);
  try {
    await files.makeDirectory(path.dirname(file));
    await files.writeAtomic(file, sumLine(signature));
  } catch {}
}

/** What was kept of an object's files; nothing when there is none, or it is not as it was written. */
export async function readSignature(
  files: Files,
  at: Layout,
  digest: string,
): Promise<Signature | undefined> {
  const text = await readTextIfWhole(files, at.signature(digest));
  return text === undefined ? undefined : parseSumLine<Signature>(text);
}

/** Whether an object's files are those whose digests were found right before, going by the file system's word alone. */
export async function isUnchanged(files: Files, at: Layout, digest: string): Promise<boolean> {
  const known = await readSignature(files, at, digest);
  if (known === undefined) return false;
  if (!known.files.every(([, , , , , changed]) => isSettled(BigInt(changed), known.at))) return false;
  const names = known.files.map(([name]) => name).filter((name) => !name.endsWith('/'));
  const now = await signatureOf(files, at.object(digest), names, known.at);
  return JSON.stringify(now?.files) === JSON.stringify(known.files);
}
