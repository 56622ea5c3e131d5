import * as path from 'node:path';
import { digestBytes, digestValue } from '../base/digest.ts';
import type { Files } from '../base/files.ts';
import type { AttemptRequest } from '../schema/generated/attempt-request.ts';
import type { StageFiles } from '../stage/contract.ts';
import { Failed } from './failure.ts';

const changed = (what: string): Failed =>
  new Failed({
    code: 'input-changed',
    message: `${what} was changed after the stage was planned; run again`,
  });

/** The files that an attempt's request lets its stage read, each as it was planned. Any other path reads as absent. */
export function stageFiles(
  files: Files,
  { files: named, datasets, preimage }: Pick<AttemptRequest, 'files' | 'datasets' | 'preimage'>,
): StageFiles {
  async function read(file: string, wanted: string, digest: string | undefined): Promise<Uint8Array> {
    if ((await files.stat(file)) === undefined) throw changed(wanted);
    const real = await files.realPath(file);
    if ((await files.stat(real))?.kind !== 'file') throw changed(wanted);
    const bytes = await files.read(real);
    if (digestBytes(bytes) !== digest) throw changed(wanted);
    return bytes;
  }

  return {
    async read(wanted) {
      const file = named[wanted];
      if (file?.type === 'file') return read(file.path, wanted, file.digest);
      for (const [prefix, directory] of Object.entries(named)) {
        if (directory?.type !== 'directory') continue;
        const { path: above, digests = {} } = directory;
        const below = path.relative(path.resolve('/', prefix), path.resolve('/', wanted));
        if (Object.hasOwn(digests, below)) return read(path.join(above, below), wanted, digests[below]);
        if (Object.keys(digests).some((each) => each.startsWith(`${below}/`))) {
          throw new Failed({ code: 'no-file', message: `${wanted} is no file` });
        }
      }
      return undefined;
    },
    async dataset(name) {
      const directory = datasets[name];
      if (directory === undefined) return undefined;
      const names = (await files.list(directory)).filter((each) => !each.startsWith('.'));
      const found = await Promise.all(
        names.map(async (each) => [each, await files.read(path.join(directory, each))] as const),
      );
      const listed = found.map(([each, bytes]) => [each, digestBytes(bytes)] as const);
      if (digestValue('naspipe/directory', listed) !== preimage.content?.[name]) {
        throw changed(`data set ${name}`);
      }
      return new Map(found);
    },
  };
}
