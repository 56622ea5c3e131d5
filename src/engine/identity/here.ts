import * as path from 'node:path';
import type { Files } from '../../base/files.ts';
import type { AttemptRequest } from '../../schema/generated/attempt-request.ts';
import { ownRoot } from '../../stage/package.ts';
import { directoryDigest } from './content-digests.ts';

/**
 * A request's places as they are here, where it may have been made on another machine: packages are looked for in naspipe
 * too, and a data set that comes with naspipe is taken from it, if its content is the one that the fingerprint names.
 */
export async function placesHere<T extends Pick<AttemptRequest, 'resolveFrom' | 'datasets' | 'preimage'>>(
  files: Files,
  request: T,
): Promise<T> {
  const datasets: { [name: string]: string } = {};
  for (const [name, there] of Object.entries(request.datasets)) {
    const own = path.join(ownRoot, 'datasets', name);
    const moved = (await files.stat(there!)) === undefined && (await files.stat(own)) !== undefined;
    const same = moved && (await directoryDigest(files, own)) === request.preimage.content?.[name];
    datasets[name] = same ? own : there!;
  }
  return { ...request, resolveFrom: [...new Set([...request.resolveFrom, ownRoot])], datasets };
}
