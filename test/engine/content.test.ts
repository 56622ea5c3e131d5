import * as fs from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunEvent } from '../../src/engine/index.ts';
import { pipeHere } from '../cli/pipe.ts';
import { fits } from '../cli/schema.ts';
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

test('an export does not hold what params name: export, import and check say so, and a replay says where it was', async () => {
  await project.write('data/parts/one.bin', '333');
  expect((await project.run({ pipeline })).result.status).toBe('ok');
  const pipeAt = (...words: string[]) => pipeHere(project.root, ...words);
  const exported = await pipeAt('export', 'latest', 'out.tar.gz');
  expect(exported.out).toMatch(/^not in it: data\/parts, which params name; /m);
  const json = JSON.parse((await pipeAt('export', 'latest', 'out.tar.gz', '--json')).out);
  expect(json.lacking).toEqual([{ stage: 'read', path: 'data/parts' }]);
  expect(await fits('output/export', json)).toEqual([]);
  const named = async () =>
    /read +what its params name +(.*)/.exec((await pipeAt('check', 'out.tar.gz')).out)![1];
  expect(await named()).toBe('data/parts, as it was');
  expect((await pipeAt('import', 'out.tar.gz', '--store', 'there')).out).not.toContain('not here:');

  await project.write('data/parts/one.bin', '4444');
  expect(await named()).toBe('data/parts is changed since: the stage cannot be run again');
  await fs.rm(`${project.root}/data`, { recursive: true });
  expect(await named()).toBe(
    `data/parts is not at ${project.root}/data/parts, and no part of a run: the stage cannot be run again`,
  );
  const imported = await pipeAt('import', 'out.tar.gz', '--store', 'elsewhere');
  expect(imported.out).toContain('not here: data/parts, which params name and no export holds: put it there');
  const replayed = await pipeAt('check', 'out.tar.gz', '--replay', 'read');
  expect(replayed.code).toBe(1);
  expect(replayed.err.replace(/\s+/g, ' ')).toContain(
    'data/parts/one.bin is no longer at data/parts/one.bin, where it was when the stage was planned; put it back',
  );
});
