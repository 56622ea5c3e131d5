/**
 * Compiles the native builds: `npm run build:native`. With `--quiet`, as when it is tried after an installation, it says
 * nothing where there is no compiler, and never fails.
 */
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { nodeFiles } from '../base/files.ts';
import {
  addonIn,
  addonSource,
  buildFolder,
  buildsHere,
  currentFolder,
  type NativeBuild,
} from './native-source.ts';

/** clang makes the faster code of the two. */
const compilers = process.env.CXX === undefined ? ['clang++', 'g++', 'c++'] : [process.env.CXX];

/** Strict arithmetic: the bytes of a result belong to an instruction set, not to a compiler. */
const flags = [
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

const run = promisify(execFile);

async function findCompiler(): Promise<string | undefined> {
  for (const name of compilers) {
    const works = await run(name, ['--version']).catch(() => undefined);
    if (works !== undefined) return name;
  }
  return undefined;
}

/** The folder of node_api.h: of the package that holds Node's headers, else what came with Node. */
async function findHeaders(): Promise<string | undefined> {
  const own = path.resolve(path.dirname(process.execPath), '../include/node');
  const folders = [...installedHeaders(), own];
  const stats = await nodeFiles.statAll(folders.map((folder) => path.join(folder, 'node_api.h')));
  return folders.find((_, i) => stats[i] !== undefined);
}

function installedHeaders(): string[] {
  try {
    const { include_dir } = createRequire(import.meta.url)('node-api-headers') as { include_dir: string };
    return [include_dir];
  } catch {
    return [];
  }
}

/** Compiles what is missing. Gives what was made, or why nothing could be. */
async function build(): Promise<{ made: readonly string[] } | { missing: string }> {
  const folder = await currentFolder();
  if (folder === undefined) return { missing: 'the source of the kernels is not there' };
  if ((await nodeFiles.stat(folder)) !== undefined) return { made: [] };
  const compiler = await findCompiler();
  if (compiler === undefined) return { missing: `no C++ compiler was found (${compilers.join(', ')})` };
  const headers = await findHeaders();
  if (headers === undefined)
    return { missing: 'the headers of Node were not found (npm i node-api-headers)' };
  const half = `${folder}.${process.pid}`;
  await nodeFiles.makeDirectory(half);
  try {
    await Promise.all(
      buildsHere.map((name) =>
        run(compiler, [
          ...flags,
          ...instructions[name],
          '-I',
          headers,
          addonSource,
          '-o',
          addonIn(half, name),
        ]),
      ),
    );
    for (const old of await nodeFiles.list(buildFolder)) {
      // Others with a dot in their name are being written.
      if (!old.includes('.')) await nodeFiles.remove(path.join(buildFolder, old));
    }
    await nodeFiles.rename(half, folder).catch(async (error: Error) => {
      if ((await nodeFiles.stat(folder)) === undefined) throw error;
    });
  } finally {
    await nodeFiles.remove(half);
  }
  return { made: buildsHere };
}

const quiet = process.argv.includes('--quiet');
try {
  const result = await build();
  if ('missing' in result) {
    if (!quiet) throw new Error(`${result.missing}; naspipe computes with its wasm build until then`);
  } else if (!quiet) {
    console.log(
      result.made.length === 0 ? 'the native build is up to date' : `built ${result.made.join(', ')}`,
    );
  }
} catch (error) {
  console.error(`the native build did not work: ${(error as Error).message.trim()}`);
  if (!quiet) process.exitCode = 1;
}
