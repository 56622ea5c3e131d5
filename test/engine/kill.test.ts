import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  loadPipeline,
  loadProject,
  type RunEvent,
  type RunResult,
  runPipeline,
} from '../../src/engine/index.ts';
import { openStore, type Store } from '../../src/store/index.ts';
import { runDriver } from './driver.ts';
import { pipelineText, repository } from './project.ts';

/**
 * The resume law on the shipped stage types: each that trains is killed once by SIGKILL of its attempt and once by SIGKILL
 * of its driver, and must end as in an undisturbed run, bit for bit.
 */

/** The stages to kill, with so many steps that a kill at the first checkpoint is one mid-way. */
const longer: { readonly [stage: string]: object } = {
  warmup: { epochs: 4 },
  search: { steps: 40 },
  evolve: { evaluations: 30 },
  finetune: { steps: 40 },
  train: { epochs: 6 },
};
const trained = Object.keys(longer);

let directory: string;
let file: string;
beforeAll(async () => {
  directory = await fs.mkdtemp(path.join(os.tmpdir(), 'naspipe-kill-'));
  file = path.join(directory, 'kill.json');
  const smoke = JSON.parse(await fs.readFile(path.join(repository, 'pipelines/smoke.json'), 'utf8'));
  const stages = ['data', 'space', ...trained].map((id) => {
    const { params, ...stage } = smoke.stages[id];
    return [id, { ...stage, params: { ...params, ...longer[id] } }];
  });
  await fs.writeFile(file, pipelineText({ name: 'kill', seed: 4, stages: Object.fromEntries(stages) }));
});
afterAll(() => fs.rm(directory, { recursive: true, force: true }));

const place = (name: string) => path.join(directory, name);

async function storeAt(name: string): Promise<Store> {
  const opened = await openStore(place(name));
  if (!opened.ok) throw new Error(opened.failures[0]!.message);
  return opened.value;
}

/** Runs the pipeline in this process; `killAt` says at which event its attempts are killed. */
async function runHere(
  store: string,
  checkpointSeconds: number,
  killAt: (event: RunEvent) => boolean = () => false,
): Promise<RunResult> {
  const project = await loadProject(repository);
  const pipeline = await loadPipeline(project, { file, from: repository });
  if (!pipeline.ok) throw new Error(pipeline.failures[0]!.message);
  const options = { project, pipeline: pipeline.value, store: await storeAt(store), checkpointSeconds };
  const run = await runPipeline(options, (event) => {
    if (killAt(event) && run.ok) run.value.kill();
  });
  if (!run.ok) throw new Error(run.failures[0]!.message);
  return run.value.finished;
}

const digests = (result: RunResult) =>
  Object.fromEntries(
    Object.entries(result.stages).map(([id, stage]) => [
      id,
      Object.fromEntries(Object.entries(stage!.outputs).map(([port, output]) => [port, output!.digest])),
    ]),
  );

test('every training stage, killed with its attempt and with its driver, ends as if nothing had been', async () => {
  const undisturbed = await runHere('undisturbed', 1000);
  expect(undisturbed.status).toBe('ok');

  for (const stage of trained) {
    const isCheckpoint = (event: RunEvent) => event.event === 'stage-checkpoint' && event.stage === stage;
    const killed = await runHere('disturbed', 0, isCheckpoint);
    expect(killed.stages[stage]!.failure?.code, `the attempt at ${stage} was killed`).toBe('killed');
    let wasCheckpoint = false;
    await runDriver({ root: repository, file, store: place('disturbed') }, (event, driver) => {
      if (!isCheckpoint(event) || wasCheckpoint) return;
      wasCheckpoint = true;
      process.kill(driver.pid!, 'SIGKILL');
    });
    expect(wasCheckpoint, `the driver of ${stage} was killed`).toBe(true);
  }
  const disturbed = await runHere('disturbed', 0);
  expect(disturbed.status).toBe('ok');
  expect(digests(disturbed)).toEqual(digests(undisturbed));

  const store = await storeAt('disturbed');
  for (const stage of trained) {
    const { record } = await store.records.find(disturbed.stages[stage]!.fingerprint!);
    expect(record?.times.resumedFrom, `${stage} was resumed`).toBeGreaterThan(0);
  }
}, 300_000);
