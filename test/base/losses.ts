import * as fs from 'node:fs';
import * as path from 'node:path';

const {
  lstatSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} = fs;

const statOf = (file: string) => lstatSync(file, { throwIfNoEntry: false });

/** A change of a directory that is not on the disk yet. */
interface Pending {
  /** What it is called now. */
  file: string;
  /** Of a rename: what it was called before, and how to bring back what it replaced. */
  readonly from?: string;
  readonly restore?: () => void;
}

/** The path of something below `from` once that is called `to`. */
const moved = (file: string, from: string, to: string): string =>
  file === from || file.startsWith(`${from}/`) ? to + file.slice(from.length) : file;

/** How to bring back a file or link that is about to be replaced. */
function restorer(file: string): (() => void) | undefined {
  const stat = statOf(file);
  if (stat?.isSymbolicLink()) {
    const target = readlinkSync(file);
    return () => symlinkSync(target, file);
  }
  if (!stat?.isFile()) return undefined;
  const bytes = readFileSync(file);
  return () => writeFileSync(file, bytes);
}

/**
 * What a machine has in memory only, and loses with its power: the worst that a file system may do is to lose all of it.
 * Told of every change before or after it is made, as each method says.
 */
export class Losses {
  /** File → bytes of it that are on the disk. */
  readonly #contents = new Map<string, number>();
  #names: Pending[] = [];

  /** Before a write. */
  writing(file: string): void {
    if (!this.#contents.has(file)) this.#contents.set(file, statOf(file)?.size ?? 0);
  }

  /** After something got its name. */
  created(file: string): void {
    this.#names.push({ file });
  }

  /** Before something is called otherwise; returns what to call when it is. */
  renaming(from: string, to: string): () => void {
    const restore = restorer(to);
    return () => {
      for (const pending of this.#names) pending.file = moved(pending.file, from, to);
      for (const [file, size] of [...this.#contents]) {
        this.#contents.delete(file);
        this.#contents.set(moved(file, from, to), size);
      }
      this.#names.push({ file: to, from, ...(restore && { restore }) });
    };
  }

  /** After a file's content, or the names in a directory, got to the disk. */
  synced(file: string): void {
    this.#contents.delete(file);
    // a rename changes two directories in one step
    this.#names = this.#names.filter(
      (pending) =>
        path.dirname(pending.file) !== file &&
        (pending.from === undefined || path.dirname(pending.from) !== file),
    );
  }

  /** The power goes. */
  strike(): void {
    for (const [file, size] of this.#contents) {
      if ((statOf(file)?.size ?? 0) > size) truncateSync(file, size);
    }
    for (let last = this.#names.pop(); last !== undefined; last = this.#names.pop()) {
      const { file, from, restore } = last;
      if (from === undefined) rmSync(file, { recursive: true, force: true });
      else if (statOf(file)) {
        renameSync(file, from);
        restore?.();
        for (const pending of this.#names) pending.file = moved(pending.file, file, from);
      }
    }
  }
}
