// @ts-nocheck a script of its own, without types
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { nodeFiles } from '../../../dist/base/files.js';
import { prepare } from '../../../dist/engine/identity/prepare.js';
import { createWork, loadPipeline, loadProject, runPipeline } from '../../../dist/engine/index.js';
import { openStore } from '../../../dist/store/index.js';
import { nameOf, numbers, sourcesOf } from './graph.mjs';

export const root = path.resolve(import.meta.dirname, '../../..');

const port = { kind: 'json', description: 'A text.' };

const schema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  description: 'Gives its number and what it was given.',
  type: 'object',
  additionalProperties: false,
  properties: { number: { type: 'integer', description: 'Its number.' } },
  required: ['number'],
  'x-stage': {
    inputs: { a: { ...port, optional: true }, b: { ...port, optional: true } },
    outputs: { text: port },
  },
};

const stage = `import { defineStage } from 'naspipe/stage';

export default defineStage({
  async run({ params, inputs: { a = '', b = '' } }) {
    return { text: \`\${params.number} \${a.slice(0, 8)} \${b.slice(0, 8)}\` };
  },
});
`;

const pipelineOf = (n) => ({
  name: `no-op-${n}`,
  stages: Object.fromEntries(
    numbers(n).map((number) => {
      const [a, b] = sourcesOf(number).map(nameOf);
      return [nameOf(number), { type: 'mix', params: { number }, ...(a && { inputs: { a, b } }) }];
    }),
  ),
});

/** Writes a project with a pipeline of n stages, `pipelines/no-op.json`. */
export function writeProject(directory, n) {
  const write = (file, text) => {
    mkdirSync(path.dirname(path.join(directory, file)), { recursive: true });
    writeFileSync(path.join(directory, file), text);
  };
  write('package.json', `${JSON.stringify({ name: 'no-op', version: '1.0.0', type: 'module' })}\n`);
  write('schemas/stages/mix.schema.json', `${JSON.stringify(schema, null, 2)}\n`);
  write('stages/mix/stage.ts', stage);
  write('pipelines/no-op.json', `${JSON.stringify(pipelineOf(n), null, 2)}\n`);
  mkdirSync(path.join(directory, 'node_modules'), { recursive: true });
  symlinkSync(root, path.join(directory, 'node_modules', 'naspipe'));
}

/** Writes that are not forced to the disk: what a bench throws away need not outlive a power cut. */
const quickFiles = {
  ...nodeFiles,
  syncDirectory: async () => {},
  writeNew: async (file, bytes) => writeFileSync(file, bytes, { flag: 'wx' }),
  writeAtomic: async (file, bytes) => writeFileSync(file, bytes),
  async createExclusive(file, bytes) {
    writeFileSync(file, bytes, { flag: 'wx' });
    return true;
  },
};

const lineage = {
  naspipe: '0.0.0',
  packages: {},
  sources: {},
  node: process.version,
  os: 'Linux',
  arch: process.arch,
  host: 'bench',
  cpu: 'bench',
};

async function opened(directory) {
  const project = await loadProject(directory);
  const loaded = await loadPipeline(project, { file: 'pipelines/no-op.json', from: directory });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.failures.slice(0, 3)));
  const store = await openStore(path.join(directory, 'artifacts'), { files: quickFiles });
  if (!store.ok) throw new Error(store.failures[0].message);
  return { project, pipeline: loaded.value, store: store.value };
}

const treeOf = (text) => new Map([['value.json', new TextEncoder().encode(`${JSON.stringify(text)}\n`)]]);

/** Attempts without a process of their own: each commits at once what its stage would have made. */
const atOnce = (store) => ({
  name: 'at once',
  start(attempt) {
    const commit = async () => {
      const { fingerprint, run, stageType, preimage, determinism, params, inputs } =
        await store.attempts.request(attempt);
      const now = Date.now();
      const given = Object.values(inputs).map(({ digest }) => digest.slice(0, 8));
      await store.commit({
        fingerprint,
        run,
        attempt: attempt.id,
        stageType,
        preimage,
        determinism,
        outputs: {
          text: { kind: 'json', kindVersion: 1, tree: treeOf([params.number, ...given].join(' ')) },
        },
        summary: {},
        times: { startedAt: now, finishedAt: now, attemptMs: 1, computeMs: 1 },
        lineage,
      });
      return { status: 'committed', event: { type: 'attempt-committed' } };
    };
    return {
      attempt,
      pid: undefined,
      entries: (async function* () {})(),
      outcome: commit(),
      stop() {},
      kill() {},
    };
  },
});

/** Runs the project's pipeline with the engine alone: no process is started and nothing is forced to the disk. Its status. */
export async function runAtOnce(directory) {
  const { project, pipeline, store } = await opened(directory);
  const run = await runPipeline({ project, pipeline, store, executor: atOnce(store) }, () => {});
  if (!run.ok) throw new Error(run.failures[0].message);
  return (await run.value.finished).status;
}

/**
 * Puts into the project's store what a run of its pipeline would: the objects and the record of every stage, under the
 * fingerprints that the engine gives them. It starts no process, so that many thousands take seconds.
 */
export async function fillStore(directory) {
  const { project, pipeline, store } = await opened(directory);
  const work = createWork(project, pipeline, store, {});
  const outputs = new Map();
  const now = Date.now();
  for (const id of pipeline.order) {
    const stage = pipeline.stages.get(id);
    const inputs = {};
    const texts = [];
    for (const [name, { stage: source }] of stage.inputs) {
      inputs[name] = outputs.get(source).artifact;
      texts.push(outputs.get(source).text.slice(0, 8));
    }
    const prepared = await prepare(work, stage, inputs);
    if (!prepared.ok) throw new Error(prepared.failures[0].message);
    const text = `${stage.params.number} ${texts[0] ?? ''} ${texts[1] ?? ''}`;
    const { record } = await store.commit({
      fingerprint: prepared.value.fingerprint,
      run: 'bench',
      attempt: 'bench',
      stageType: 'mix',
      preimage: prepared.value.preimage,
      determinism: 'exact',
      outputs: { text: { kind: 'json', kindVersion: 1, tree: treeOf(text) } },
      summary: {},
      times: { startedAt: now, finishedAt: now, attemptMs: 1, computeMs: 1 },
      lineage,
    });
    outputs.set(id, { artifact: { kind: 'json', digest: record.outputs.text.digest }, text });
  }
}
