import * as path from 'node:path';
import type { Files } from './files.ts';
import { fail, ok, type Result } from './result.ts';

/** Largest text that is read, bytes: a pipeline of 100,000 stages has some 20 MB. */
const TEXT_LIMIT = 256 * 2 ** 20;

/** Why a file that a person named cannot be read, so that the sentence goes on after "cannot read x: ". */
function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'there is no such file';
    case 'EACCES':
    case 'EPERM':
      return 'this user may not read it';
    case 'ELOOP':
      return 'its links lead in a circle';
    case 'ENAMETOOLONG':
      return 'its name is too long';
    case 'ERR_INVALID_ARG_VALUE':
      return 'a path cannot hold a null byte';
    default:
      return message;
  }
}

const isUtf16 = ([first, second]: Uint8Array): boolean =>
  (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);

/** The offset of the first byte that no UTF-8 text has there. */
function firstForeignByte(bytes: Uint8Array): number {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  for (let at = text.indexOf('\ufffd'); at !== -1; at = text.indexOf('\ufffd', at + 1)) {
    const offset = Buffer.byteLength(text.slice(0, at));
    const meant = bytes[offset] === 0xef && bytes[offset + 1] === 0xbf && bytes[offset + 2] === 0xbd;
    if (!meant) return offset;
  }
  throw new Error('internal error: expected bytes that are no UTF-8 text, got a text');
}

/** Why bytes are no UTF-8 text, and where: `it is no UTF-8 text from byte 12 (line 2, 0xe4); save it as UTF-8`. */
function notUtf8(bytes: Uint8Array): string {
  if (isUtf16(bytes)) return 'it is UTF-16 text; save it as UTF-8';
  const at = firstForeignByte(bytes);
  const line = bytes.subarray(0, at).filter((byte) => byte === 0x0a).length + 1;
  const byte = bytes[at]!.toString(16).padStart(2, '0');
  return `line ${line} is no UTF-8 text, at byte ${at + 1} of the file (0x${byte}); save it as UTF-8`;
}

/**
 * The text of a file that a person named. Fails with `unreadable`, its message a reason that follows a colon: nothing
 * is there, or a directory, a device, a pipe, more than 256 MiB, other bytes than UTF-8.
 */
export async function readUserText(files: Files, file: string): Promise<Result<string>> {
  const unreadable = (message: string) => fail({ code: 'unreadable', message });
  try {
    const found = await files.stat(await files.realPath(file));
    if (found?.kind === 'directory') return unreadable('it is a directory');
    if (found?.kind !== 'file') return unreadable('it is no ordinary file');
    if (found.size > TEXT_LIMIT) return unreadable(`it has more than ${TEXT_LIMIT / 2 ** 20} MiB`);
    const bytes = await files.read(file);
    try {
      return ok(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    } catch {
      return unreadable(notUtf8(bytes));
    }
  } catch (error) {
    return unreadable(reasonOf(error));
  }
}

/** Whether a path, absolute, leads out of a directory. */
export const isOutside = (directory: string, file: string): boolean => {
  const relative = path.relative(directory, file);
  return relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative);
};

/** Where a link leads when it leads out of a directory; nothing when the path stays inside or leads nowhere. */
export async function leadsOutside(
  files: Files,
  directory: string,
  file: string,
): Promise<string | undefined> {
  try {
    const [root, real] = await Promise.all([files.realPath(directory), files.realPath(file)]);
    return isOutside(root, real) ? real : undefined;
  } catch {
    return undefined;
  }
}
