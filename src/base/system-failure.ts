import type { Failure } from './result.ts';

export type SystemFailure = Failure<'no-space' | 'no-permission' | 'too-many-files' | 'input-output'>;

/** A failure of the operating system that a person can mend; nothing for any other error. */
export function systemFailure(error: unknown): SystemFailure | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, path } = error as NodeJS.ErrnoException;
  const where = path === undefined ? '' : ` (${path})`;
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return { code: 'no-space', message: `no space is left on the disk${where}; free some and run again` };
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return { code: 'no-permission', message: `this user may not write or read there${where}` };
    case 'EMFILE':
    case 'ENFILE':
      return {
        code: 'too-many-files',
        message: `too many files are open${where}; raise the limit (ulimit -n)`,
      };
    case 'EIO':
      return { code: 'input-output', message: `the disk failed to read or write${where}` };
    default:
      return undefined;
  }
}
