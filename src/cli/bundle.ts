import * as path from 'node:path';
import { build, type Plugin } from 'esbuild';
import { nodeFiles as files, readText } from '../base/files.ts';
import { ownRoot } from '../stage/package.ts';

/**
 * A step of the build: puts what the two programs consist of, the command line and the attempt, into a few files, because
 * loading each of hundreds takes longer than what they do. Packages stay outside, and what is imported when it is needed
 * still is. All files lie two folders below the root, as their sources do.
 */
const dist = path.join(ownRoot, 'dist');
const common = {
  allowOverwrite: true,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  logLevel: 'warning',
} as const;

/** Leaves an import for when the program runs. */
const leaving = (which: (args: { path: string; kind: string }) => boolean): Plugin => ({
  name: 'leaving',
  setup({ onResolve }) {
    onResolve({ filter: /^\./ }, (args) => (which(args) ? { path: args.path, external: true } : undefined));
  },
});

/** All that a run with nothing to do needs: one file of its own, the packages in it that are no native code. */
const QUICK = './start-quick.js';
await files.remove(path.join(dist, 'chunks'));
const quick = await build({
  ...common,
  metafile: true,
  entryPoints: [path.join(dist, 'cli', QUICK)],
  outdir: path.join(dist, 'cli'),
  external: ['fs-native-extensions'],
  // what it seldom needs lies where the other build puts it
  plugins: [leaving(({ kind }) => kind === 'dynamic-import')],
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
});
await keepLicences(Object.keys(quick.metafile.inputs));
await build({
  ...common,
  entryPoints: ['cli/main', 'attempt/main', 'report/headline', 'report/source', 'report/diff'].map((name) =>
    path.join(dist, `${name}.js`),
  ),
  outdir: dist,
  outbase: dist,
  chunkNames: 'chunks/[name]-[hash]',
  splitting: true,
  packages: 'external',
  plugins: [leaving(({ path: name }) => name === QUICK)],
});

/** Puts the licences of the packages that went into the file beside it. */
async function keepLicences(inputs: readonly string[]): Promise<void> {
  const packages = new Set(
    inputs.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []),
  );
  let text = '';
  for (const each of [...packages].sort()) {
    const directory = path.resolve(each);
    const name = (await files.list(directory)).find((entry) => /^licen[cs]e/i.test(entry));
    if (name === undefined) throw new Error(`internal error: expected a licence in ${directory}`);
    text += `${path.basename(directory)}\n\n${await readText(files, path.join(directory, name))}\n\n`;
  }
  await files.writeAtomic(path.join(dist, 'cli', QUICK.replace('.js', '.licences.txt')), text);
}
