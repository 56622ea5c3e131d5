import * as path from 'node:path';
import { isDigest } from '../../base/digest.ts';
import type { Files } from '../../base/files.ts';
import { isHeld } from '../../base/locks.ts';
import { type Layout, writerOf } from '../layout.ts';
import { isAlive, isLeftOver } from '../private.ts';
import { sizeBelow } from './facts.ts';

/** Something that a process which died left behind, or that belongs to nothing any more. */
export interface Leftover {
  /** Path below the store. */
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  /** What it is, in a few words. */
  readonly why: string;
}

/** Directories below which files get their names in one step, and how deep they go. */
const placesOf = (at: Layout): readonly (readonly [string, number])[] => [
  [at.root, 0],
  [at.records, 1],
  [at.runs, 2],
  [at.pins, 0],
  [at.signatures, 1],
  [at.caches, 2],
];

async function temporaries(files: Files, directory: string, depth: number): Promise<string[]> {
  const found: string[] = [];
  for (const name of await files.list(directory)) {
    const place = path.join(directory, name);
    const pid = writerOf(name);
    if (pid !== undefined && !isAlive(pid)) found.push(place);
    else if (depth > 0 && (await files.stat(place))?.kind === 'directory') {
      found.push(...(await temporaries(files, place, depth - 1)));
    }
  }
  return found;
}

/**
 * Lists what dead processes left behind: private directories, files without their names yet, half checkpoints; and
 * signatures and locks of what is no longer there. `now` in milliseconds since 1970.
 */
export async function findLeftovers(files: Files, at: Layout, now: number): Promise<Leftover[]> {
  const found: Leftover[] = [];
  const add = async (place: string, why: string) => {
    const { bytes } = await sizeBelow(files, place);
    found.push({ name: path.relative(at.root, place), path: place, bytes, why });
  };
  for (const name of await files.list(at.tmp)) {
    const stat = await files.stat(path.join(at.tmp, name));
    if (stat && isLeftOver(name, Number(stat.changed / 1_000_000n), now)) {
      await add(path.join(at.tmp, name), 'a directory of a process that is gone');
    }
  }
  for (const [directory, depth] of placesOf(at)) {
    for (const place of await temporaries(files, directory, depth)) {
      await add(place, 'an unfinished file of a process that is gone');
    }
  }
  for (const fingerprint of (await files.list(at.attempts)).filter(isDigest)) {
    if (isHeld(at.lock(fingerprint))) continue;
    for (const name of await files.list(at.checkpoints(fingerprint))) {
      if (/^\.\d+$/.test(name)) {
        await add(path.join(at.checkpoints(fingerprint), name), 'an unfinished checkpoint');
      }
    }
  }
  for (const group of await files.list(at.signatures)) {
    for (const name of await files.list(path.join(at.signatures, group))) {
      const digest = name.replace(/\.json$/, '');
      if (isDigest(digest) && !(await files.stat(at.object(digest)))) {
        await add(at.signature(digest), 'a signature of an artifact that is not there');
      }
    }
  }
  for (const name of await files.list(at.locks)) {
    const [, run] = /^run-(.*)$/.exec(name) ?? [];
    if (run !== undefined && !(await files.stat(at.run(run))) && !isHeld(at.runLock(run))) {
      await add(path.join(at.locks, name), 'a lock of a run that is not there');
    }
  }
  return found;
}
