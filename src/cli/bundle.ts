import * as path from 'node:path';
import { build } from 'esbuild';
import { nodeFiles as files } from '../base/files.ts';
import { ownRoot } from '../stage/package.ts';

/**
 * A step of the build: puts what the two programs consist of, the command line and the attempt, into a few files, because
 * loading each of hundreds takes longer than what they do. Packages stay outside, and what is imported when it is needed
 * still is. All files lie two folders below the root, as their sources do.
 */
const dist = path.join(ownRoot, 'dist');
await files.remove(path.join(dist, 'chunks'));
await build({
  entryPoints: ['cli', 'attempt'].map((room) => path.join(dist, room, 'main.js')),
  outdir: dist,
  outbase: dist,
  chunkNames: 'chunks/[name]-[hash]',
  allowOverwrite: true,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  logLevel: 'warning',
});
