import * as fs from 'node:fs';
import { setImmediate as immediate } from 'node:timers/promises';
import { type Digest, digester } from './digest.ts';
import { isSettled } from './settled.ts';

/** What the file system says of many places, in one digest. */
export interface Signed {
  readonly digest: Digest;
  /** Whether none of them can have changed unseen since the time that was given. */
  readonly settled: boolean;
}

/** Calls that hold up everything else together: some milliseconds. */
const AT_ONCE = 2000;
/** Device, inode, size, times of content and of inode. */
const FIELDS = 5;

const ask = { bigint: true, throwIfNoEntry: false } as const;

/**
 * Digest of what the file system says of places, in their order: device, inode, size and times of each, and of what a link
 * leads to; or that nothing is there. Equal digests, of which the first was settled, mean that no content, no names in a
 * directory and no link has changed in between. Rejects with Node's error where it may not look.
 *
 * @param at milliseconds since 1970, before anything was read of the places; absent: `settled` is not asked
 */
export async function signAll(files: readonly string[], at?: number): Promise<Signed> {
  const { update, digest } = digester();
  const row = new BigUint64Array(2 * FIELDS * AT_ONCE);
  let settled = true;
  let end = 0;
  const put = (stat: fs.BigIntStats): void => {
    row[end] = stat.dev;
    row[end + 1] = stat.ino;
    row[end + 2] = stat.size;
    row[end + 3] = stat.mtimeNs;
    row[end + 4] = stat.ctimeNs;
    if (at !== undefined && settled) settled = isSettled(stat.ctimeNs, at);
  };
  for (let i = 0; i < files.length; i++) {
    if (i % AT_ONCE === AT_ONCE - 1) {
      update(new Uint8Array(row.buffer, 0, end * 8));
      row.fill(0n);
      end = 0;
      await immediate();
    }
    const stat = fs.lstatSync(files[i]!, ask);
    if (stat !== undefined) put(stat);
    end += FIELDS;
    if (stat?.isSymbolicLink()) {
      const target = fs.statSync(files[i]!, ask);
      if (target !== undefined) put(target);
      end += FIELDS;
    }
  }
  update(new Uint8Array(row.buffer, 0, end * 8));
  return { digest: digest(), settled };
}
