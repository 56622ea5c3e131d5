// @ts-nocheck a script of its own, without types
/**
 * A run in which everything is to be done, of layers of 100 trivial stages: whether a stage costs the same when there are
 * more of them. First the engine alone, whose attempts commit at once instead of being processes; then whole runs.
 *
 *     npm run bench:cold                                          about five minutes on two processors
 *     npm run bench:cold -- --sizes 10000 --peers nx,wireit       with peers, where they end in 10 minutes
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { load, timed } from './measure.mjs';
import { limits, peers } from './no-op/peers.mjs';
import { root, runAtOnce, writeProject } from './no-op/project.mjs';

const { values } = parseArgs({
  options: {
    engine: { type: 'string', default: '1000,2000,5000,10000' },
    sizes: { type: 'string', default: '250,500,1000' },
    peers: { type: 'string', default: '' },
    'fill-minutes': { type: 'string', default: '10' },
  },
});
const list = (text) => text.split(',').filter(Boolean);
limits.fillMs = 60_000 * Number(values['fill-minutes']);
const home = mkdtempSync(path.join(tmpdir(), 'naspipe-cold-'));

/** Each does everything once in an empty directory; milliseconds, of the processor where it can tell, else of the clock. */
const ways = {
  async 'engine alone'(directory, n) {
    writeProject(directory, n);
    const started = process.cpuUsage();
    const status = await runAtOnce(directory);
    if (status !== 'ok') throw new Error(`the run ended ${status}`);
    const { user, system } = process.cpuUsage(started);
    return { ms: (user + system) / 1000, unit: 'CPU s' };
  },
  async naspipe(directory, n) {
    writeProject(directory, n);
    const words = [path.join(root, 'dist/cli/main.js'), 'run', 'pipelines/no-op.json', '--quiet'];
    return { ms: timed([process.execPath, ...words], { cwd: directory }), unit: 's' };
  },
};
for (const [name, { version, fill }] of Object.entries(peers)) {
  ways[name] = async (directory, n) => {
    version();
    const started = performance.now();
    fill(directory, n);
    return { ms: performance.now() - started, unit: 's' };
  };
}

/** One size after another, and by which power of the number of stages the time grows. */
async function measure(name, sizes) {
  const found = [];
  for (const n of sizes) {
    const there = path.join(home, `${name}-${n}`);
    mkdirSync(there);
    try {
      const { ms, unit } = await ways[name](there, n);
      found.push([n, ms]);
      const seconds = (ms / 1000).toFixed(1).padStart(7);
      console.log(
        `${`${n}`.padStart(6)}  ${name.padEnd(12)} ${seconds} ${unit}, ${(ms / n).toFixed(1)} ms a stage`,
      );
    } catch (error) {
      console.log(`${`${n}`.padStart(6)}  ${name.padEnd(12)} skipped: ${error.message.split('\n').at(-1)}`);
    }
    rmSync(there, { recursive: true, force: true });
  }
  if (found.length < 2) return;
  const [[a, s], [b, t]] = [found[0], found.at(-1)];
  console.log(`${name}: n^${(Math.log(t / s) / Math.log(b / a)).toFixed(2)} from ${a} to ${b} stages`);
}

try {
  console.log(`${load()}; node ${process.version}`);
  await measure('engine alone', list(values.engine).map(Number));
  const sizes = list(values.sizes).map(Number);
  for (const name of ['naspipe', ...list(values.peers)]) await measure(name, sizes);
  console.log(load());
} finally {
  rmSync(home, { recursive: true, force: true });
}
