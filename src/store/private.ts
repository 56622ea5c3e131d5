import { randomBytes } from 'node:crypto';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Clock } from '../base/clock.ts';
import { ensureDirectory, type Files } from '../base/files.ts';
import type { Layout } from './layout.ts';

/** Age from which a private directory is taken to be left over from a writer that died, milliseconds. */
const LEFT_OVER_MS = 24 * 3600 * 1000;

/** A new directory that no other writer uses, on the store's file system so that it can be renamed into place. */
export async function privateDirectory(files: Files, at: Layout): Promise<string> {
  await ensureDirectory(files, at.tmp);
  const name = `${os.hostname()}-${process.pid}-${randomBytes(6).toString('hex')}`;
  const directory = path.join(at.tmp, name);
  await files.createDirectory(directory);
  return directory;
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
