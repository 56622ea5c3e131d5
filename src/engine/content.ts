import * as path from 'node:path';
import type { Json } from '../base/canonical.ts';
import { type Digest, digestBytes, digestValue } from '../base/digest.ts';
import type { Files } from '../base/files.ts';
import { type Failure, fail, ok, type Result } from '../base/result.ts';
import { systemFailure } from '../base/system-failure.ts';
import { isOutside } from '../base/user-file.ts';
import type { Stage } from '../pipeline/pipeline.ts';
import type { AttemptRequest } from '../schema/generated/attempt-request.ts';
import { ownRoot } from '../stage/package.ts';

/** What is wrong with the content that a param names. */
export interface ContentFailure extends Failure<'missing-content' | 'outside-project'> {
  /** The param, and the index of an element where it is a list. */
  readonly place: readonly (string | number)[];
}

/** What the params of a stage name outside the store. */
export interface Content {
  /** Params as they enter the pre-image: digests in place of paths. */
  readonly params: { readonly [name: string]: Json };
  /** Data set → digest of its files. */
  readonly digests: { readonly [dataset: string]: Digest };
  /** What an attempt may read. */
  readonly files: AttemptRequest['files'];
  readonly datasets: { readonly [name: string]: string };
}

/** Ends the reading of content with a reason that follows a comma. */
class Unreadable extends Error {}

/**
 * The files below a directory: relative path with `/` and the digest of its bytes; hidden files are left out, links are
 * followed. `above` holds the real directories on the way.
 */
async function listing(
  files: Files,
  directory: string,
  below = '',
  above: readonly string[] = [],
): Promise<[string, Digest][]> {
  const here = await files.realPath(path.join(directory, below));
  if (above.includes(here))
    throw new Unreadable(below === '' ? 'its links lead in a circle' : `its link ${below} leads in a circle`);
  const found: [string, Digest][] = [];
  for (const name of await files.list(path.join(directory, below))) {
    if (name.startsWith('.')) continue;
    const relative = below === '' ? name : `${below}/${name}`;
    const real = await realPathOf(files, path.join(directory, relative), relative);
    const kind = (await files.stat(real))?.kind;
    if (kind === 'directory') found.push(...(await listing(files, directory, relative, [...above, here])));
    else if (kind === 'file') found.push([relative, digestBytes(await files.read(real))]);
    else throw new Unreadable(`it holds ${relative}, which is no ordinary file`);
  }
  return found;
}

async function realPathOf(files: Files, file: string, relative: string): Promise<string> {
  try {
    return await files.realPath(file);
  } catch (error) {
    const circle = (error as NodeJS.ErrnoException).code === 'ELOOP';
    throw new Unreadable(`its link ${relative} leads ${circle ? 'in a circle' : 'nowhere'}`);
  }
}

/** Digest of a directory's content: names and bytes, neither its path nor times nor modes. */
export const directoryDigest = async (files: Files, directory: string): Promise<Digest> =>
  digestValue('naspipe/directory', await listing(files, directory));

/** What is at the end of a path; why nothing is. */
async function kindAt(files: Files, file: string): Promise<string | undefined> {
  if (file.includes('\0')) throw new Unreadable('a path cannot hold a null byte');
  if ((await files.stat(file)) === undefined) throw new Unreadable('nothing is there');
  return (await files.stat(await realPathOf(files, file, path.basename(file))))?.kind;
}

/** Digest of the content that a param names, and what an attempt may read of it. Rejects with Unreadable. */
async function namedContent(
  files: Files,
  absolute: string,
  wanted: 'file' | 'directory',
): Promise<{ readonly digest: Digest; readonly request: AttemptRequest['files'][string] }> {
  if ((await kindAt(files, absolute)) !== wanted) throw new Unreadable(`that is no ${wanted}`);
  if (wanted === 'file') {
    const digest = digestBytes(await files.read(absolute));
    return { digest, request: { path: absolute, type: wanted, digest } };
  }
  const below = await listing(files, absolute);
  const request = { path: absolute, type: wanted, digests: Object.fromEntries(below) };
  return { digest: digestValue('naspipe/directory', below), request };
}

/** The files that a list of paths stands for: path as written, or below a directory as written, and its digest. */
async function pathsOf(files: Files, root: string, written: string): Promise<[string, Digest][]> {
  const absolute = path.resolve(root, written);
  const kind = await kindAt(files, absolute);
  if (kind === 'file') return [[path.normalize(written), digestBytes(await files.read(absolute))]];
  if (kind !== 'directory') throw new Unreadable('that is no file and no directory');
  const below = await listing(files, absolute);
  return below.map(([relative, digest]) => [path.join(written, relative), digest]);
}

/**
 * Digests what the params name. A relative path starts at the project's root and stays below it; an absolute one and
 * links may lead anywhere, because data sets lie where there is room. In a list all paths are relative, and are hashed
 * with the content, because a program finds its files by them. Fails with `missing-content` when a path leads
 * nowhere or to the wrong thing, `outside-project`; all at once.
 */
export async function contentOf(
  files: Files,
  { id, type, params }: Stage,
  root: string,
): Promise<Result<Content, ContentFailure>> {
  const hashed: { [name: string]: Json } = { ...params };
  const requested: AttemptRequest['files'] = {};
  const failures: ContentFailure[] = [];
  for (const [param, wanted] of Object.entries(type.manifest.content)) {
    const listed: [string, Digest][] = [];
    const given = params[param];
    for (const [index, written] of [given ?? []].flat().entries()) {
      if (typeof written !== 'string') continue;
      const place = Array.isArray(given) ? [param, index] : [param];
      const absolute = path.resolve(root, written);
      const named = `${id}.params.${param} names the ${wanted === 'paths' ? 'path' : wanted} "${written}"`;
      if (isOutside(root, absolute) && (wanted === 'paths' || !path.isAbsolute(written))) {
        const remedy = wanted === 'paths' ? '' : 'write an absolute path, or ';
        const message = `${named}, which leads out of the project; ${remedy}link to it from the project`;
        failures.push({ code: 'outside-project', message, place });
        continue;
      }
      try {
        if (wanted === 'paths') {
          listed.push(...(await pathsOf(files, root, path.relative(root, absolute))));
          continue;
        }
        const { digest, request } = await namedContent(files, absolute, wanted);
        hashed[param] = digest;
        requested[written] = request;
      } catch (error) {
        const reason = error instanceof Unreadable ? error.message : systemFailure(error)?.message;
        if (reason === undefined) throw error;
        failures.push({ code: 'missing-content', message: `${named}, but ${reason}`, place });
      }
    }
    if (wanted !== 'paths') continue;
    hashed[param] = Object.fromEntries(listed);
    for (const [file, digest] of listed) {
      requested[file] = { path: path.join(root, file), type: 'file', digest };
    }
  }
  if (failures.length > 0) return fail(...failures);
  const digests: { [dataset: string]: Digest } = {};
  const datasets: { [name: string]: string } = {};
  for (const param of type.manifest.datasets) {
    const name = params[param];
    if (typeof name !== 'string' || !/^[a-z0-9-]+$/.test(name)) continue;
    const directory = path.join(ownRoot, 'datasets', name);
    if ((await files.stat(directory)) === undefined) continue;
    digests[name] = await directoryDigest(files, directory);
    datasets[name] = directory;
  }
  return ok({ params: hashed, digests, files: requested, datasets });
}
