/**
 * A driver in a process of its own, from the built files: `driver.mjs <project> <pipeline file> <store> [jobs]` prints
 * one event a line. Checkpoints are saved after every step.
 */
const built = '../../dist/';
const { loadPipeline, loadProject, runPipeline } = await import(`${built}engine/index.js`);
const { openStore } = await import(`${built}store/index.js`);

const [root = '', file = '', place = '', jobs] = process.argv.slice(2);
const project = await loadProject(root);
const pipeline = await loadPipeline(project, { file, from: root });
const store = await openStore(place);
const run = await runPipeline(
  {
    project,
    pipeline: pipeline.value,
    store: store.value,
    checkpointSeconds: 0,
    ...(jobs && { jobs: Number(jobs) }),
  },
  (/** @type {unknown} */ event) => process.stdout.write(`${JSON.stringify(event)}\n`),
);
await run.value.finished;
