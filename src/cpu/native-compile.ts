import { execFile } from 'node:child_process';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { type Files, nodeFiles, readIfPossible } from '../base/files.ts';
import { addonIn, type Flags, type NativeBuild } from './native-source.ts';

/** What is compiled, by what, and where it goes. */
export interface NativeRequest {
  /** The folder of this source and these flags; its siblings without a dot in their name are older. */
  readonly folder: string;
  readonly source: string;
  readonly builds: readonly NativeBuild[];
  readonly flags: Flags;
  /** Commands, the best first; the first that works compiles. */
  readonly compilers: readonly string[];
  /** The folder of node_api.h; nothing where it was not found. */
  readonly headers: () => Promise<string | undefined>;
}

/** Beside the builds: what compiled them. */
const COMPILER = 'compiler.txt';

const run = promisify(execFile);

/**
 * Compiles what is missing or was made by another compiler. Gives what was made, or why nothing could be. Builds that are
 * there can be loaded at every moment, old or new.
 */
export async function compileNative(
  request: NativeRequest,
  files: Files = nodeFiles,
): Promise<{ readonly made: readonly NativeBuild[] } | { readonly missing: string }> {
  const { folder, source, builds, flags, compilers } = request;
  const there = (await files.stat(folder)) !== undefined;
  const compiler = await findCompiler(compilers);
  if (compiler === undefined) {
    return there ? { made: [] } : { missing: `no C++ compiler was found (${compilers.join(', ')})` };
  }
  if (there && (await compilerOf(files, folder)) === compiler.version) return { made: [] };
  const headers = await request.headers();
  if (headers === undefined)
    return { missing: 'the headers of Node were not found (npm i node-api-headers)' };
  const half = `${folder}.${process.pid}`;
  await files.makeDirectory(half);
  try {
    await Promise.all(
      builds.map((name) =>
        run(compiler.name, [...flags[name], '-I', headers, source, '-o', addonIn(half, name)]),
      ),
    );
    await files.writeNew(path.join(half, COMPILER), `${compiler.version}\n`);
    await putInPlace(files, half, folder);
    const home = path.dirname(folder);
    for (const old of await files.list(home)) {
      // Others with a dot in their name are being written.
      if (!old.includes('.') && old !== path.basename(folder)) await files.remove(path.join(home, old));
    }
  } finally {
    await files.remove(half);
  }
  return { made: builds };
}

/** Gives a folder its name; where one of that name is there, its files are replaced one by one, that of the compiler last. */
async function putInPlace(files: Files, half: string, folder: string): Promise<void> {
  try {
    return await files.rename(half, folder);
  } catch (error) {
    if ((await files.stat(folder)) === undefined) throw error;
  }
  const builds = (await files.list(half)).filter((name) => name !== COMPILER);
  for (const name of [...builds, COMPILER]) {
    await files.rename(path.join(half, name), path.join(folder, name));
  }
}

async function findCompiler(
  names: readonly string[],
): Promise<{ name: string; version: string } | undefined> {
  for (const name of names) {
    const said = await run(name, ['--version']).catch(() => undefined);
    if (said !== undefined) return { name, version: `${name}: ${said.stdout.split('\n')[0]}` };
  }
  return undefined;
}

async function compilerOf(files: Files, folder: string): Promise<string | undefined> {
  const bytes = await readIfPossible(files, path.join(folder, COMPILER));
  return bytes && new TextDecoder().decode(bytes).trimEnd();
}
