import { digestValue } from '../base/digest.ts';
import { type Files, readIfPossible } from '../base/files.ts';

/** Adds `seal`: a digest of everything else, so that a flipped bit shows. */
export const seal = <T extends object>(domain: string, value: T): T & { seal: string } => ({
  ...value,
  seal: digestValue(domain, value),
});

/** Sealed JSON from bytes; nothing when they are no JSON or the seal is broken. */
export function unsealed<T extends { seal: string }>(domain: string, bytes: Uint8Array): T | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const { seal: found, ...rest } = JSON.parse(text) as T;
    return digestValue(domain, rest) === found ? ({ ...rest, seal: found } as T) : undefined;
  } catch {
    return undefined;
  }
}

/** A sealed JSON file; nothing when it is not there, is no JSON, or its seal is broken. */
export async function readSealed<T extends { seal: string }>(
  files: Files,
  domain: string,
  file: string,
): Promise<T | undefined> {
  const bytes = await readIfPossible(files, file);
  return bytes && unsealed<T>(domain, bytes);
}
