import { type ArchiveFailure, GzipDamage, gunzip, readTar, type TarFile } from '../archive/index.ts';
import { digestBytes } from '../base/digest.ts';
import type { Files } from '../base/files.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { bytes as bytesText } from '../base/size.ts';
import type { ExportManifest } from '../schema/generated/export.ts';
import { isSealed } from '../store/seal.ts';
import { EXPORT, EXPORT_DOMAIN, placeOf } from './places.ts';

/** Most bytes of `export.json`: enough for a hundred thousand files. */
const MANIFEST_LIMIT = 1 << 25;

const damaged = (message: string) => fail<ArchiveFailure>({ code: 'archive-damaged', message });

/** Most bytes of the files of one directory, which are held in memory together. */
const UNIT_LIMIT = 2 ** 31;

/** Bytes that gzip can make of one: 258 by two bits. */
const MOST_PACKED = 1032;

/** Why the files that a manifest lists cannot be in an archive of `packed` bytes, or must not be read. */
function oversize({ files }: ExportManifest, packed: number): string | undefined {
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  if (bytes > packed * MOST_PACKED) {
    return `it lists files of ${bytesText(bytes)}, more than so small an archive can hold`;
  }
  return tooLarge(files);
}

/** Which directory of an export has more bytes than are read together; undefined when there is none. */
export function tooLarge(files: ExportManifest['files']): string | undefined {
  const units = new Map<string, number>();
  for (const { path, size } of files) {
    const { directory } = placeOf(path)!;
    units.set(directory, (units.get(directory) ?? 0) + size);
  }
  const large = [...units].find(([, size]) => size > UNIT_LIMIT);
  return (
    large && `${large[0]} has ${bytesText(large[1])}; an export holds at most ${bytesText(UNIT_LIMIT)} of it`
  );
}

const isListed = (file: unknown): boolean => {
  const { path, size, digest } = (file ?? {}) as Partial<ExportManifest['files'][number]>;
  return typeof path === 'string' && typeof digest === 'string' && Number.isSafeInteger(size) && size! >= 0;
};

/** Checks the first file of an archive of `packed` bytes. */
function parseManifest({ path, bytes }: TarFile, packed: number): Result<ExportManifest, ArchiveFailure> {
  if (path !== EXPORT) return damaged(`it is no export of naspipe: it begins with ${path}`);
  let manifest: ExportManifest;
  try {
    manifest = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as ExportManifest;
    if (!isSealed(EXPORT_DOMAIN, manifest)) return damaged(`its ${EXPORT} does not have its seal`);
  } catch {
    return damaged(`its ${EXPORT} is no JSON`);
  }
  if (manifest.v !== 1) {
    return fail<ArchiveFailure>({
      code: 'archive-refused',
      message: `it has version ${manifest.v} of the form of exports; this naspipe reads version 1`,
    });
  }
  if (!Array.isArray(manifest.files) || !manifest.files.every(isListed)) {
    return damaged(`its ${EXPORT} does not list its files`);
  }
  const strange = manifest.files.find(({ path }) => placeOf(path) === undefined);
  if (strange) {
    const message = `it lists ${JSON.stringify(strange.path)}, which is no place of an exported run`;
    return fail<ArchiveFailure>({ code: 'archive-refused', message });
  }
  const large = oversize(manifest, packed);
  if (large !== undefined) return fail<ArchiveFailure>({ code: 'archive-refused', message: large });
  return ok(manifest);
}

/** What is met on the way through an archive. */
export type ExportPart =
  | { readonly type: 'manifest'; readonly manifest: ExportManifest }
  | { readonly type: 'file'; readonly file: TarFile };

/**
 * Goes through an exported run: the manifest, then every file, each of its stated size and digest, in the stated order, all
 * of them and nothing else. Ends after the first failure. Rejects with Node's error when `file` cannot be read.
 */
export async function* readExport(
  files: Files,
  file: string,
): AsyncGenerator<Result<ExportPart, ArchiveFailure>> {
  let manifest: ExportManifest | undefined;
  let next = 0;
  const found = await files.stat(file);
  const packed = found?.kind === 'file' ? found.size : Number.POSITIVE_INFINITY;
  const refuse = (path: string, size: number): string | undefined => {
    if (manifest === undefined) return size > MANIFEST_LIMIT ? `${path} has ${size} bytes` : undefined;
    const expected = manifest.files[next];
    if (expected?.path !== path) return `${path} is there instead of ${expected?.path ?? 'the end'}`;
    return expected.size === size ? undefined : `${path} has ${size} bytes instead of ${expected.size}`;
  };
  try {
    for await (const found of readTar(gunzip(files.readChunks(file)), refuse)) {
      if (!found.ok) return yield found;
      if (manifest === undefined) {
        const parsed = parseManifest(found.value, packed);
        if (!parsed.ok) return yield parsed;
        manifest = parsed.value;
        yield ok({ type: 'manifest', manifest });
        continue;
      }
      const { path, bytes } = found.value;
      if (digestBytes(bytes) !== manifest.files[next]!.digest) {
        return yield damaged(`${path} does not have its digest`);
      }
      next++;
      yield ok({ type: 'file', file: found.value });
    }
  } catch (error) {
    if (!(error instanceof GzipDamage)) throw error;
    return yield damaged(error.message);
  }
  if (manifest === undefined) return yield damaged('it is empty');
  const lost = manifest.files[next];
  if (lost) yield damaged(`it ends before ${lost.path}`);
}
