import * as path from 'node:path';
import { nodeFiles } from '../base/files.ts';
import { type Failure, fail, ok, type Result } from '../base/result.ts';
import { systemFailure } from '../base/system-failure.ts';
import { findRun, parseReference, type Reference } from '../report/reference.ts';
import type { RunResult } from '../schema/generated/run-result.ts';
import type { Store } from '../store/index.ts';
import { isExportName, openExport } from '../transfer/index.ts';
import type { Io } from './io.ts';
import { openExisting } from './open.ts';

/** A run that a person named: one in the store, or an exported one in a file. */
export interface OpenedRun {
  readonly store: Store;
  readonly result: RunResult;
  readonly reference: Reference;
  close(): Promise<void>;
}

/** Finds `latest`, `3f2:train`, `out.tar.gz`, `out.tar.gz:train`. */
export async function openRun(
  io: Io,
  place: string | undefined,
  text: string,
): Promise<Result<OpenedRun, Failure>> {
  const reference = parseReference(text);
  if (isExportName(reference.run)) {
    const opened = await openArchive(io, reference.run, (file) => openExport(nodeFiles, file));
    return opened.ok ? ok({ ...opened.value, reference }) : opened;
  }
  const store = await openExisting(io, place);
  if (!store.ok) return store;
  const result = await findRun(store.value, reference.run);
  if (!result.ok) return result;
  return ok({ store: store.value, result: result.value, reference, close: async () => {} });
}

/** Does something with an archive that a person named; every failure names the file. */
export async function openArchive<T>(
  io: Io,
  name: string,
  work: (file: string) => Promise<Result<T, Failure>>,
): Promise<Result<T, Failure>> {
  try {
    const found = await work(path.resolve(io.directory, name));
    if (found.ok) return found;
    return fail(...found.failures.map(({ code, message }) => ({ code, message: `${name}: ${message}` })));
  } catch (error) {
    const failure = systemFailure(error);
    if (failure) return fail({ code: failure.code, message: `${name}: ${failure.message}` });
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return fail({ code: 'unreadable', message: `there is no file ${name}` });
    if (code === 'EISDIR') return fail({ code: 'unreadable', message: `${name} is a directory` });
    if (code === 'EACCES') return fail({ code: 'unreadable', message: `${name} may not be read or written` });
    throw error;
  }
}
