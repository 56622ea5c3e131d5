import { digestValue } from '../base/digest.ts';
import { type Files, readTextIfWhole } from '../base/files.ts';

/** Adds `seal`: a digest of everything else, so that a flipped bit shows. */
export const seal = <T extends object>(domain: string, value: T): T & { seal: string } => ({
  ...value,
  seal: digestValue(domain, value),
});

/** A sealed JSON file; nothing when it is not there, is no JSON, or its seal is broken. */
export async function readSealed<T extends { seal: string }>(
  files: Files,
  domain: string,
  file: string,
): Promise<T | undefined> {
  const text = await readTextIfWhole(files, file);
  if (text === undefined) return undefined;
  try {
    const { seal: found, ...rest } = JSON.parse(text) as T;
    return digestValue(domain, rest) === found ? ({ ...rest, seal: found } as T) : undefined;
  } catch {
    return undefined;
  }
}
