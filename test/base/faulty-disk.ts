import { AsyncLocalStorage } from 'node:async_hooks';
import * as fs from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import * as path from 'node:path';
import { Losses } from './losses.ts';

/**
 * The real file system, seen at the boundary of its system calls: work that runs on a faulty disk dies, or is refused, at
 * the call that a test names. What it had open is closed at its death, as the operating system does, so that locks are
 * let go; whatever it tries afterwards is refused. Other work in this process goes on undisturbed.
 */

/** One system call that changes something, or opens something to change it. */
export interface DiskCall {
  /** Number of the call, from 0. */
  readonly n: number;
  readonly call:
    | 'open'
    | 'write'
    | 'sync'
    | 'truncate'
    | 'rename'
    | 'link'
    | 'symlink'
    | 'unlink'
    | 'rmdir'
    | 'mkdir'
    | 'chmod';
  readonly file: string;
}

/**
 * What goes wrong at a call. `half`: the process dies when half is written; `after`: when the call has been made; `power`:
 * so does the machine, and all that was not synced is lost. An error code: the call fails, a write after half of its
 * bytes. `short`: a write takes half of what it was given, and says so.
 */
export type DiskFault = 'half' | 'after' | 'power' | 'short' | 'ENOSPC' | 'EIO';

/** What the calls of a process that has died reject with. */
export class Died extends Error {}

/** Ways for a process or its machine to die at a call: before a call is after the one before. */
export const deathsAt = ({ call }: DiskCall): readonly DiskFault[] =>
  call === 'sync' ? ['power'] : call === 'write' ? ['half', 'after', 'power'] : ['after', 'power'];

/** Errors that a call can fail with. */
export const errorsAt = ({ call }: DiskCall): readonly DiskFault[] => {
  if (call === 'write') return ['ENOSPC', 'EIO'];
  return ['open', 'mkdir', 'link', 'symlink', 'rename', 'sync'].includes(call) ? ['ENOSPC', 'EIO'] : ['EIO'];
};

type FaultAt = (call: DiskCall) => DiskFault | undefined;
type Handle = fs.promises.FileHandle;

const real = { ...fs.promises };
const module = createRequire(import.meta.url)('node:fs') as typeof fs;
const { openSync, closeSync, writeSync, ftruncateSync } = module;
const context = new AsyncLocalStorage<Disk>();

class Disk {
  readonly calls: DiskCall[] = [];
  readonly root: string;
  readonly #faultAt: FaultAt;
  readonly #losses = new Losses();
  /** Descriptor → path, of what was opened synchronously. */
  readonly files = new Map<number, string>();
  readonly #handles = new Set<Handle>();
  dead = false;

  constructor(root: string, faultAt: FaultAt) {
    this.root = root;
    this.#faultAt = faultAt;
  }

  has(file: unknown): file is string {
    return typeof file === 'string' && file.startsWith(this.root);
  }

  refuseTheDead(): void {
    if (this.dead) throw new Died();
  }

  /** The end of the process: all that it had open is closed. */
  end(): void {
    if (this.dead) return;
    this.dead = true;
    for (const descriptor of this.files.keys()) closeSync(descriptor);
    for (const handle of this.#handles) void handle.close();
  }

  #die(): never {
    this.end();
    throw new Died();
  }

