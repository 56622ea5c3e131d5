import { digestBytes, digestValue } from '../base/digest.ts';
import { type Files, readIfPossible } from '../base/files.ts';

const sealOf = (domain: string, value: object): string => digestBytes(`${domain} ${JSON.stringify(value)}`);

/** Adds `seal`: a digest of everything else as it is written, without white space, so that a flipped bit shows. */
export const seal = <T extends object>(domain: string, value: T): T & { seal: string } => ({
  ...value,
  seal: sealOf(domain, value),
});

/** Whether a value has the seal of all else in it. */
export function isSealed(domain: string, { seal: found, ...rest }: { readonly seal: string }): boolean {
  // until 2026-11-24 a seal was of the canonical text, which takes five times as long to make
  return sealOf(domain, rest) === found || digestValue(domain, rest) === found;
}

/** Sealed JSON from bytes; nothing when they are no JSON or the seal is broken. */
export function unsealed<T extends { seal: string }>(domain: string, bytes: Uint8Array): T | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const value = JSON.parse(text) as T;
    return isSealed(domain, value) ? value : undefined;
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
