import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunEvent } from '../../src/engine/index.ts';
import { createProject, statuses, type TestProject } from './project.ts';

const port = { kind: 'json', description: 'A number.' };

/** length of data/parts/one.bin, read after another stage has run */
const pipeline = {
  name: 'content',
  stages: { first: { type: 'constant' }, read: { type: 'reading', inputs: { after: 'first' } } },
};

let project: TestProject;
beforeAll(async () => {
  project = await createProject({
    'schemas/stages/reading.schema.json': JSON.stringify({
      description: 'For a test.',
      type: 'object',
      additionalProperties: false,
      properties: {
        folder: {
          type: 'string',
          description: 'A folder.',
          default: 'data/parts',
          'x-content': 'directory',
        },
      },
      'x-stage': { inputs: { after: port }, outputs: { number: port } },
    }),
    'stages/reading/stage.ts': `
import { defineStage } from 'naspipe/stage';
export default defineStage<{ folder: string }, { after: 'json' }, { number: 'json' }>({
  async run({ params, files }) {
    return { number: (await files.read(params.folder + '/one.bin'))?.length ?? -1 };
  },
});
`,
    'data/parts/one.bin': '1',
  });
});
afterAll(() => project.remove());

test('a directory that is changed while the run goes on is not taken for what was planned', async () => {
  const { result, events } = await project.run({
    pipeline,
    onEvent: ({ event }: RunEvent) => event === 'stage-started' && project.write('data/parts/one.bin', '22'),
  });
  expect(statuses(result)).toEqual({ first: 'ran', read: 'failed' });
  expect(result.stages.read!.failure).toEqual({
    code: 'input-changed',
    message: 'data/parts/one.bin was changed after the stage was planned; run again',
  });
  expect(events.filter(({ event }) => event === 'stage-failed')).toHaveLength(1);

  const again = (await project.run({ pipeline })).result;
  expect(statuses(again)).toEqual({ first: 'cached', read: 'ran' });
  await project.write('data/parts/one.bin', '1');
  const back = (await project.run({ pipeline })).result;
  expect(statuses(back)).toEqual({ first: 'cached', read: 'ran' });
  expect(back.stages.read!.outputs.number!.digest).not.toBe(again.stages.read!.outputs.number!.digest);
});
