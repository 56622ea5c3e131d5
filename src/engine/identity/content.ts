import * as path from 'node:path';
import type { Json } from '../../base/canonical.ts';
import type { Digest } from '../../base/digest.ts';
import type { Files } from '../../base/files.ts';
import { type Failure, fail, ok, type Result } from '../../base/result.ts';
import { systemFailure } from '../../base/system-failure.ts';
import { isOutside } from '../../base/user-file.ts';
import type { Stage } from '../../pipeline/pipeline.ts';
import type { AttemptRequest } from '../../schema/generated/attempt-request.ts';
import { ownRoot } from '../../stage/package.ts';
import type { ContentDigests } from './content-digests.ts';
import { fileAt, Unreadable } from './listing.ts';

/** What is wrong with the content that a param names. */
export interface ContentFailure extends Failure<'missing-content' | 'outside-project'> {
  /** The param, and the index of an element where it is a list. */
  readonly place: readonly (string | number)[];
}

/** A file or a directory that a param names, and the digest that it had. */
export interface NamedContent {
  readonly path: string;
  readonly type: 'file' | 'directory';
  readonly digest: Digest;
}

/** What the params of a stage name outside the store. */
export interface Content {
  /** Params as they enter the pre-image: digests in place of paths. */
  readonly params: { readonly [name: string]: Json };
  /** Data set → digest of its files. */
  readonly digests: { readonly [dataset: string]: Digest };
  /** What an attempt may read. */
  readonly files: { readonly [written: string]: NamedContent };
  readonly datasets: { readonly [name: string]: string };
}

/** Digest of the content that a param names. Rejects with Unreadable. */
async function digestOf(
  { files, digests }: ContentParts,
  absolute: string,
  wanted: 'file' | 'directory',
): Promise<Digest> {
  const file = await fileAt(files, absolute);
  if (file.stat.kind !== wanted) throw new Unreadable(`that is no ${wanted}`);
  return wanted === 'file' ? digests.file(file) : digests.directory(absolute);
}

/** The files that a list of paths stands for: path as written, or below a directory as written, and its digest. */
async function pathsOf({ files, digests, root }: ContentParts, written: string): Promise<[string, Digest][]> {
  const absolute = path.resolve(root, written);
  const file = await fileAt(files, absolute);
  if (file.stat.kind === 'file') return [[path.normalize(written), await digests.file(file)]];
  if (file.stat.kind !== 'directory') throw new Unreadable('that is no file and no directory');
  const below = await digests.files(absolute);
  return below.map(([relative, digest]) => [path.join(written, relative), digest]);
}

/** Where content is looked for. */
export interface ContentParts {
  readonly files: Files;
  readonly digests: ContentDigests;
  /** The project's. */
  readonly root: string;
}

/**
 * Digests what the params name. A relative path starts at the project's root and stays below it; an absolute one and
 * links may lead anywhere, because data sets lie where there is room. In a list all paths are relative, and are hashed
 * with the content, because a program finds its files by them. Fails with `missing-content` when a path leads
 * nowhere or to the wrong thing, `outside-project`; all at once.
 */
export async function contentOf(
  parts: ContentParts,
  { id, type, params }: Stage,
): Promise<Result<Content, ContentFailure>> {
  const { files, root } = parts;
  const hashed: { [name: string]: Json } = { ...params };
  const requested: { [written: string]: NamedContent } = {};
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
          listed.push(...(await pathsOf(parts, path.relative(root, absolute))));
          continue;
        }
        const digest = await digestOf(parts, absolute, wanted);
        hashed[param] = digest;
        requested[written] = { path: absolute, type: wanted, digest };
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
    digests[name] = await parts.digests.directory(directory);
    datasets[name] = directory;
  }
  return ok({ params: hashed, digests, files: requested, datasets });
}

/**
 * What an attempt may read: files with their digests, of directories each file's. Fails with `input-changed` when a
 * directory is no longer as it was found.
 */
export async function requestedFiles(
  { files }: Content,
  digests: ContentDigests,
): Promise<Result<AttemptRequest['files']>> {
  const requested: AttemptRequest['files'] = {};
  for (const [written, { path, type, digest }] of Object.entries(files)) {
    if (type === 'file') {
      requested[written] = { path, type, digest };
      continue;
    }
    const listing = await digests.filesOf(path, digest);
    if (listing === undefined) {
      const message = `${written} was changed after the stage was planned; run again`;
      return fail({ code: 'input-changed', message });
    }
    requested[written] = { path, type, digests: Object.fromEntries(listing) };
  }
  return ok(requested);
}
