import * as path from 'node:path';
import { ensureDirectory, type Files } from '../base/files.ts';
import type { Layout } from './layout.ts';

/** Something in the store that is not as it was written. It counts as absent, and was moved aside. */
export interface Damage {
  /** `object 3f2a…`, `record 81c0…/2`: what it was. */
  readonly what: string;
  /** What is wrong with it, in one sentence. */
  readonly why: string;
  /** Where it lies now; absent when it had vanished. */
  readonly movedTo?: string;
}

/** Moves a file or directory out of the way, keeping it for a person to look at. */
export async function quarantine(
  files: Files,
  at: Layout,
  from: string,
  damage: Omit<Damage, 'movedTo'>,
): Promise<Damage> {
  await ensureDirectory(files, at.quarantine);
  const name = path.relative(at.root, from).split(path.sep).join('-');
  for (let n = 1; ; n++) {
    const to = path.join(at.quarantine, `${name}.${n}`);
    if (await files.stat(to)) continue;
    try {
      await files.rename(from, to);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return damage;
      if (code === 'ENOTEMPTY' || code === 'EEXIST') continue;
      throw error;
    }
    return { ...damage, movedTo: to };
  }
}

/**
 * Makes a directory of the store, as `ensureDirectory` does; a file that lies where one of the directories should be is moved
 * aside.
 */
export async function ensurePlace(files: Files, at: Layout, directory: string): Promise<readonly Damage[]> {
  const damage: Damage[] = [];
  if ((await files.stat(directory))?.kind === 'directory') return damage;
  let place = at.root;
  for (const part of path.relative(at.root, directory).split(path.sep)) {
    place = path.join(place, part);
    if ((await files.stat(place))?.kind !== 'file') continue;
    const what = path.relative(at.root, place);
    damage.push(await quarantine(files, at, place, { what, why: 'it is a file, not a directory' }));
  }
  await ensureDirectory(files, directory);
  return damage;
}
