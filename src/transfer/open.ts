import { randomBytes } from 'node:crypto';
import * as os from 'node:os';
import * as path from 'node:path';
import type { ArchiveFailure } from '../archive/index.ts';
import type { Files } from '../base/files.ts';
import { type Failure, ok, type Result } from '../base/result.ts';
import type { RunResult } from '../schema/generated/run-result.ts';
import { openStore, type Store } from '../store/index.ts';
import { importRun } from './import.ts';

/** An exported run as if it were in a store of its own, for as long as it is open. */
export interface OpenedExport {
  readonly store: Store;
  readonly result: RunResult;
  close(): Promise<void>;
}

/** Whether a text names an exported run and not one in a store. */
export const isExportName = (text: string): boolean => /\.(tar\.gz|tgz)$/.test(text);

/** Unpacks an export into a temporary store, all of it checked. Close it in the end. */
export async function openExport(
  files: Files,
  file: string,
): Promise<Result<OpenedExport, ArchiveFailure | Failure>> {
  const directory = path.join(os.tmpdir(), `naspipe-export-${process.pid}-${randomBytes(6).toString('hex')}`);
  const close = () => files.remove(directory);
  const fail = async <F>(result: { readonly ok: false; readonly failures: readonly F[] }) => {
    await close();
    return result;
  };
  try {
    const store = await openStore(directory, { files });
    if (!store.ok) return fail(store);
    const imported = await importRun(store.value, files, file);
    if (!imported.ok) return fail(imported);
    const result = (await store.value.runs.results(imported.value.run)) as unknown as RunResult;
    return ok({ store: store.value, result, close });
  } catch (error) {
    await close();
    throw error;
  }
}

/** Two stores read as one: what the first does not have is taken from the second. */
export function readBeside(first: Store, second: Store): Store {
  return {
    ...first,
    objects: {
      ...first.objects,
      async open(digest) {
        const found = await first.objects.open(digest);
        return found.ok ? found : second.objects.open(digest);
      },
    },
    records: {
      ...first.records,
      async list(fingerprint) {
        const [a, b] = [await first.records.list(fingerprint), await second.records.list(fingerprint)];
        return { records: [...a.records, ...b.records], damage: [...a.damage, ...b.damage] };
      },
    },
  };
}
