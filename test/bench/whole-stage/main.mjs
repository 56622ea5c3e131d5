// @ts-nocheck a script of its own, without types
/**
 * What a training stage leaves of the throughput of its steps, inside an attempt: batches, augmentation, paths, journal
 * and checkpoints included. The stage and the bare steps take turns of sixteen steps with the same batches, so that what
 * else the machine does falls on both. And how long checkpoints keep each training stage waiting.
 *
 *     npm run bench:whole-stage
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { load, median } from '../measure.mjs';

const built = '../../../dist/';
const { loadPipeline, loadProject, runPipeline } = await import(`${built}engine/index.js`);
const { localExecutor } = await import(`${built}executors/index.js`);
const { openStore } = await import(`${built}store/index.js`);

/** Seconds between two checkpoints: ten by default, here fewer, so that there are enough of them. */
const CHECKPOINT_SECONDS = 1;

/** Stages that do nothing but train: others also evaluate between their steps. */
const TRAINING = ['warmup', 'train'];

const root = path.resolve(import.meta.dirname, '../../..');
const directory = mkdtempSync(path.join(tmpdir(), 'naspipe-whole-stage-'));

const settled = (result) => {
  if (result.ok) return result.value;
  throw new Error(result.failures.map(({ message }) => message).join('\n'));
};

/** What one attempt wrote. */
function told(place) {
  const { stage } = JSON.parse(readFileSync(path.join(place, 'request.json'), 'utf8'));
  const lines = readFileSync(path.join(place, 'journal.jsonl'), 'utf8').trim().split('\n');
  const events = lines.map((line) => JSON.parse(line).event);
  const saved = events.filter(({ type }) => type === 'checkpoint-saved');
  const log = readFileSync(path.join(place, 'log.txt'), 'utf8');
  const [, found] = /^turns (.*)$/m.exec(log) ?? [];
  return { stage, saved, ...(found && JSON.parse(found)) };
}

try {
  console.log(load());
  const project = await loadProject(root);
  const file = path.join(import.meta.dirname, 'pipeline.json');
  const pipeline = settled(await loadPipeline(project, { file, from: root }));
  const store = settled(await openStore(path.join(directory, 'artifacts')));
  const run = settled(
    await runPipeline(
      {
        project,
        pipeline,
        store,
        executor: localExecutor({ entry: path.join(import.meta.dirname, 'entry.mjs') }),
        checkpointSeconds: CHECKPOINT_SECONDS,
      },
      (event) => {
        if (event.event === 'stage-failed') console.error(event.message);
      },
    ),
  );
  const { status } = await run.finished;
  if (status !== 'ok') throw new Error(`the run ended as ${status}; see ${directory}`);
  const attempts = path.join(directory, 'artifacts/attempts');
  for (const fingerprint of readdirSync(attempts)) {
    const name = readdirSync(path.join(attempts, fingerprint)).find((each) => each !== 'checkpoints');
    const { stage, saved, build, turns, mebibytes: peak } = told(path.join(attempts, fingerprint, name));
    if (turns === undefined) continue;
    const shares = turns.map((turn) => turn.bare / turn.stage);
    const rate = (of) => Math.round((1000 * turns[0].images) / median(turns.map(of)));
    if (TRAINING.includes(stage))
      console.log(
        `${stage.padEnd(9)} ${build.instructionSet}, ${build.threads} threads: ` +
          `${rate((turn) => turn.stage)} images/s of ${rate((turn) => turn.bare)} bare, ` +
          `${(100 * median(shares)).toFixed(1)} % (median of ${turns.length} turns); ${peak.toFixed(0)} MiB with both models`,
      );
    if (saved.length === 0) continue;
    const pauses = saved.map(({ pauseMs }) => pauseMs);
    const mebibytes = (Math.max(...saved.map(({ bytes }) => bytes)) / 2 ** 20).toFixed(1);
    console.log(
      `${stage.padEnd(9)} ${saved.length} checkpoints of ${mebibytes} MiB: pauses ` +
        `${median(pauses).toFixed(1)} ms, at most ${Math.max(...pauses).toFixed(1)} ms; ` +
        `${median(saved.map(({ ms }) => ms)).toFixed(0)} ms until they are on the disk`,
    );
  }
  console.log(load());
} finally {
  rmSync(directory, { recursive: true, force: true });
}
