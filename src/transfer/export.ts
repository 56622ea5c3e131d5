import { gzip, type TarFile, writeTar } from '../archive/index.ts';
import type { Files } from '../base/files.ts';
import { type Failure, fail, ok, type Result } from '../base/result.ts';
import type { ExportManifest } from '../schema/generated/export.ts';
import type { RunResult } from '../schema/generated/run-result.ts';
import { ownRoot, readPackage } from '../stage/package.ts';
import type { Store } from '../store/index.ts';
import { seal } from '../store/seal.ts';
import { type Contents, contentsOf, LostArtifact } from './contents.ts';
import { EXPORT, EXPORT_DOMAIN } from './places.ts';
import { tooLarge } from './read.ts';

/** What was written. */
export interface Exported {
  readonly run: string;
  readonly files: number;
  /** Bytes of the files, unpacked. */
  readonly bytes: number;
}

async function* members(manifest: ExportManifest, contents: Contents): AsyncGenerator<TarFile> {
  yield { path: EXPORT, bytes: new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`) };
  for (const { path } of manifest.files) yield { path, bytes: await contents.read(path) };
}

/**
 * Writes a run, with its artifacts, records, attempts, code and the licences of all that, as one archive. The same run gives
 * the same bytes. Fails with `artifact-missing` when not all of it is whole, and with `too-large` when a part of it could not
 * be read again; then nothing is written. Rejects with Node's
 * error when `file` cannot be written.
 */
export async function exportRun(
  store: Store,
  files: Files,
  result: RunResult,
  file: string,
): Promise<Result<Exported, Failure>> {
  const contents = await contentsOf(store, files, result);
  if (!contents.ok) return contents;
  const { version = 'unknown' } = (await readPackage(files, ownRoot)) ?? {};
  const listed = contents.value.files;
  const large = tooLarge(listed);
  if (large !== undefined) return fail({ code: 'too-large', message: large });
  const manifest: ExportManifest = seal(EXPORT_DOMAIN, {
    v: 1 as const,
    naspipe: version,
    run: result.run,
    pipeline: result.pipeline,
    files: listed,
  });
  try {
    await files.writeChunks(file, gzip(writeTar(members(manifest, contents.value))));
  } catch (error) {
    if (error instanceof LostArtifact) return fail({ code: 'artifact-missing', message: error.message });
    throw error;
  }
  const bytes = listed.reduce((sum, { size }) => sum + size, 0);
  return ok({ run: result.run, files: listed.length, bytes });
}
