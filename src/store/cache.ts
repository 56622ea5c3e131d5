import * as path from 'node:path';
import { digestBytes } from '../base/digest.ts';
import { type Files, readTextIfWhole } from '../base/files.ts';
import type { Layout } from './layout.ts';
import { isSealed } from './seal.ts';

/**
 * What was found out at some cost and can be found out again: losing it loses time only. What is damaged is as if it
 * were not there, and a failure to write is no failure. Names are relative paths.
 */
export interface Cache {
  /** A value that `keep` kept, whole; nothing when there is none. The caller decides whether it still holds. */
  find<T extends object>(name: string): Promise<T | undefined>;
  keep(name: string, value: object): Promise<void>;
}

const DOMAIN = 'naspipe cache';

interface Entry {
  readonly value: unknown;
}

/** A line with the name and a digest of the line that follows it, which is the value. */
function entryText(name: string, value: object): string {
  const text = JSON.stringify(value);
  return `${JSON.stringify({ name, sha256: digestBytes(`${DOMAIN} ${text}`) })}\n${text}\n`;
}

function parseEntry(name: string, text: string): Entry | undefined {
  const end = text.indexOf('\n');
  const head = JSON.parse(text.slice(0, end)) as Record<string, unknown>;
  if (head.name !== name) return undefined;
  // until 2026-11-24 an entry was one line, sealed as records are
  if (head.seal !== undefined)
    return isSealed(DOMAIN, head as { seal: string }) ? (head as never) : undefined;
  if (!text.endsWith('\n')) return undefined;
  const value = text.slice(end + 1, -1);
  return head.sha256 === digestBytes(`${DOMAIN} ${value}`) ? { value: JSON.parse(value) } : undefined;
}

/** What is kept under a name; nothing when that is damaged, or is what was kept under another. */
export async function readEntry(files: Files, at: Layout, name: string): Promise<Entry | undefined> {
  const text = await readTextIfWhole(files, at.cache(name));
  try {
    return text === undefined ? undefined : parseEntry(name, text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export function createCache(files: Files, at: Layout): Cache {
  return {
    async find<T extends object>(name: string) {
      try {
        return (await readEntry(files, at, name))?.value as T | undefined;
      } catch {
        return undefined;
      }
    },
    async keep(name, value) {
      const file = at.cache(name);
      try {
        await files.makeDirectory(path.dirname(file));
        await files.writeAtomic(file, entryText(name, value));
      } catch {}
    },
  };
}
