/**
 * Compiles the native builds: `npm run build:native`. With `--quiet`, as at the end of `npm run build`, it says nothing where
 * there is no compiler, and never fails. Kernels that have changed have no native build before this has run.
 */
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { nodeFiles } from '../base/files.ts';
import { compileNative } from './native-compile.ts';
import { addonSource, buildsHere, currentFolder, nativeFlags } from './native-source.ts';

/** clang makes the faster code of the two. */
const compilers = process.env.CXX === undefined ? ['clang++', 'g++', 'c++'] : [process.env.CXX];

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

async function build(): ReturnType<typeof compileNative> {
  const folder = await currentFolder();
  if (folder === undefined) return { missing: 'the source of the kernels is not there' };
  return compileNative({
    folder,
    source: addonSource,
    builds: buildsHere,
    flags: nativeFlags,
    compilers,
    headers: findHeaders,
  });
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
