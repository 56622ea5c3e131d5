// @ts-nocheck a script of its own, without types
/**
 * What it takes to find that nothing is to be done, beside the peers on the same graph, in one run: layers of 100 stages,
 * each stage takes from two of the layer before and makes one file of some bytes. Repeats are interleaved, medians are told.
 *
 *     npm run bench:no-op                       all, about 15 minutes
 *     npm run bench:no-op -- --sizes 1000 --alone 10000,20000 --peers ninja,make --repeats 3
 *     npm run bench:no-op -- --sizes 10000 --alone '' --peers nx,wireit --fill-minutes 10    they first do everything once
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { load, median, peakMemory, timed } from '../measure.mjs';
import { limits, peers } from './peers.mjs';
import { fillStore, root, writeProject } from './project.mjs';

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '1000,10000' },
    alone: { type: 'string', default: '20000,50000' },
    peers: { type: 'string', default: Object.keys(peers).join(',') },
    repeats: { type: 'string', default: '5' },
    'fill-minutes': { type: 'string', default: '4' },
  },
});
const list = (text) => text.split(',').filter(Boolean);
const sizes = list(values.sizes).map(Number);
const alone = list(values.alone).map(Number);
const names = list(values.peers);
const repeats = Number(values.repeats);
limits.fillMs = 60_000 * Number(values['fill-minutes']);

const main = path.join(root, 'dist/cli/main.js');
const own = [process.execPath, main, 'run', 'pipelines/no-op.json'];
const home = mkdtempSync(path.join(tmpdir(), 'naspipe-no-op-'));

async function prepared(n, withPeers) {
  const entries = [];
  const directory = path.join(home, `naspipe-${n}`);
  mkdirSync(directory);
  writeProject(directory, n);
  await fillStore(directory);
  // the first run hashes, and finds files too young to be believed unread; the second keeps what it found
  for (let i = 0; i < 2; i++) timed(own, { cwd: directory });
  entries.push({ name: 'naspipe', command: own, options: { cwd: directory } });
  for (const name of withPeers) {
    const peer = peers[name];
    const there = path.join(home, `${name}-${n}`);
    try {
      mkdirSync(there);
      peer.version();
      const started = Date.now();
      peer.fill(there, n);
      const options = { cwd: there, env: peer.env?.(there) ?? {} };
      timed(peer.command(), { ...options, timeout: 300_000 });
      entries.push({ name, command: peer.command(), options });
      console.error(`${name}, ${n} stages: made in ${((Date.now() - started) / 1000).toFixed(0)} s`);
    } catch (error) {
      console.log(`${name}, ${n} stages: skipped: ${error.message.split('\n').at(-1)}`);
    }
  }
  return entries;
}

try {
  console.log(
    `${load()}; node ${process.version}; ${names.map((name) => `${name} ${version(name)}`).join(', ')}`,
  );
  const node = Array.from({ length: 9 }, () => timed([process.execPath, '-e', '0']));
  console.log(`Node alone: ${median(node).toFixed(0)} ms\n`);
  const ours = new Map();
  for (const n of [...sizes, ...alone]) {
    const entries = await prepared(n, sizes.includes(n) ? names : []);
    const times = new Map(entries.map(({ name }) => [name, []]));
    for (let i = 0; i < repeats; i++) {
      for (const { name, command, options } of entries) times.get(name).push(timed(command, options));
    }
    const base = median(times.get('naspipe'));
    ours.set(n, base - median(node));
    for (const { name, command, options } of entries) {
      const ms = median(times.get(name));
      const memory = peakMemory(command, options);
      const factor = name === 'naspipe' ? '' : `  naspipe takes ${(base / ms).toFixed(2)} times as long`;
      const mebibytes = memory === undefined ? '' : `${memory.toFixed(0).padStart(6)} MiB`;
      console.log(
        `${String(n).padStart(6)}  ${name.padEnd(9)} ${ms.toFixed(0).padStart(7)} ms ${mebibytes}${factor}`,
      );
    }
    for (const { options } of entries) rmSync(options.cwd, { recursive: true, force: true });
  }
  const points = [...ours].filter(([n]) => n >= 10000);
  if (points.length > 1) {
    const [[a, s], [b, t]] = [points[0], points.at(-1)];
    const exponent = Math.log(t / s) / Math.log(b / a);
    console.log(
      `\nnaspipe beyond Node's start: time grows as n^${exponent.toFixed(2)} from ${a} to ${b} stages`,
    );
  }
  console.log(load());
} finally {
  rmSync(home, { recursive: true, force: true });
}

function version(name) {
  try {
    return peers[name].version();
  } catch {
    return '(not to be had)';
  }
}
