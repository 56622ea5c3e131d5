import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWork, loadPipeline, loadProject, planPipeline } from '../../src/engine/index.ts';
import { showStage } from '../../src/report/show.ts';
import { recordOf } from '../../src/report/source.ts';
import { plainStyle } from '../../src/report/style.ts';
import { createProject, projectFiles, type StartOptions, statuses, type TestProject } from './project.ts';

const schemaFile = 'schemas/stages/walk.schema.json';
const schema = JSON.parse(projectFiles[schemaFile]!) as { properties: { steps: object } };
const files = {
  [schemaFile]: JSON.stringify({
    ...schema,
    properties: {
      ...schema.properties,
      steps: {
        ...schema.properties.steps,
        'x-horizon': { when: { properties: { failAt: { const: 0 } } } },
      },
    },
  }),
};
const pipeline = { name: 'walk', seed: 5, stages: { walk: { type: 'walk', params: { steps: 5 } } } };

let project: TestProject;
let elsewhere: TestProject;
beforeAll(async () => {
  [project, elsewhere] = await Promise.all([createProject(files), createProject(files)]);
});
afterAll(() => Promise.all([project.remove(), elsewhere.remove()]));

const walk = (steps: number, options: StartOptions = {}) =>
  project.run({ pipeline, sets: [`walk.params.steps=${steps}`], ...options });

const undisturbed = async (steps: number) => {
  const { result } = await elsewhere.run({ pipeline, sets: [`walk.params.steps=${steps}`], force: ['walk'] });
  expect(statuses(result)).toEqual({ walk: 'ran' });
  return result.stages.walk!.outputs;
};

test('a longer one goes on from the last step of the longest shorter one, and says so', async () => {
  const { result: short } = await walk(5);
  expect(statuses(short)).toEqual({ walk: 'ran' });
  const extension = { fingerprint: short.stages.walk!.fingerprint, param: 'steps', from: 5, to: 9, step: 5 };

  const loadedProject = await loadProject(`${project.root}/pipelines`);
  const file = 'pipelines/sums.json';
  const loaded = await loadPipeline(loadedProject, {
    file,
    from: project.root,
    sets: ['walk.params.steps=9'],
  });
  const store = await project.openStore();
  if (!loaded.ok) throw new Error(loaded.failures[0]!.message);
  const plan = await planPipeline(createWork(loadedProject, loaded.value, store, {}));
  expect(plan.ok && plan.value.stages).toMatchObject([
    {
      status: 'resume',
      reason: 'params.steps 5 → 9, from step 5 of steps 5',
      checkpointStep: 5,
      extends: extension,
    },
  ]);

  const { result, events } = await walk(9);
  expect(statuses(result)).toEqual({ walk: 'resumed' });
  expect(result.stages.walk!.outputs).toEqual(await undisturbed(9));
  expect(result.stages.walk!.extends).toEqual(extension);
  expect(events.find(({ event }) => event === 'stage-started')).toMatchObject({
    resumedFrom: 5,
    extends: extension,
  });
  const record = (await recordOf(store, result.stages.walk!))!;
  expect(record.lineage.extends).toEqual(extension);
  expect(record.times.resumedFrom).toBe(5);
  const shown = showStage('walk', result.stages.walk!, record, 'runs', plainStyle).join('\n');
  expect(shown).toContain(`Extends      steps 5 → 9: from step 5 of ${extension.fingerprint!.slice(0, 12)}`);
});

test('the nearest shorter one is taken, never a longer one', async () => {
  const { result } = await walk(7);
  expect(result.stages.walk!.extends).toMatchObject({ from: 5, to: 7 });
  expect(result.stages.walk!.outputs).toEqual(await undisturbed(7));
  const { result: least } = await walk(3);
  expect(statuses(least)).toEqual({ walk: 'ran' });
});

test('a shorter one that was stopped half-way will do', async () => {
  const { handle } = await project.start({
    pipeline,
    sets: ['walk.params.steps=4000', 'walk.params.pause=1'],
    onEvent: (event) => {
      if (event.event === 'stage-progress') handle?.stop();
    },
  });
  const stopped = await handle.finished;
  expect(statuses(stopped)).toEqual({ walk: 'stopped' });
  const step = (await (await project.openStore()).checkpoints.newest(stopped.stages.walk!.fingerprint!))!
    .step;
  const { events, handle: longer } = await project.start({
    pipeline,
    sets: ['walk.params.steps=4001', 'walk.params.pause=1'],
    onEvent: (event) => {
      if (event.event === 'stage-progress') longer?.stop();
    },
  });
  await longer.finished;
  expect(events.find(({ event }) => event === 'stage-started')).toMatchObject({
    resumedFrom: step,
    extends: { from: 4000, to: 4001, step },
  });
});

test.each([
  ['another seed', ['seed=6']],
  ['another param', ['walk.params.pause=0.01']],
  ['a param under which it is no horizon', ['walk.params.failAt=99']],
])('%s is no sibling', async (_, sets) => {
  const { result } = await project.run({ pipeline, sets: ['walk.params.steps=11', ...sets] });
  expect(statuses(result)).toEqual({ walk: 'ran' });
  expect(result.stages.walk!.extends).toBeUndefined();
});

test('a stage that is forced starts from its beginning', async () => {
  const { result } = await walk(12, { force: ['walk'] });
  expect(statuses(result)).toEqual({ walk: 'ran' });
});
