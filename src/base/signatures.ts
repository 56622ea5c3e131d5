import type { FileStat, Files } from './files.ts';
import { isSettled } from './settled.ts';

/** What the file system says of some files and directories; while it says the same, they need not be read again. */
export interface Signatures {
  /** Milliseconds since 1970, before the files were looked at. */
  readonly at: number;
  readonly entries: readonly SignatureEntry[];
}

/** [path, device, inode, size, modified ns, changed ns]; of a directory the names in it count, not its own name. */
type SignatureEntry = readonly [string, number, number, number, string, string];

function entryOf(file: string, { kind, device, inode, size, modified, changed }: FileStat): SignatureEntry {
  const times = kind === 'directory' ? [modified, modified] : [modified, changed];
  return [file, device, inode, kind === 'directory' ? 0 : size, `${times[0]}`, `${times[1]}`];
}

/**
 * The signatures of files that were read, or of directories that were listed, after the time `at`; nothing when one is
 * gone.
 */
export async function signaturesOf(
  files: Files,
  paths: readonly string[],
  at: number,
): Promise<Signatures | undefined> {
  const stats = await files.statAll(paths);
  const entries: SignatureEntry[] = [];
  for (const [i, stat] of stats.entries()) {
    if (stat === undefined) return undefined;
    entries.push(entryOf(paths[i]!, stat));
  }
  return { at, entries };
}

/** Whether nothing can have changed since the signatures were taken, going by the file system's word alone. */
export async function areUnchanged(files: Files, { at, entries }: Signatures): Promise<boolean> {
  if (!entries.every(([, , , , , changed]) => isSettled(BigInt(changed), at))) return false;
  const paths = entries.map(([file]) => file);
  const now = await signaturesOf(files, paths, at);
  return now?.entries.every((entry, i) => entry.every((part, j) => part === entries[i]![j])) ?? false;
}
