import { execFile } from 'node:child_process';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { nodeFiles, readIfPossible } from '../base/files.ts';
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

/** Compiles what is missing or was made by another compiler. Gives what was made, or why nothing could be. */
export async function compileNative(
  request: NativeRequest,
): Promise<{ readonly made: readonly NativeBuild[] } | { readonly missing: string }> {
  const { folder, source, builds, flags, compilers } = request;
  const there = (await nodeFiles.stat(folder)) !== undefined;
  const compiler = await findCompiler(compilers);
  if (compiler === undefined) {
    return there ? { made: [] } : { missing: `no C++ compiler was found (${compilers.join(', ')})` };
  }
  if (there && (await compilerOf(folder)) === compiler.version) return { made: [] };
  const headers = await request.headers();
  if (headers === undefined)
    return { missing: 'the headers of Node were not found (npm i node-api-headers)' };
  const half = `${folder}.${process.pid}`;
  await nodeFiles.makeDirectory(half);
  try {
    await Promise.all(
      builds.map((name) =>
        run(compiler.name, [...flags[name], '-I', headers, source, '-o', addonIn(half, name)]),
      ),
    );
    await nodeFiles.writeNew(path.join(half, COMPILER), `${compiler.version}\n`);
    const home = path.dirname(folder);
    for (const old of await nodeFiles.list(home)) {
      // Others with a dot in their name are being written.
      if (!old.includes('.')) await nodeFiles.remove(path.join(home, old));
    }
    await nodeFiles.rename(half, folder).catch(async (error: Error) => {
      if ((await nodeFiles.stat(folder)) === undefined) throw error;
    });
  } finally {
    await nodeFiles.remove(half);
  }
  return { made: builds };
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

async function compilerOf(folder: string): Promise<string | undefined> {
  const bytes = await readIfPossible(nodeFiles, path.join(folder, COMPILER));
  return bytes && new TextDecoder().decode(bytes).trimEnd();
}
