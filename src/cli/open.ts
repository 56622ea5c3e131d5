import * as path from 'node:path';
import { nodeFiles } from '../base/files.ts';
import { type Failure, fail, type Result } from '../base/result.ts';
import { projectRoot } from '../stage/discovery.ts';
import { openStore, type Store } from '../store/index.ts';
import type { Io } from './io.ts';
import { shownPath } from './render/header.ts';

/** Where the store of a project is: as the user says, else `artifacts/` at the project's root. */
export const storeDirectory = async (io: Io, store: string | undefined): Promise<string> =>
  store === undefined
    ? path.join(await projectRoot(nodeFiles, io.directory), 'artifacts')
    : path.resolve(io.directory, store);

/** Opens a store for commands that only read: one that does not exist is not created. */
export async function openExisting(
  io: Io,
  store: string | undefined,
  evenIfDamaged = false,
): Promise<Result<Store, Failure>> {
  const directory = await storeDirectory(io, store);
  if ((await nodeFiles.stat(path.join(directory, evenIfDamaged ? 'objects' : 'store.json'))) === undefined) {
    const message = `there is no store at ${shownPath(directory, io.directory)}/: nothing has run here yet`;
    return fail({ code: 'no-store', message });
  }
  return openStore(directory, {
    evenIfDamaged,
    onDamage: ({ what, why, movedTo }) => {
      const moved = movedTo === undefined ? '' : `; it was moved to ${shownPath(movedTo, io.directory)}`;
      io.err.write(`warning: ${what} is damaged: ${why}${moved}\n`);
    },
  });
}
