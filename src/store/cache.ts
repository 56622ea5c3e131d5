import * as path from 'node:path';
import { type Files, readTextIfWhole } from '../base/files.ts';
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
  /** A text as it lies there: nothing says that it is whole. */
  findText(name: string): Promise<string | undefined>;
  keepText(name: string, text: string): Promise<void>;
}

const domain = 'naspipe cache';

export function createCache(files: Files, at: Layout): Cache {
  const keepText = async (name: string, text: string): Promise<void> => {
    const file = at.cache(name);
    try {
      await files.makeDirectory(path.dirname(file));
      await files.writeAtomic(file, text);
    } catch {}
  };
  return {
    async find<T extends object>(name: string) {
      try {
        return (await readSealed<{ seal: string; value: T }>(files, domain, at.cache(name)))?.value;
      } catch {
        return undefined;
      }
    },
    keep: (name, value) => keepText(name, `${JSON.stringify(seal(domain, { value }))}\n`),
    findText: (name) => readTextIfWhole(files, at.cache(name)),
    keepText,
  };
}
