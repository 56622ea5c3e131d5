import { type Failure, fail, ok, type Result } from '../base/result.ts';
import { BLOCK, fileHeader, padding, readHeader, readPax } from './header.ts';
import { byteSource } from './source.ts';

/** One file of an archive. */
export interface TarFile {
  /** Relative, with `/`. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

export type ArchiveFailure = Failure<'archive-damaged' | 'archive-refused'>;

/** An archive of files, in their order. The same files give the same bytes. */
export async function* writeTar(
  files: AsyncIterable<TarFile> | Iterable<TarFile>,
): AsyncGenerator<Uint8Array> {
  for await (const { path, bytes } of files) {
    yield* fileHeader(path, bytes.length);
    yield bytes;
    yield padding(bytes.length);
  }
  yield new Uint8Array(2 * BLOCK);
}

/** Most bytes of an extended header: it holds one path. */
const PAX_LIMIT = 64 * 1024;

/** Most bytes of directories and extended headers before the next file. */
const BETWEEN_LIMIT = 2 ** 20;

/** Most zeros after the end mark: more than any blocking factor fills up with. */
const TRAILING_LIMIT = 2 ** 20;

/** Whether a path leads to a place below where the archive is unpacked, on every system. */
export const isContained = (path: string): boolean =>
  path !== '' &&
  !/[\\\0:]/.test(path) &&
  path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');

const damaged = (message: string) => fail<ArchiveFailure>({ code: 'archive-damaged', message });
const refused = (message: string) => fail<ArchiveFailure>({ code: 'archive-refused', message });

/**
 * The files of an archive, each read whole before the next; directories are passed over. `refuse` is asked before the bytes
 * of a file are read and says why it must not be there: it bounds what is held in memory. Ends after a failure:
 * `archive-damaged` when the bytes are not those of an archive or end early, `archive-refused` for a path that leads
 * elsewhere, for links and devices, and for what `refuse` does not want. Of what an archive may have without end, directories
 * and zeros after its end mark, a mebibyte is read.
 */
export async function* readTar(
  chunks: AsyncIterable<Uint8Array>,
  refuse: (path: string, size: number) => string | undefined,
): AsyncGenerator<Result<TarFile, ArchiveFailure>> {
  const source = byteSource(chunks);
  let pax: { readonly path?: string; readonly size?: number } = {};
  let lastFile = 0;
  for (;;) {
    const at = source.taken;
    if (at - lastFile > BETWEEN_LIMIT) {
      const what = 'more than 1 MiB of directories and extended headers follow each other';
      return yield damaged(`from byte ${lastFile} on ${what}`);
    }
    const block = await source.take(BLOCK);
    if (block === undefined) return yield damaged(`it ends at byte ${source.taken}, before its end mark`);
    if (block.every((byte) => byte === 0)) break;
    const found = readHeader(block);
    if (typeof found === 'string') return yield damaged(`the header at byte ${at} ${found}`);
    const header = found.type === 'pax' ? found : { ...found, ...pax };
    const { path, size } = header;
    if (header.type === 'other') return yield refused(`${path} is neither a file nor a directory`);
    if (header.type === 'pax' && size > PAX_LIMIT) {
      return yield damaged(`the extended header at byte ${at} has ${size} bytes`);
    }
    if (header.type === 'directory' && size > 0) {
      return yield damaged(`the directory ${path} has ${size} bytes`);
    }
    if (header.type === 'file') {
      if (!isContained(path)) return yield refused(`${JSON.stringify(path)} leads out of the archive`);
      const why = refuse(path, size);
      if (why !== undefined) return yield refused(why);
    }
    const bytes = await source.take(size);
    const filled = bytes && (await source.take(padding(size).length));
    if (!bytes || !filled) return yield damaged(`it ends at byte ${source.taken}, inside ${path}`);
    if (filled.some((byte) => byte !== 0))
      return yield damaged(`there is more after ${path} than its ${size} bytes`);
    if (header.type === 'pax') {
      const fields = readPax(bytes);
      if (typeof fields === 'string') return yield damaged(`the extended header at byte ${at} ${fields}`);
      pax = fields;
      continue;
    }
    pax = {};
    if (header.type !== 'file') continue;
    lastFile = source.taken;
    yield ok({ path, bytes });
  }
  // to the end, so that the checksum of what is packed is seen, too
  const end = source.taken;
  for (;;) {
    if (source.taken - end > TRAILING_LIMIT) {
      return yield damaged(`more than 1 MiB of zeros follow its end mark, from byte ${end}`);
    }
    const at = source.taken;
    const rest = await source.some();
    if (rest === undefined) return;
    const more = rest.findIndex((byte) => byte !== 0);
    if (more !== -1) return yield damaged(`there is more after its end mark, from byte ${at + more}`);
  }
}
