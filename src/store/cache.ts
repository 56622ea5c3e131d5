import * as path from 'node:path';
import type { Files } from '../base/files.ts';
import type { Layout } from './layout.ts';
import { readSealed, seal } from './seal.ts';

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
  readonly name: string;
  readonly value: unknown;
  readonly seal: string;
}

/** What is kept under a name; nothing when that is damaged, or is what was kept under another. */
export async function readEntry(files: Files, at: Layout, name: string): Promise<Entry | undefined> {
  const found = await readSealed<Entry>(files, DOMAIN, at.cache(name));
  return found?.name === name ? found : undefined;
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
        await files.writeAtomic(file, `${JSON.stringify(seal(DOMAIN, { name, value }))}\n`);
      } catch {}
    },
  };
}
