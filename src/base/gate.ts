import * as fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { tryLock } from 'fs-native-extensions';

/**
 * Keeps work that many processes may do at once apart from work that one must do alone. A lock of the operating system: it
 * opens as soon as the process that holds it is gone.
 */
export interface Gate {
  /** Runs work that may go on beside other shared work, in this process or another, and not beside exclusive work. */
  shared<T>(work: () => Promise<T>): Promise<T>;
  /** Runs work alone. `waiting` is called once when others have to end first. */
  exclusive<T>(work: () => Promise<T>, waiting?: () => void): Promise<T>;
}

/** Time between two tries, milliseconds: what is shared is short. */
const EVERY_MS = 5;

/** To share the gate one need not be allowed to write. */
function openLock(file: string, shared: boolean): number {
  try {
    return fs.openSync(file, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o644);
  } catch (error) {
    const readable = shared && /^(EACCES|EPERM|EROFS)$/.test((error as NodeJS.ErrnoException).code ?? '');
    if (readable && fs.existsSync(file)) return fs.openSync(file, 'r');
    throw error;
  }
}

/** The gate that a file stands for; it is created when needed, its directory must exist, and it is never removed. */
export function createGate(file: string): Gate {
  async function within<T>(shared: boolean, work: () => Promise<T>, waiting?: () => void): Promise<T> {
    const descriptor = openLock(file, shared);
    try {
      let told = false;
      while (!tryLock(descriptor, { shared })) {
        if (!told) waiting?.();
        told = true;
        await sleep(EVERY_MS);
      }
      return await work();
    } finally {
      fs.closeSync(descriptor);
    }
  }
  return {
    shared: (work) => within(true, work),
    exclusive: (work, waiting) => within(false, work, waiting),
  };
}
