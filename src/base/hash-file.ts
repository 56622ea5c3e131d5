import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import type { Digest } from './digest.ts';

/** Stays in the second cache of a core between the copy out of the kernel and the hash. */
const CHUNK = 128 * 1024;

let chunk: Buffer | undefined;

/** sha256 of a file's bytes, in one go. Throws Node's errors. */
export function hashFile(file: string): Digest {
  chunk ??= Buffer.allocUnsafeSlow(CHUNK);
  const descriptor = fs.openSync(file, 'r');
  try {
    const hash = createHash('sha256');
    for (;;) {
      const read = fs.readSync(descriptor, chunk, 0, CHUNK, null);
      if (read > 0) hash.update(read === CHUNK ? chunk : chunk.subarray(0, read));
      if (read === 0) return hash.digest('hex') as Digest;
    }
  } finally {
    fs.closeSync(descriptor);
  }
}
