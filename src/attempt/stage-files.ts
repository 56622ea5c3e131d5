import * as path from 'node:path';
import { digestBytes } from '../base/digest.ts';
import type { Files } from '../base/files.ts';
import type { AttemptRequest } from '../schema/generated/attempt-request.ts';
import type { StageFiles } from '../stage/contract.ts';
import { Failed } from './failure.ts';

/** The files that an attempt's request lets its stage read. Any other path reads as absent. */
export function stageFiles(files: Files, request: Pick<AttemptRequest, 'files' | 'datasets'>): StageFiles {
  async function bytesOf(file: string, wanted: string): Promise<Uint8Array | undefined> {
    if ((await files.stat(file)) === undefined) return undefined;
    const real = await files.realPath(file);
    if ((await files.stat(real))?.kind === 'file') return files.read(real);
    throw new Failed({ code: 'no-file', message: `${wanted} is no file` });
  }

  return {
    async read(wanted) {
      const named = request.files[wanted];
      if (named?.type === 'file') {
        const bytes = await bytesOf(named.path, wanted);
        if (bytes && named.digest !== undefined && digestBytes(bytes) !== named.digest) {
          const message = `${wanted} was changed after the stage was planned; run again`;
          throw new Failed({ code: 'input-changed', message });
        }
        return bytes;
      }
      for (const [prefix, directory] of Object.entries(request.files)) {
        if (directory?.type !== 'directory') continue;
        const below = path.relative(path.resolve('/', prefix), path.resolve('/', wanted));
        if (below !== '' && !below.startsWith('..')) return bytesOf(path.join(directory.path, below), wanted);
      }
      return undefined;
    },
    async dataset(name) {
      const directory = request.datasets[name];
      if (directory === undefined) return undefined;
      const names = await files.list(directory);
      const entries = names.map(
        async (each) => [each, await files.read(path.join(directory, each))] as const,
      );
      return new Map(await Promise.all(entries));
    },
  };
}
