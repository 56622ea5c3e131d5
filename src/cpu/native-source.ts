import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { digestBytes } from '../base/digest.ts';
import { nodeFiles, readText } from '../base/files.ts';

/** Names that the user chooses by: what the native build is compiled for. The best comes first. */
export const nativeBuilds = ['avx512', 'avx2', 'baseline'] as const;
export type NativeBuild = (typeof nativeBuilds)[number];

/** Those that there are on this architecture. */
export const buildsHere: readonly NativeBuild[] = process.arch === 'x64' ? nativeBuilds : ['baseline'];

const root = fileURLToPath(new URL('../..', import.meta.url));
const sourceFolder = path.join(root, 'src/cpu/kernels');

/** The file that is compiled; it includes all others. */
export const addonSource = path.join(sourceFolder, 'addon.cpp');

/** Where native builds are kept, a folder for each state of the source. */
export const buildFolder = path.join(root, 'build/native');

/** The package's own root, from which npm finds what is installed for it. */
export const packageRoot = root;

/**
 * The folder of what is compiled from the source as it is now: a build of another source is never found. Nothing where
 * the source did not come with the package.
 */
export async function currentFolder(): Promise<string | undefined> {
  if ((await nodeFiles.stat(sourceFolder)) === undefined) return undefined;
  const names = (await nodeFiles.list(sourceFolder)).filter((name) => /\.(h|cpp)$/.test(name)).sort();
  const texts = await Promise.all(names.map((name) => readText(nodeFiles, path.join(sourceFolder, name))));
  return path.join(buildFolder, digestBytes(texts.join('\0')).slice(0, 16));
}

/** The compiled addon of one instruction set, in a folder that `currentFolder` gave. */
export const addonIn = (folder: string, build: NativeBuild): string => path.join(folder, `${build}.node`);
