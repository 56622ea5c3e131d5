import * as path from 'node:path';
import type { Json } from '../base/canonical.ts';
import { type Digest, digestBytes, digestValue } from '../base/digest.ts';
import type { Files } from '../base/files.ts';
import { fail, ok, type Result } from '../base/result.ts';
import type { Stage } from '../pipeline/pipeline.ts';
import type { AttemptRequest } from '../schema/generated/attempt-request.ts';
import { ownRoot } from '../stage/package.ts';

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

/** The files below a directory: relative path with `/` and the digest of its bytes; hidden files are left out. */
async function listing(files: Files, directory: string, below = ''): Promise<[string, Digest][]> {
  const found: [string, Digest][] = [];
  for (const name of await files.list(path.join(directory, below))) {
    if (name.startsWith('.')) continue;
    const relative = below === '' ? name : `${below}/${name}`;
    const real = await files.realPath(path.join(directory, relative));
    if ((await files.stat(real))?.kind === 'directory')
      found.push(...(await listing(files, directory, relative)));
    else found.push([relative, digestBytes(await files.read(real))]);
  }
  return found;
}

/** Digest of a directory's content: names and bytes, neither its path nor times nor modes. */
export const directoryDigest = async (files: Files, directory: string): Promise<Digest> =>
  digestValue('naspipe/directory', await listing(files, directory));

/** Digests what the params name. Fails with `missing-content` when a path leads nowhere or to the wrong thing. */
export async function contentOf(
  files: Files,
  { id, type, params }: Stage,
  root: string,
): Promise<Result<Content>> {
  const hashed: { [name: string]: Json } = { ...params };
  const requested: AttemptRequest['files'] = {};
  for (const [param, wanted] of Object.entries(type.manifest.content)) {
    const written = params[param];
    if (typeof written !== 'string') continue;
    const absolute = path.resolve(root, written);
    const found = (await files.stat(absolute)) && (await files.stat(await files.realPath(absolute)));
    if (found?.kind !== wanted) {
      const what = found === undefined ? 'nothing is there' : `that is no ${wanted}`;
      const message = `${id}.params.${param} names the ${wanted} "${written}", but ${what}`;
      return fail({ code: 'missing-content', message });
    }
    const digest =
      wanted === 'file' ? digestBytes(await files.read(absolute)) : await directoryDigest(files, absolute);
    hashed[param] = digest;
    requested[written] = { path: absolute, type: wanted, ...(wanted === 'file' && { digest }) };
  }
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
