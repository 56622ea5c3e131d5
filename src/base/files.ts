import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { setImmediate as immediate } from 'node:timers/promises';
import { type Appender, appenderOn } from './appender.ts';
import type { Digest } from './digest.ts';
import { hashFiles, type SizedFile } from './hashing.ts';
import { type Signed, signAll } from './sign-all.ts';

/** What the project needs of a file system. Rejects with Node's errors (`code`: ENOENT, EEXIST, ENOSPC …). */
export interface Files {
  read(file: string): Promise<Uint8Array>;
  /** Writes to a temporary neighbour, fsyncs, renames over `file`, fsyncs the directory. */
  writeAtomic(file: string, bytes: Uint8Array | string): Promise<void>;
  /** Creates `file` whole and durable; false when it exists already. Never leaves half a file. */
  createExclusive(file: string, bytes: Uint8Array | string): Promise<boolean>;
  /** Writes a new file in a private directory and fsyncs it; for trees that are renamed in whole later. */
  writeNew(file: string, bytes: Uint8Array | string): Promise<void>;
  /** One `write` at the end of the file, which is created when missing. */
  append(file: string, bytes: Uint8Array | string): Promise<void>;
  /** Opens a file for lines that must not be lost with the process: `append` is synchronous. */
  appender(file: string): Appender;
  /** Bytes from an offset to the end; empty when the file is shorter or does not exist. */
  readFrom(file: string, offset: number): Promise<Uint8Array>;
  /** A file's bytes in chunks, from its beginning. */
  readChunks(file: string): AsyncIterable<Uint8Array>;
  /** As `writeAtomic`, from chunks: nothing of it is seen when they end with an error. */
  writeChunks(file: string, chunks: AsyncIterable<Uint8Array>): Promise<void>;
  /** sha256 of the bytes of many files, in their order, on all cores when there is much to read. */
  hashAll(files: readonly SizedFile[]): Promise<Digest[]>;
  makeDirectory(directory: string): Promise<void>;
  /** Creates one directory in an existing one; false when it exists already. */
  createDirectory(directory: string): Promise<boolean>;
  /** Names in a directory, sorted; empty when it does not exist. */
  list(directory: string): Promise<string[]>;
  stat(file: string): Promise<FileStat | undefined>;
  /** `stat` of many files, in their order; far cheaper than one call for each. */
  statAll(files: readonly string[]): Promise<(FileStat | undefined)[]>;
  /** Digest of what `stat` says of many places and of what links lead to; the cheapest way to see that all is as it was. */
  signAll(files: readonly string[], at?: number): Promise<Signed>;
  /** Atomic on one file system. */
  rename(from: string, to: string): Promise<void>;
  /** Replaces a symbolic link atomically. */
  link(target: string, file: string): Promise<void>;
  /** Makes many new symbolic links, and the directories that they lie in; far cheaper than one call for each. */
  linkAll(links: readonly (readonly [target: string, file: string])[]): Promise<void>;
  readLink(file: string): Promise<string | undefined>;
  /** The path with every symbolic link resolved. */
  realPath(file: string): Promise<string>;
  /** Gives or takes the right to write a tree, of all users; links are left alone. */
  setWritable(tree: string, writable: boolean): Promise<void>;
  /** Removes a file or a tree; nothing when it does not exist. */
  remove(file: string): Promise<void>;
  /** Makes the names in a directory durable. */
  syncDirectory(directory: string): Promise<void>;
  /** Bytes that this user may still write on the file system of an existing directory. */
  freeBytes(directory: string): Promise<number>;
}

export interface FileStat {
  readonly kind: 'file' | 'directory' | 'link' | 'other';
  readonly size: number;
  readonly device: number;
  readonly inode: number;
  readonly modified: bigint;
  readonly changed: bigint;
}

const absent = (error: unknown): boolean => {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
};

const statOf = (stat: fs.BigIntStats): FileStat => ({
  kind: stat.isFile() ? 'file' : stat.isDirectory() ? 'directory' : stat.isSymbolicLink() ? 'link' : 'other',
  size: Number(stat.size),
  device: Number(stat.dev),
  inode: Number(stat.ino),
  modified: stat.mtimeNs,
  changed: stat.ctimeNs,
});

/** Calls that hold up everything else together: some milliseconds. */
const AT_ONCE = 1000;

function statNow(file: string): FileStat | undefined {
  try {
    const stat = fs.lstatSync(file, { bigint: true, throwIfNoEntry: false });
    return stat && statOf(stat);
  } catch (error) {
    if (absent(error)) return undefined;
    throw error;
  }
}

/** A name beside `file` that no other process uses. */
const neighbour = (file: string): string =>
  path.join(
    path.dirname(file),
    `.${path.basename(file)}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`,
  );

