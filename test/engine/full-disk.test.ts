import * as path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemFailure } from '../../src/base/system-failure.ts';
import { loadPipeline, loadProject, type RunEvent, runPipeline } from '../../src/engine/index.ts';
import { openStore } from '../../src/store/index.ts';
import { type FileCall, faultyFiles, isWriting } from '../base/faulty-files.ts';
import { createProject, pipelineText, type TestProject } from './project.ts';

const pipeline = { name: 'full', stages: { first: { type: 'constant', params: { value: 0 } } } };

let project: TestProject;
beforeAll(async () => {
  project = await createProject({ 'pipelines/full.json': pipelineText(pipeline) });
  await project.run({ pipeline, file: 'pipelines/full.json' }); // the code is bundled
});
afterAll(() => project.remove());

/** Runs with a driver whose disk is full from one of its writes on; its attempts write where there is room. */
async function run(value: number, fullFrom: number) {
  const loaded = await loadProject(path.join(project.root, 'pipelines'));
  const sets = [`first.params.value=${value}`];
  const checked = await loadPipeline(loaded, { file: 'pipelines/full.json', from: project.root, sets });
  let writes = -1;
  const isFull = (call: FileCall) => isWriting(call) && ++writes >= fullFrom;
  const { files } = faultyFiles((call) => (isFull(call) ? 'ENOSPC' : undefined));
  const opened = await openStore(project.store, { files });
  if (!checked.ok || !opened.ok) throw new Error('expected a pipeline and a store');
  const events: RunEvent[] = [];
  let refused: string | undefined;
  try {
    const started = await runPipeline(
      { project: loaded, pipeline: checked.value, store: opened.value },
      (event) => events.push(event),
    );
    if (started.ok) await started.value.finished;
  } catch (error) {
    refused = systemFailure(error)?.code ?? `${error}`;
  }
  return { writes: writes + 1, events, refused };
}

test('from whichever of its writes on the disk is full, a run ends in words, and the same run afterwards is whole', async () => {
  const { writes, events } = await run(1, Number.POSITIVE_INFINITY);
  expect(events.at(-1)).toMatchObject({ event: 'run-finished', status: 'ok' });
  expect(writes).toBeGreaterThan(10);
  const seen = new Set<string>();
  const places = [...Array.from({ length: Math.ceil(writes / 3) }, (_, i) => 3 * i), writes - 1];
  for (const [i, from] of places.entries()) {
    const value = 2 + i;
    const full = await run(value, from);
    const last = full.events.at(-1);
    // before it has begun there is no run to end
    if (full.events.length === 0) expect(full.refused).toBe('no-space');
    else expect([full.refused, last?.event]).toEqual([undefined, 'run-finished']);
    const failed = full.events.filter((event) => event.event === 'stage-failed');
    for (const { code } of failed) expect(code).toBe('no-space');
    seen.add(full.refused ?? (failed.length > 0 ? 'failed' : 'ended well'));
    const again = await run(value, Number.POSITIVE_INFINITY);
    expect(again.events.at(-1)).toMatchObject({ event: 'run-finished', status: 'ok' });
    expect(again.events.filter(({ event }) => event === 'warning')).toEqual([]);
  }
  expect([...seen].sort()).toEqual(['ended well', 'failed', 'no-space']);
}, 60_000);
