import { parentPort } from 'node:worker_threads';
import { hashFile } from './hash-file.ts';

/** A thread that hashes: is sent paths, answers with their digests, or with the first error and its code. */
parentPort!.on('message', (files: readonly string[]) => {
  try {
    parentPort!.postMessage({ digests: files.map(hashFile) });
  } catch (error) {
    const { message, code, syscall, path } = error as NodeJS.ErrnoException;
    parentPort!.postMessage({ error: { message, code, syscall, path } });
  }
});
