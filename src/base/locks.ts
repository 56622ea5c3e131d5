import * as fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { tryLock } from 'fs-native-extensions';

/**
 * Locks of the operating system, by open file description (OFD locks on Linux, flock on macOS). A lock is free as soon
 * as the last process that holds its descriptor is gone, however it went; a child process that inherits the descriptor
 * goes on holding it. A lock file is never removed, so that two processes cannot lock two files of one name.
 */

/** Who holds a lock, as it wrote into the lock file: for messages only, never for decisions. */
export interface LockHolder {
  readonly host: string;
  readonly pid: number;
  /** When the lock was taken, milliseconds since 1970: a child that goes on holding it keeps this. */
  readonly since: number;
  /** What it does with it, in a few words: a stage's id. */
  readonly purpose: string;
}

export interface Lock {
  readonly file: string;
  /** To be inherited by a child process. */
  readonly descriptor: number;
  /** Lets go in this process. A child that inherited the descriptor still holds the lock. */
  release(): void;
}

/** Takes a lock at once, or not at all. Creates the lock file; its directory must exist. */
export function tryAcquire(file: string, holder: LockHolder): Lock | undefined {
  const descriptor = fs.openSync(file, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o644);
  try {
    if (!tryLock(descriptor)) {
      fs.closeSync(descriptor);
      return undefined;
    }
    describeHolder(descriptor, holder);
  } catch (error) {
    fs.closeSync(descriptor);
    throw error;
  }
  let held = true;
  return {
    file,
    descriptor,
    release: () => {
      if (held) fs.closeSync(descriptor);
      held = false;
    },
  };
}

/** Writes down who holds a lock; an attempt does so for the descriptor that it inherited. */
export function describeHolder(descriptor: number, holder: LockHolder): void {
  fs.ftruncateSync(descriptor);
  fs.writeSync(descriptor, `${JSON.stringify(holder)}\n`, 0);
}

/**
 * Whether a process holds a lock, this one included. Looks by sharing it for an instant, for which it need not be allowed to
 * write; another that tries to take it just then sees it as held, and tries again.
 */
export function isHeld(file: string): boolean {
  let descriptor: number;
  try {
    descriptor = fs.openSync(file, 'r');
  } catch (error) {
    if (/^(ENOENT|ENOTDIR|EISDIR)$/.test((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
  try {
    return !tryLock(descriptor, { shared: true });
  } finally {
    fs.closeSync(descriptor);
  }
}

/** Who holds a lock, or held it last; nothing when the file says nothing readable. */
export function readHolder(file: string): LockHolder | undefined {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')) as LockHolder;
  } catch {
    return undefined;
  }
}

export interface WaitOptions {
  /** Called once, and again when the lock was let go and another was quicker. */
  readonly waiting?: (holder: LockHolder | undefined) => void;
  readonly signal?: AbortSignal;
  /** Time between tries, milliseconds. */
  readonly everyMs?: number;
}

/** Looks after which a holder that is not written down is told as unknown. */
const SPEECHLESS = 10;

/** Waits for a lock; nothing when the signal is aborted first. */
export async function acquire(
  file: string,
  holder: LockHolder,
  { waiting, signal, everyMs = 100 }: WaitOptions = {},
): Promise<Lock | undefined> {
  let told: string | undefined;
  for (let looks = 0; !signal?.aborted; looks++) {
    const lock = tryAcquire(file, holder);
    if (lock) return lock;
    const other = readHolder(file);
    const key = other && `${other.host} ${other.since}`;
    // who has just taken it writes it down in the next instant
    if (key === undefined ? told === undefined && looks === SPEECHLESS : key !== told) {
      waiting?.(other);
      told = key ?? '';
    }
    await sleep(everyMs);
  }
  return undefined;
}
