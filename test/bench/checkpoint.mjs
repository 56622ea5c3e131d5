/**
 * What checkpoints cost at the default cadence: runs a pipeline into a temporary store and shows, for each stage that
 * saved any, how many, how large, and their share of the stage's time. Words go to `pipe run`.
 *
 *     npm run bench:checkpoint -- pipelines/enas-mnas.json [--set …]
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const store = mkdtempSync(path.join(tmpdir(), 'naspipe-checkpoints-'));
const words = process.argv.length > 2 ? process.argv.slice(2) : ['pipelines/enas-mnas.json'];
try {
  const main = path.join(root, 'dist/cli/main.js');
  const run = spawnSync(process.execPath, [main, 'run', ...words, '--store', store], { cwd: root });
  if (run.status !== 0) throw new Error(`the run failed:\n${run.stdout}${run.stderr}`);
  for (const file of readdirSync(store, { recursive: true, encoding: 'utf8' })) {
    if (path.basename(file) !== 'journal.jsonl') continue;
    const lines = readFileSync(path.join(store, file), 'utf8').trim().split('\n');
    const entries = lines.map((line) => JSON.parse(line));
    const saved = entries.map(({ event }) => event).filter(({ type }) => type === 'checkpoint-saved');
    if (saved.length === 0) continue;
    const request = JSON.parse(readFileSync(path.join(store, path.dirname(file), 'request.json'), 'utf8'));
    const total = entries.at(-1).at - entries[0].at;
    const saving = saved.reduce((sum, { ms }) => sum + ms, 0);
    const mebibytes = Math.max(...saved.map(({ bytes }) => bytes)) / 2 ** 20;
    console.log(
      `${request.stage}: ${saved.length} checkpoints of ${mebibytes.toFixed(1)} MiB, ` +
        `${saving.toFixed(0)} ms of ${(total / 1000).toFixed(1)} s, ${((100 * saving) / total).toFixed(2)} %`,
    );
  }
} finally {
  rmSync(store, { recursive: true, force: true });
}