  /** Counts a call and does it, or what is left of it. `half` does half of a write. */
  step<T>(call: DiskCall['call'], file: string, act: () => T, half?: () => T, note?: () => void): T {
    this.refuseTheDead();
    const made: DiskCall = { n: this.calls.length, call, file };
    this.calls.push(made);
    const fault = this.#faultAt(made);
    const then = (result: T): T => {
      note?.();
      if (fault === undefined || fault === 'short') return result;
      if (fault === 'power') this.#losses.strike();
      return this.#die();
    };
    switch (fault) {
      case 'ENOSPC':
      case 'EIO': {
        const fail = (): never => {
          throw Object.assign(new Error(`${fault}: injected`), { code: fault, path: file });
        };
        const begun = half?.();
        return begun instanceof Promise ? (begun.then(fail) as T) : fail();
      }
      case 'half':
      case 'short': {
        const done = (half ?? act)();
        if (fault === 'short') return done;
        return done instanceof Promise ? (done.then(() => this.#die()) as T) : this.#die();
      }
      case undefined:
      case 'after':
      case 'power': {
        const done = act();
        return done instanceof Promise ? (done.then(then) as T) : then(done);
      }
    }
  }

  get losses(): Losses {
    return this.#losses;
  }

  keep(handle: Handle): void {
    this.#handles.add(handle);
  }

  forget(handle: Handle): void {
    this.#handles.delete(handle);
  }
}

const bytesOf = (data: unknown): Uint8Array =>
  typeof data === 'string' ? new TextEncoder().encode(data) : (data as Uint8Array);
const half = (bytes: Uint8Array): Uint8Array => bytes.subarray(0, Math.floor(bytes.length / 2));

/** Writes all of some bytes, call after call until the kernel has taken them. */
async function writeAll(disk: Disk, handle: Handle, file: string, bytes: Uint8Array): Promise<void> {
  const write = (part: Uint8Array) => handle.write(part).then(({ bytesWritten }) => bytesWritten);
  for (let at = 0; at < bytes.length; ) {
    const rest = bytes.subarray(at);
    disk.losses.writing(file);
    at += await disk.step(
      'write',
      file,
      () => write(rest),
      () => write(half(rest)),
    );
  }
}

/** A handle whose writes and syncs are calls of a disk. */
function handleOn(disk: Disk, handle: Handle, file: string): Handle {
  return new Proxy(handle, {
    get(target, name) {
      if (name === 'writeFile') return (data: unknown) => writeAll(disk, handle, file, bytesOf(data));
      if (name === 'sync') {
        return () =>
          disk.step(
            'sync',
            file,
            () => handle.sync(),
            undefined,
            () => disk.losses.synced(file),
          );
      }
      if (name === 'close') {
        return async () => {
          if (disk.dead) return;
          disk.forget(handle);
          await handle.close();
        };
      }
      const value = Reflect.get(target, name) as unknown;
      return typeof value === 'function' ? value.bind(handle) : value;
    },
  });
}

async function removeAll(disk: Disk, file: string): Promise<void> {
  const stat = await real.lstat(file).catch(() => undefined);
  disk.refuseTheDead();
  if (stat === undefined) return;
  if (!stat.isDirectory()) return disk.step('unlink', file, () => real.unlink(file));
  for (const name of await real.readdir(file)) await removeAll(disk, path.join(file, name));
  await disk.step('rmdir', file, () => real.rmdir(file));
}

async function makeAll(disk: Disk, directory: string): Promise<void> {
  const stat = await real.stat(directory).catch(() => undefined);
  if (stat !== undefined) return;
  await makeAll(disk, path.dirname(directory));
  await disk.step(
    'mkdir',
    directory,
    () => real.mkdir(directory),
    undefined,
    () => disk.losses.created(directory),
  );
}

/** Calls by path, as `fs.promises` has them. */
const asynchronous = (disk: Disk): Partial<Record<keyof typeof real, (...args: never[]) => unknown>> => ({
  async open(file: string, flags: string) {
    const isThere = flags.startsWith('r') || (await real.lstat(file).catch(() => undefined)) !== undefined;
    const open = async () => {
      const handle = await real.open(file, flags);
      if (disk.dead) await handle.close();
      disk.refuseTheDead();
      disk.keep(handle);
      return handle;
    };
    const opened = isThere
      ? await open()
      : await disk.step('open', file, open, undefined, () => disk.losses.created(file));
    return handleOn(disk, opened, file);
  },
  rename: (from: string, to: string) =>
    disk.step('rename', to, () => real.rename(from, to), undefined, disk.losses.renaming(from, to)),
  link: (from: string, to: string) =>
    disk.step(
      'link',
      to,
      () => real.link(from, to),
      undefined,
      () => disk.losses.created(to),
    ),
  symlink: (target: string, file: string) =>
    disk.step(
      'symlink',
      file,
      () => real.symlink(target, file),
      undefined,
      () => disk.losses.created(file),
    ),
  mkdir: (directory: string, options?: { recursive?: boolean }) =>
    options?.recursive
      ? makeAll(disk, directory)
      : disk.step(
          'mkdir',
          directory,
          () => real.mkdir(directory),
          undefined,
          () => disk.losses.created(directory),
        ),
  chmod: (file: string, mode: number) => disk.step('chmod', file, () => real.chmod(file, mode)),
  rm: (file: string) => removeAll(disk, file),
  async appendFile(file: string, data: unknown) {
    const handle = await real.open(file, 'a');
    try {
      await writeAll(disk, handle, file, bytesOf(data));
    } finally {
      await handle.close();
    }
  },
});

const READING = ['readFile', 'readdir', 'lstat', 'stat', 'readlink', 'realpath', 'statfs'] as const;

for (const name of [...Object.keys(asynchronous(undefined as never)), ...READING] as (keyof typeof real)[]) {
  const original = real[name] as (...args: unknown[]) => unknown;
  (fs.promises as Record<string, unknown>)[name] = async (...args: unknown[]) => {
    const disk = context.getStore();
    if (!disk?.has(args[name === 'symlink' ? 1 : 0])) return original(...args);
    disk.refuseTheDead();
    const act = asynchronous(disk)[name] as ((...all: unknown[]) => unknown) | undefined;
    return act ? act(...args) : original(...args);
  };
}

/** The disk that a descriptor belongs to, and its path there. */
function ofDescriptor(descriptor: number): { disk: Disk; file: string } | undefined {
  const disk = context.getStore();
  const file = disk?.files.get(descriptor);
  return disk && file !== undefined ? { disk, file } : undefined;
}

Object.assign(module, {
  openSync(file: string, ...rest: [number | string, number?]) {
    const disk = context.getStore();
    if (!disk?.has(file)) return openSync(file, ...rest);
    disk.refuseTheDead();
    const open = () => {
      const descriptor = openSync(file, ...rest);
      disk.files.set(descriptor, file);
      return descriptor;
    };
    const creates =
      typeof rest[0] === 'number' ? (rest[0] & fs.constants.O_CREAT) !== 0 : !rest[0]?.startsWith('r');
    if (!creates || fs.existsSync(file)) return open();
    return disk.step('open', file, open, undefined, () => disk.losses.created(file));
  },
  closeSync(descriptor: number) {
    const disk = context.getStore();
    // at its death all was closed
    if (disk?.dead && disk.files.has(descriptor)) return;
    disk?.files.delete(descriptor);
    closeSync(descriptor);
  },
  ftruncateSync(descriptor: number, length?: number) {
    const found = ofDescriptor(descriptor);
    if (!found) return ftruncateSync(descriptor, length);
    const { disk, file } = found;
    disk.losses.writing(file);
    return disk.step('truncate', file, () => ftruncateSync(descriptor, length));
  },
  writeSync(descriptor: number, data: Uint8Array | string, ...rest: [number?, number?, number?]) {
    const found = ofDescriptor(descriptor);
    if (!found) return writeSync(descriptor, data as Uint8Array, ...rest);
    const { disk, file } = found;
    disk.losses.writing(file);
    // a text is written at a position, bytes from an offset
    const [offset, position] = typeof data === 'string' ? [0, rest[0]] : [rest[0] ?? 0, rest[2]];
    const bytes = bytesOf(data).subarray(offset);
    const write = (part: Uint8Array) => writeSync(descriptor, part, 0, part.length, position);
    return disk.step(
      'write',
      file,
      () => write(bytes),
      () => write(half(bytes)),
    );
  },
});
syncBuiltinESMExports();

/** How work on a faulty disk ended. */
export interface Done<T> {
  /** The calls that it made. */
  readonly calls: readonly DiskCall[];
  /** The process died on the way. */
  readonly died: boolean;
  readonly value?: T;
  readonly error?: Error;
}

/** Does some work below `root` with faults where `faultAt` says so. */
export async function onDisk<T>(root: string, faultAt: FaultAt, work: () => Promise<T>): Promise<Done<T>> {
  const disk = new Disk(root, faultAt);
  try {
    const value = await context.run(disk, work);
    return { value, died: disk.dead, calls: disk.calls };
  } catch (error) {
    return { error: error as Error, died: disk.dead, calls: disk.calls };
  } finally {
    disk.end(); // a process that has ended does nothing more
  }
}
