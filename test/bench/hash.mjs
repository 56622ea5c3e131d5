// @ts-nocheck a script of its own, without types
/**
 * How fast files are hashed, and what a plan of a stage with a large data directory takes, cold (nothing known of it) and
 * warm, beside those who do the like. Everything is in the page cache: a disk may be slower than the hash.
 *
 *     npm run bench:hash -- [--files 100000] [--repeats 5]
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { load, median, timed } from './measure.mjs';
import { root } from './no-op/project.mjs';

const { hashFiles } = await import(path.join(root, 'dist/base/hashing.js'));
const { values } = parseArgs({
  options: { files: { type: 'string', default: '100000' }, repeats: { type: 'string', default: '5' } },
});
const count = Number(values.files);
const repeats = Number(values.repeats);
const home = mkdtempSync(path.join(tmpdir(), 'naspipe-hash-'));
const data = path.join(home, 'data');
const main = path.join(root, 'dist/cli/main.js');
const SMALL = 4096;

const line = (name, ms, more = '') =>
  console.log(`${name.padEnd(44)} ${ms.toFixed(0).padStart(6)} ms ${more}`);
const has = (command) => spawnSync(command, ['--version']).status === 0;
const several = async (act) => {
  const times = [];
  for (let i = 0; i < repeats; i++) {
    const started = process.hrtime.bigint();
    await act();
    times.push(Number(process.hrtime.bigint() - started) / 1e6);
  }
  return median(times);
};

/** Bytes that differ from file to file. */
const bytesOf = (size, i) => Buffer.alloc(size, `${i} `);

async function speed(name, sizes) {
  const directory = path.join(home, 'large');
  mkdirSync(directory);
  const files = sizes.map((size, i) => [path.join(directory, `${i}`), size]);
  for (const [i, [file, size]] of files.entries()) writeFileSync(file, bytesOf(size, i));
  const all = sizes.reduce((sum, size) => sum + size, 0);
  const rate = (ms) => `${(all / ms / 1e6).toFixed(2)} GB/s`;
  const cores = availableParallelism();
  for (const threads of new Set([1, cores])) {
    const ms = await several(() => hashFiles(files, threads));
    line(`${name}, ${threads} thread${threads > 1 ? 's' : ''}`, ms, rate(ms));
  }
  const paths = files.map(([file]) => file);
  const sha = await several(() => timed(['sha256sum', ...paths]));
  line(`${name}, sha256sum`, sha, rate(sha));
  if (has('openssl')) {
    const ms = await several(() => timed(['openssl', 'dgst', '-sha256', ...paths]));
    line(`${name}, openssl dgst -sha256`, ms, rate(ms));
  }
  rmSync(directory, { recursive: true });
}

function writeData() {
  for (let i = 0; i < count; i++) {
    const directory = path.join(data, `${i % 100}`);
    if (i < 100) mkdirSync(directory, { recursive: true });
    writeFileSync(path.join(directory, `${i}.bin`), bytesOf(SMALL, i));
  }
  mkdirSync(path.join(home, 'pipelines'));
  writeFileSync(path.join(home, 'package.json'), '{"type":"module"}');
  const stage = { type: 'data-prep', params: { source: 'idx', directory: data } };
  writeFileSync(path.join(home, 'pipelines/p.json'), JSON.stringify({ name: 'p', stages: { data: stage } }));
}

async function directory() {
  writeData();
  const plan = [process.execPath, main, 'plan', 'pipelines/p.json'];
  const options = { cwd: home };
  const node = await several(() => timed([process.execPath, '-e', '0']));
  const cold = await several(() => {
    rmSync(path.join(home, 'artifacts'), { recursive: true, force: true });
    timed(plan, options);
  });
  line(`plan, ${count} files of 4 KiB, cold`, cold);
  const warm = await several(() => timed(plan, options));
  line(`plan, ${count} files of 4 KiB, warm`, warm, `${(warm - node).toFixed(0)} ms beyond Node's own start`);
  writeFileSync(path.join(data, '0/0.bin'), 'other');
  line('plan after an edit of one of them', timed(plan, options));
  if (has('git')) {
    const git = (...words) => timed(['git', '-c', 'core.fsmonitor=false', '-C', data, ...words]);
    git('init', '--quiet');
    line('git add (hashes, and compresses into its store)', git('add', '.'));
    line('git status, warm', await several(() => git('status', '--porcelain')));
  }
  const names = path.join(home, 'names');
  writeFileSync(
    names,
    readdirSync(data, { recursive: true })
      .filter((name) => statSync(path.join(data, name)).isFile() && !name.startsWith('.'))
      .join('\0'),
  );
  line(
    'xargs sha256sum',
    await several(() => timed(['xargs', '-0', '-a', names, 'sha256sum'], { cwd: data })),
  );
}

try {
  console.log(
    `${load()}; node ${process.version}, ${execFileSync('sha256sum', ['--version'], { encoding: 'utf8' }).split('\n')[0]}`,
  );
  await speed('1 file of 1 GiB', [2 ** 30]);
  await speed('8 files of 128 MiB', Array(8).fill(2 ** 27));
  await directory();
  console.log(load());
} finally {
  rmSync(home, { recursive: true, force: true });
}
