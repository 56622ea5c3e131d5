import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Files, readText } from '../base/files.ts';

/** What is read of a package.json. */
export interface PackageFacts {
  readonly name?: string;
  readonly version?: string;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly naspipe?: { readonly plugins?: readonly string[] };
}

/** The root of naspipe itself, which holds `stages/`, `schemas/`, `datasets/` and `dist/`. */
export const ownRoot: string = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** The package.json of a directory; nothing when it has none or when it is no JSON object. */
export async function readPackage(files: Files, directory: string): Promise<PackageFacts | undefined> {
  const file = path.join(directory, 'package.json');
  if ((await files.stat(file)) === undefined) return undefined;
  try {
    const facts: unknown = JSON.parse(await readText(files, file));
    return typeof facts === 'object' && facts !== null && !Array.isArray(facts) ? facts : undefined;
  } catch {
    return undefined;
  }
}

/** The nearest directory at or above `start` for which `test` gives something, and what it gave. */
async function upward<T>(
  start: string,
  test: (directory: string) => Promise<T | undefined>,
): Promise<T | undefined> {
  for (let directory = path.resolve(start); ; directory = path.dirname(directory)) {
    const found = await test(directory);
    if (found !== undefined) return found;
    if (path.dirname(directory) === directory) return undefined;
  }
}

/** The nearest directory at or above `start` that holds a package.json. */
export const packageRoot = (files: Files, start: string): Promise<string | undefined> =>
  upward(start, async (directory) =>
    (await files.stat(path.join(directory, 'package.json'))) === undefined ? undefined : directory,
  );

/** Where Node would find an installed package from `start`: the real directory that holds its package.json. */
export const installedPackage = (files: Files, start: string, name: string): Promise<string | undefined> =>
  upward(start, async (directory) => {
    const candidate = path.join(directory, 'node_modules', name);
    return (await files.stat(path.join(candidate, 'package.json'))) === undefined
      ? undefined
      : files.realPath(candidate);
  });

/** `@scope/name/deep` → `@scope/name`; `name/deep` → `name`. */
export const packageName = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
