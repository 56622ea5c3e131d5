import * as path from 'node:path';
import type { FileStat, Files } from '../../base/files.ts';

/** Ends the reading of content with a reason that follows a comma. */
export class Unreadable extends Error {}

/** A file below a directory: its path there with `/`, where it really is, and what the file system says of it. */
export interface ListedFile {
  readonly relative: string;
  readonly real: string;
  readonly stat: FileStat;
}

async function realPathOf(files: Files, file: string, relative: string): Promise<string> {
  try {
    return await files.realPath(file);
  } catch (error) {
    const circle = (error as NodeJS.ErrnoException).code === 'ELOOP';
    throw new Unreadable(`its link ${relative} leads ${circle ? 'in a circle' : 'nowhere'}`);
  }
}

/** What the operating system says of a path itself. */
const WRONG_PATHS: { readonly [code: string]: string } = {
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
};

/** Why nothing is at a path: a part of it is no directory, or it does not exist. */
async function whyNothing(files: Files, file: string): Promise<string> {
  for (let at = path.dirname(file); at !== path.dirname(at); at = path.dirname(at)) {
    const found = await files.stat(at);
    if (found === undefined) continue;
    const relative = path.basename(at);
    const { stat } = await followed(files, { relative, real: at, stat: found });
    return stat.kind === 'directory' ? 'nothing is there' : `${relative} in it is no directory`;
  }
  return 'nothing is there';
}

/** What is at the end of a path, links followed. Rejects with Unreadable when nothing is. */
export async function fileAt(files: Files, file: string): Promise<ListedFile> {
  if (file.includes('\0')) throw new Unreadable('a path cannot hold a null byte');
  const written = await files.stat(file).catch((error: NodeJS.ErrnoException) => {
    throw error.code === undefined || WRONG_PATHS[error.code] === undefined
      ? error
      : new Unreadable(WRONG_PATHS[error.code]);
  });
  if (written === undefined) throw new Unreadable(await whyNothing(files, file));
  const relative = path.basename(file);
  if (written.kind === 'directory') return { relative, real: file, stat: written };
  return followed(files, { relative, real: file, stat: written });
}

async function followed(files: Files, listed: ListedFile): Promise<ListedFile> {
  if (listed.stat.kind !== 'link') return listed;
  const { relative } = listed;
  const real = await realPathOf(files, listed.real, relative);
  const stat = await files.stat(real);
  if (stat === undefined) throw new Unreadable(`its link ${relative} leads nowhere`);
  return { relative, real, stat };
}

/**
 * All files below a directory, in the order of their names; hidden ones are left out, links are followed. Rejects with
 * Unreadable when links lead nowhere or in a circle, and when something is neither file nor directory.
 */
export async function filesBelow(files: Files, directory: string): Promise<ListedFile[]> {
  const found: ListedFile[] = [];

  /** `above` holds the real directories on the way. */
  async function walk(here: string, below: string, above: readonly string[]): Promise<void> {
    if (above.includes(here))
      throw new Unreadable(
        below === '' ? 'its links lead in a circle' : `its link ${below} leads in a circle`,
      );
    const names = (await files.list(here)).filter((name) => !name.startsWith('.'));
    const places = names.map((name) => `${here}/${name}`);
    const stats = await files.statAll(places);
    for (const [i, name] of names.entries()) {
      const relative = below === '' ? name : `${below}/${name}`;
      const written = stats[i];
      if (written === undefined) continue;
      const listed = await followed(files, { relative, real: places[i]!, stat: written });
      if (listed.stat.kind === 'file') found.push(listed);
      else if (listed.stat.kind === 'directory') await walk(listed.real, relative, [...above, here]);
      else throw new Unreadable(`it holds ${relative}, which is no ordinary file`);
    }
  }

  await walk(await files.realPath(directory), '', []);
  return found;
}
