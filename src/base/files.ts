import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { type Appender, appenderOn } from './appender.ts';

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
  makeDirectory(directory: string): Promise<void>;
  /** Creates one directory in an existing one; false when it exists already. */
  createDirectory(directory: string): Promise<boolean>;
  /** Names in a directory, sorted; empty when it does not exist. */
  list(directory: string): Promise<string[]>;
  stat(file: string): Promise<FileStat | undefined>;
  /** Atomic on one file system. */
  rename(from: string, to: string): Promise<void>;
  /** Replaces a symbolic link atomically. */
  link(target: string, file: string): Promise<void>;
  readLink(file: string): Promise<string | undefined>;
  /** The path with every symbolic link resolved. */
  realPath(file: string): Promise<string>;
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
      const stat = await fs.promises.lstat(file, { bigint: true });
      return {
        kind: stat.isFile()
          ? 'file'
          : stat.isDirectory()
            ? 'directory'
            : stat.isSymbolicLink()
              ? 'link'
              : 'other',
        size: Number(stat.size),
        device: Number(stat.dev),
        inode: Number(stat.ino),
        modified: stat.mtimeNs,
        changed: stat.ctimeNs,
      };
    } catch (error) {
      if (absent(error)) return undefined;
      throw error;
    }
  },
  rename: (from, to) => fs.promises.rename(from, to),
  async link(target, file) {
    const temporary = neighbour(file);
    await fs.promises.symlink(target, temporary);
    await fs.promises.rename(temporary, file);
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

/** A file's bytes; nothing when it is not there or the disk cannot read it (EIO). */
export async function readIfPossible(files: Files, file: string): Promise<Uint8Array | undefined> {
  try {
    return await files.read(file);
  } catch (error) {
    if (absent(error) || (error as NodeJS.ErrnoException).code === 'EIO') return undefined;
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
