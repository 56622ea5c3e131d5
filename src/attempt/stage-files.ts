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

const gone = (what: string, place: string): Failed =>
  new Failed({
    code: 'input-changed',
    message: `${what} is no longer at ${place}, where it was when the stage was planned; put it back or run again`,
  });

/** Bytes of a file as it was when the stage was planned; `named`: as the stage knows it. */
export async function plannedFile(
  files: Files,
  named: string,
  place: string,
  digest: string | undefined,
): Promise<Uint8Array> {
  const real = await files.realPath(place).catch(() => undefined);
  if (real === undefined) throw gone(named, place);
  if ((await files.stat(real))?.kind !== 'file') throw changed(named);
  const bytes = await files.read(real);
  if (digestBytes(bytes) !== digest) throw changed(named);
  return bytes;
}

/** The files that an attempt's request lets its stage read, each as it was planned. Any other path reads as absent. */
export function stageFiles(
  files: Files,
  { files: named, datasets, preimage }: Pick<AttemptRequest, 'files' | 'datasets' | 'preimage'>,
): StageFiles {
  return {
    async read(wanted) {
      const file = named[wanted];
      if (file?.type === 'file') return plannedFile(files, wanted, file.path, file.digest);
      for (const [prefix, directory] of Object.entries(named)) {
        if (directory?.type !== 'directory') continue;
        const { path: above, digests = {} } = directory;
        const below = path.relative(path.resolve('/', prefix), path.resolve('/', wanted));
        if (Object.hasOwn(digests, below))
          return plannedFile(files, wanted, path.join(above, below), digests[below]);
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
