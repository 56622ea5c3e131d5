import { digestBytes } from '../base/digest.ts';

/** A JSON line that carries the first digits of a digest of the rest of it, so that a flipped bit shows. */
export function sumLine(value: object): string {
  const text = JSON.stringify(value);
  return `${text.slice(0, -1)},"sum":"${sumOf(text)}"}\n`;
}

/** What a line carries, without its sum; nothing when it is not as it was written. */
export function parseSumLine<T extends object>(line: string): T | undefined {
  try {
    const { sum, ...value } = JSON.parse(line) as { sum?: string };
    return sum === sumOf(JSON.stringify(value)) ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}

const sumOf = (text: string): string => digestBytes(text).slice(0, 8);
