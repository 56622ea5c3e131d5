import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { repository } from '../engine/project.ts';

/** An import, type imports included, as written in a source file of the project. */
export interface Import {
  /** Path of the importing file, relative to the repository. */
  readonly from: string;
  /** Path of the imported file, relative to the repository, or the name of a package. */
  readonly to: string;
}

const statement =
  /(?:^|\n)\s*(?:import|export)\s[^'"`;]*?from\s*['"]([^'"]+)['"]|(?:^|[^\w.])import\(\s*['"`]([^'"`]+)['"`]|(?:^|\n)\s*import\s+['"]([^'"]+)['"]/g;

/** Specifiers of every import and re-export in a text: static, dynamic, for side effects, of types. */
export const specifiers = (text: string): string[] =>
  [...text.matchAll(statement)].map((found) => (found[1] ?? found[2] ?? found[3])!);

/** Paths of the TypeScript files below a folder, relative to the repository. */
export async function sources(folder: string): Promise<string[]> {
  const entries = await fs.readdir(path.join(repository, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => path.relative(repository, path.join(entry.parentPath, entry.name)))
    .sort();
}

/** Every import below the given folders. */
export async function imports(...folders: string[]): Promise<Import[]> {
  const files = (await Promise.all(folders.map(sources))).flat();
  const found = files.map(async (from) => {
    const text = await fs.readFile(path.join(repository, from), 'utf8');
    return specifiers(text).map((specifier) => ({
      from,
      to: specifier.startsWith('.') ? path.join(path.dirname(from), specifier) : specifier,
    }));
  });
  return (await Promise.all(found)).flat();
}