async function writeDurably(file: string, bytes: Uint8Array | string): Promise<void> {
  const handle = await fs.promises.open(file, 'wx');
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await fs.promises.open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function setWritable(tree: string, writable: boolean): Promise<void> {
  const stat = await fs.promises.lstat(tree);
  if (stat.isSymbolicLink()) return;
  const mode = stat.mode & 0o777;
  await fs.promises.chmod(tree, writable ? mode | 0o200 : mode & ~0o222);
  if (!stat.isDirectory()) return;
  for (const name of await fs.promises.readdir(tree)) await setWritable(path.join(tree, name), writable);
}

/** The real file system. */
export const nodeFiles: Files = {
  read: (file) => fs.promises.readFile(file),
  async writeAtomic(file, bytes) {
    const temporary = neighbour(file);
    try {
      await writeDurably(temporary, bytes);
      await fs.promises.rename(temporary, file);
    } catch (error) {
      await fs.promises.rm(temporary, { force: true });
      throw error;
    }
    await syncDirectory(path.dirname(file));
  },
  async createExclusive(file, bytes) {
    const temporary = neighbour(file);
    try {
      await writeDurably(temporary, bytes);
      await fs.promises.link(temporary, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    } finally {
      await fs.promises.rm(temporary, { force: true });
    }
    await syncDirectory(path.dirname(file));
    return true;
  },
  writeNew: writeDurably,
  append: (file, bytes) => fs.promises.appendFile(file, bytes),
  appender: (file) => appenderOn(fs.openSync(file, 'a')),
  async readFrom(file, offset) {
    try {
      const handle = await fs.promises.open(file, 'r');
      try {
        const size = (await handle.stat()).size - offset;
        if (size <= 0) return new Uint8Array(0);
        const { buffer, bytesRead } = await handle.read(new Uint8Array(size), 0, size, offset);
        return buffer.subarray(0, bytesRead);
      } finally {
        await handle.close();
      }
    } catch (error) {
      if (absent(error)) return new Uint8Array(0);
      throw error;
    }
  },
  readChunks: (file) => fs.createReadStream(file, { highWaterMark: 1 << 20 }),
  async writeChunks(file, chunks) {
    const temporary = neighbour(file);
    try {
      const handle = await fs.promises.open(temporary, 'wx');
      try {
        for await (const chunk of chunks) await handle.writeFile(chunk);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await fs.promises.rename(temporary, file);
    } catch (error) {
      await fs.promises.rm(temporary, { force: true });
      throw error;
    }
    await syncDirectory(path.dirname(file));
  },
  hashAll: (files) => hashFiles(files),
  async makeDirectory(directory) {
    await fs.promises.mkdir(directory, { recursive: true });
  },
  async createDirectory(directory) {
    try {
      await fs.promises.mkdir(directory);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  },
  async list(directory) {
    try {
      return (await fs.promises.readdir(directory)).sort();
    } catch (error) {
      if (absent(error)) return [];
      throw error;
    }
  },
  async stat(file) {
    try {
      return statOf(await fs.promises.lstat(file, { bigint: true }));
    } catch (error) {
      if (absent(error)) return undefined;
      throw error;
    }
  },
  async statAll(all) {
    const found: (FileStat | undefined)[] = [];
    for (const [i, file] of all.entries()) {
      if (i % AT_ONCE === AT_ONCE - 1) await immediate();
      found.push(statNow(file));
    }
    return found;
  },
  signAll,
  rename: (from, to) => fs.promises.rename(from, to),
  async link(target, file) {
    const temporary = neighbour(file);
    await fs.promises.symlink(target, temporary);
    await fs.promises.rename(temporary, file);
  },
  async linkAll(links) {
    const made = new Set<string>();
    for (const [i, [target, file]] of links.entries()) {
      if (i % AT_ONCE === AT_ONCE - 1) await immediate();
      const directory = path.dirname(file);
      if (!made.has(directory)) fs.mkdirSync(directory, { recursive: true });
      made.add(directory);
      fs.symlinkSync(target, file);
    }
  },
  async readLink(file) {
    try {
      return await fs.promises.readlink(file);
    } catch (error) {
      if (absent(error) || (error as NodeJS.ErrnoException).code === 'EINVAL') return undefined;
      throw error;
    }
  },
  realPath: (file) => fs.promises.realpath(file),
  setWritable,
  remove: (file) => fs.promises.rm(file, { recursive: true, force: true }),
  syncDirectory,
  async freeBytes(directory) {
    const { bavail, bsize } = await fs.promises.statfs(directory);
    return bavail * bsize;
  },
};

/** A file as text (UTF-8). */
export const readText = async (files: Files, file: string): Promise<string> =>
  new TextDecoder('utf-8', { fatal: true }).decode(await files.read(file));

/** What reading says of a place that holds no file, or of one that the disk cannot read. */
const UNREADABLE = new Set(['EIO', 'EISDIR', 'ELOOP', 'ENXIO']);

/** A file's bytes; nothing when it is not there, is no file, or the disk cannot read it. */
export async function readIfPossible(files: Files, file: string): Promise<Uint8Array | undefined> {
  try {
    return await files.read(file);
  } catch (error) {
    if (absent(error) || UNREADABLE.has((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** A file as text; nothing when it is not there, cannot be read, or is not UTF-8. */
export async function readTextIfWhole(files: Files, file: string): Promise<string | undefined> {
  const bytes = await readIfPossible(files, file);
  try {
    return bytes && new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Creates a directory and those above it, each durable under its name. */
export async function ensureDirectory(files: Files, directory: string): Promise<void> {
  if (await files.stat(directory)) return;
  const parent = path.dirname(directory);
  await ensureDirectory(files, parent);
  if (await files.createDirectory(directory)) await files.syncDirectory(parent);
}
