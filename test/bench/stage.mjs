// @ts-nocheck a script of its own, without types
/**
 * What a trivial stage costs, from the start of its process to its commit, two at a time, as the journals and records of
 * the attempts say it; and Node's own start.
 *
 *     npm run bench:stage
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { load, median, timed, told } from './measure.mjs';
import { root, writeProject } from './no-op/project.mjs';

const STAGES = 60;
const directory = mkdtempSync(path.join(tmpdir(), 'naspipe-stage-'));
try {
  writeProject(directory, STAGES);
  const main = path.join(root, 'dist/cli/main.js');
  console.log(load());
  const node = Array.from({ length: 9 }, () => timed([process.execPath, '-e', '0']));
  const whole = timed([process.execPath, main, 'run', 'pipelines/no-op.json', '--jobs', '2'], {
    cwd: directory,
  });
  const attempts = path.join(directory, 'artifacts/attempts');
  const cost = readdirSync(attempts).map((fingerprint) => {
    const [attempt] = readdirSync(path.join(attempts, fingerprint)).filter((name) => name !== 'checkpoints');
    const place = path.join(attempts, fingerprint, attempt);
    const lines = readFileSync(path.join(place, 'journal.jsonl'), 'utf8').trim().split('\n');
    const end = JSON.parse(lines.at(-1)).at;
    // the log is made right before the process is started
    return end - statSync(path.join(place, 'log.txt')).birthtimeMs;
  });
  console.log(`node -e 0: ${told(node)}`);
  console.log(
    `start of the process to commit: ${told(cost)}, ${(median(cost) - median(node)).toFixed(0)} ms beyond Node's own start`,
  );
  console.log(`the whole run: ${((2 * whole) / STAGES).toFixed(0)} ms of one of two places a stage`);
  console.log(load());
} finally {
  rmSync(directory, { recursive: true, force: true });
}
