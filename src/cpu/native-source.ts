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

/** Where native builds are kept, a folder for each state of the source and of the flags. */
export const buildFolder = path.join(root, 'build/native');

/** The package's own root, from which npm finds what is installed for it. */
export const packageRoot = root;

/** Strict arithmetic: the bytes of a result belong to an instruction set, not to a compiler. */
const commonFlags = [
  ...['-std=c++17', '-O3', '-ffp-contract=off', '-fno-math-errno', '-fno-exceptions', '-fno-rtti'],
  ...['-fvisibility=hidden', '-fPIC', '-shared', '-w'],
  ...(process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : []),
];

const instructions: Readonly<Record<NativeBuild, readonly string[]>> = {
  baseline: [],
  avx2: ['-mavx2', '-mfma'],
  avx512: [
    ...['-mavx2', '-mfma', '-mavx512f', '-mavx512vl', '-mavx512bw', '-mavx512dq'],
    '-mprefer-vector-width=512',
  ],
};

/** What a build tells the compiler. */
export type Flags = Readonly<Record<NativeBuild, readonly string[]>>;

export const nativeFlags: Flags = {
  baseline: [...commonFlags, ...instructions.baseline],
  avx2: [...commonFlags, ...instructions.avx2],
  avx512: [...commonFlags, ...instructions.avx512],
};

/** The name of a folder of builds: another source or another flag gives another. */
export function buildName(texts: readonly string[], flags: Flags): string {
  return digestBytes([...texts, JSON.stringify(flags)].join('\0')).slice(0, 16);
}

/**
 * The folder of what is compiled from the source as it is now: a build of another source, or by other flags, is never
 * found. Nothing where the source did not come with the package.
 */
export async function currentFolder(): Promise<string | undefined> {
  if ((await nodeFiles.stat(sourceFolder)) === undefined) return undefined;
  const names = (await nodeFiles.list(sourceFolder)).filter((name) => /\.(h|cpp)$/.test(name)).sort();
  const texts = await Promise.all(names.map((name) => readText(nodeFiles, path.join(sourceFolder, name))));
  return path.join(buildFolder, buildName(texts, nativeFlags));
}

/** The compiled addon of one instruction set, in a folder that `currentFolder` gave. */
export const addonIn = (folder: string, build: NativeBuild): string => path.join(folder, `${build}.node`);
