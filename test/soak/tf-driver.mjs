/**
 * As `pipe run <pipeline> --json --checkpoint 0 --store <store>`, with attempts on the plain kernels of TensorFlow.js whose
 * device fails as the environment variable FAULTS says.
 */
import * as path from 'node:path';
import { parseArgs } from 'node:util';

const built = '../../dist/';
const { loadPipeline, loadProject, runPipeline } = await import(`${built}engine/index.js`);
const { localExecutor } = await import(`${built}executors/index.js`);
const { openStore } = await import(`${built}store/index.js`);

const { values, positionals } = parseArgs({ allowPositionals: true, options: { store: { type: 'string' } } });
const root = process.cwd();
const project = await loadProject(root);
const pipeline = await loadPipeline(project, { file: positionals[0], from: root });
if (!pipeline.ok) throw new Error(pipeline.failures[0].message);
const store = await openStore(values.store);
const entry = path.resolve(import.meta.dirname, '../attempt/tf-entry.mjs');
const run = await runPipeline(
  {
    project,
    pipeline: pipeline.value,
    store: store.value,
    executor: localExecutor({ entry }),
    checkpointSeconds: 0,
  },
  (/** @type {unknown} */ event) => process.stdout.write(`${JSON.stringify(event)}\n`),
);
if (!run.ok) throw new Error(run.failures[0].message);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => run.value.stop());
const { status } = await run.value.finished;
process.exit({ ok: 0, failed: 1, stopped: 3 }[/** @type {'ok' | 'failed' | 'stopped'} */ (status)]);
