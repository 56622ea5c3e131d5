/**
 * A driver in a process of its own, from the built files: `driver.mjs <project> <pipeline file> [checkpoint seconds]`
 * prints one event a line.
 */
const built = '../../dist/';
const { loadPipeline, loadProject, runPipeline } = await import(`${built}engine/index.js`);
const { openStore } = await import(`${built}store/index.js`);

const [root = '', file = '', seconds = '0'] = process.argv.slice(2);
const project = await loadProject(root);
const pipeline = await loadPipeline(project, { file, from: root });
const store = await openStore(`${root}/artifacts`);
const run = await runPipeline(
  { project, pipeline: pipeline.value, store: store.value, checkpointSeconds: Number(seconds) },
  (/** @type {unknown} */ event) => process.stdout.write(`${JSON.stringify(event)}\n`),
);
await run.value.finished;
