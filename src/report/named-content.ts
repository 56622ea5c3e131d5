import * as path from 'node:path';
import { type Digest, digestBytes } from '../base/digest.ts';
import { type Files, readIfPossible } from '../base/files.ts';
import type { AttemptRequest } from '../schema/generated/attempt-request.ts';
import type { RunResult } from '../schema/generated/run-result.ts';
import type { Store } from '../store/index.ts';
import { recordOf } from './source.ts';

/** A file or directory outside the store that a param of a stage names. An export does not hold it. */
export interface NamedContent {
  readonly stage: string;
  /** As the param names it. */
  readonly path: string;
  readonly request: NonNullable<AttemptRequest['files'][string]>;
}

/** What the stages of a run read of what their params name, by the attempts that made their outputs. */
export async function namedContent(
  store: Pick<Store, 'records' | 'attempts'>,
  { stages }: RunResult,
): Promise<NamedContent[]> {
  const found: NamedContent[] = [];
  for (const [id, stage] of Object.entries(stages)) {
    const record = await recordOf(store, stage!);
    const attempt = record && store.attempts.at(record.fingerprint, record.attempt);
    const asked = attempt && (await store.attempts.request(attempt));
    for (const [name, request] of Object.entries(asked?.files ?? {})) {
      found.push({ stage: id, path: name, request: request! });
    }
  }
  return found;
}

/** Whether it is here as it was then. */
export async function contentNow(
  files: Files,
  { request }: NamedContent,
): Promise<'as it was' | 'changed' | 'not here'> {
  const { path: place, digest, digests = {} } = request;
  if ((await files.stat(place)) === undefined) return 'not here';
  const now = async (file: string): Promise<Digest | undefined> => {
    const bytes = await readIfPossible(files, file);
    return bytes && digestBytes(bytes);
  };
  if (request.type === 'file') return (await now(place)) === digest ? 'as it was' : 'changed';
  for (const [below, wanted] of Object.entries(digests)) {
    if ((await now(path.join(place, below))) !== wanted) return 'changed';
  }
  return 'as it was';
}

/** Names of what params name, each once. */
export const namesOf = (content: readonly NamedContent[]): string =>
  [...new Set(content.map((each) => each.path))].join(', ');
