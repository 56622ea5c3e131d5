import { randomBytes } from 'node:crypto';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Files } from '../base/files.ts';
import { ensurePlace } from './damage.ts';
import type { Layout } from './layout.ts';

/** Age from which a private directory is taken to be left over from a writer that died, milliseconds. */
const LEFT_OVER_MS = 24 * 3600 * 1000;

/** A path below `tmp/` that no other process uses; it tells whose it is. */
const privatePath = (at: Layout): string =>
  path.join(at.tmp, `${os.hostname()}-${process.pid}-${randomBytes(6).toString('hex')}`);

/** A new directory that no other writer uses, on the store's file system so that it can be renamed into place. */
export async function privateDirectory(files: Files, at: Layout): Promise<string> {
  await ensurePlace(files, at, at.tmp);
  const directory = privatePath(at);
  await files.createDirectory(directory);
  return directory;
}

/** Gives a private directory its place in one step; false when something is there already. */
export async function moveInto(files: Files, directory: string, place: string): Promise<boolean> {
  try {
    await files.rename(directory, place);
    return true;
  } catch (error) {
    if (/^(ENOTEMPTY|EEXIST)$/.test((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

/** Takes a file or directory out of the store at one blow; gives where it lies now, nothing when it was not there. */
export async function setAside(files: Files, at: Layout, from: string): Promise<string | undefined> {
  await ensurePlace(files, at, at.tmp);
  const to = privatePath(at);
  try {
    await files.rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return to;
}

/**
 * Takes a file or directory out of the store at one blow, then removes it: nobody ever sees half of it, not even after
 * the machine has died.
 */
export async function discard(files: Files, at: Layout, from: string): Promise<void> {
  const to = await setAside(files, at, from);
  if (to === undefined) return;
  await files.syncDirectory(path.dirname(from));
  await files.remove(to);
}

/** Whether the process that a private path below `tmp/` belongs to is gone; another host's are given a day. */
export function isLeftOver(name: string, changedMs: number, now: number): boolean {
  const [, host, pid] = /^(.*)-(\d+)-[0-9a-f]{12}$/.exec(name) ?? [];
  return host === os.hostname() ? !isAlive(Number(pid)) : now - changedMs > LEFT_OVER_MS;
}

/** Whether a process of this machine lives. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Removes what writers that died left behind a day ago or more. */
export async function sweepPrivate(files: Files, at: Layout, clock: Clock): Promise<void> {
  const before = BigInt(clock.now() - LEFT_OVER_MS) * 1_000_000n;
  for (const name of await files.list(at.tmp)) {
    const directory = path.join(at.tmp, name);
    const stat = await files.stat(directory);
    if (stat && stat.changed < before) await files.remove(directory);
  }
}
