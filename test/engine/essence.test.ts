import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadProject, whyStage } from '../../src/engine/index.ts';
import { showStage } from '../../src/report/show.ts';
import { recordOf } from '../../src/report/source.ts';
import { plainStyle } from '../../src/report/style.ts';
import { createProject, statuses, type TestProject } from './project.ts';

const schema = (properties: object, stage: object): string =>
  JSON.stringify({
    description: 'For tests of essences.',
    type: 'object',
    additionalProperties: false,
    properties,
    'x-stage': stage,
  });
const port = { kind: 'architecture', description: 'An architecture.' };
const number = (value: number) => ({ type: 'integer', description: 'A number.', default: value });
const fields = (essence?: string) =>
  schema(
    {},
    {
      inputs: { architecture: { ...port, ...(essence && { essence }) } },
      outputs: { fields: { kind: 'json', description: 'What it was given.' } },
    },
  );

/** Says which fields of its input it was given, and the digest of it. */
const looks = `
export default {
  async run({ inputs, inputDigests }) {
    return { fields: { names: Object.keys(inputs.architecture).sort(), digest: inputDigests.architecture } };
  },
};`;

const files = {
  'schemas/stages/finds.schema.json': schema(
    { choice: number(0), log: number(1) },
    { outputs: { architecture: port } },
  ),
  'stages/finds/stage.ts': `
export default {
  async run({ params }) {
    return {
      architecture: {
        space: '5'.repeat(64), encoding: [params.choice], description: 'one', choices: {}, origin: 'user',
        costs: { params: 1, macs: 1 }, log: { steps: params.log },
      },
    };
  },
};`,
  'schemas/stages/partly.schema.json': fields('choices'),
  'stages/partly/stage.ts': looks,
  'schemas/stages/wholly.schema.json': fields(),
  'stages/wholly/stage.ts': looks,
  'schemas/stages/wrongly.schema.json': fields('choice'),
  'stages/wrongly/stage.ts': looks,
};

const pipeline = {
  name: 'essence',
  stages: {
    found: { type: 'finds' },
    partly: { type: 'partly', inputs: { architecture: 'found' } },
    wholly: { type: 'wholly', inputs: { architecture: 'found' } },
  },
};

let project: TestProject;
beforeAll(async () => {
  project = await createProject(files);
  const { result } = await project.run({ pipeline });
  expect(statuses(result)).toEqual({ found: 'ran', partly: 'ran', wholly: 'ran' });
});
afterAll(() => project.remove());

const fieldsOf = async (stage: string): Promise<{ names: string[]; digest: string }> =>
  JSON.parse(await project.read(`artifacts/runs/latest/${stage}/fields/value.json`));

test('a stage sees only the part that it asks for', async () => {
  expect((await fieldsOf('partly')).names).toEqual(['encoding', 'space']);
  expect((await fieldsOf('wholly')).names).toContain('log');
});

test('a difference in the rest reruns only who reads the rest, and is told', async () => {
  const { result, events } = await project.run({ pipeline, sets: ['found.params.log=2'] });
  expect(statuses(result)).toEqual({ found: 'ran', partly: 'cached', wholly: 'ran' });
  expect(events.find((event) => event.event === 'stage-cached' && event.stage === 'partly')).toMatchObject({
    equalIn: [{ port: 'architecture', essence: 'choices' }],
  });
  const { partly } = result.stages;
  const { digest, essence } = partly!.inputs.architecture!;
  expect(essence).toEqual({ name: 'choices', digest: (await fieldsOf('partly')).digest });
  const store = await project.openStore();
  const record = (await recordOf(store, partly!))!;
  const madeFrom = record.lineage.inputs!.architecture!;
  expect(madeFrom).not.toBe(digest);
  expect(record.preimage.inputs).toEqual({ architecture: essence!.digest });
  const shown = showStage('partly', partly!, record, 'runs', plainStyle).join('\n').replace(/ +/g, ' ');
  const short = (of: string) => of.slice(0, 12);
  expect(shown).toContain(
    `architecture found.architecture ${short(digest!)} only its choices ${short(essence!.digest)}; made from ${short(madeFrom)}, equal in that`,
  );
});

test('a difference in the part reruns who reads it, and why tells it in the terms of the kind', async () => {
  const { result, events } = await project.run({ pipeline, sets: ['found.params.choice=1'] });
  expect(statuses(result)).toEqual({ found: 'ran', partly: 'ran', wholly: 'ran' });
  expect(events.find((event) => event.event === 'stage-started' && event.stage === 'partly')).toMatchObject({
    reason: 'input architecture changed',
  });
  const why = await whyStage(await project.openStore(), result, 'partly');
  const [input] = why.ok ? why.value.inputs : [];
  expect(input).toMatchObject({ port: 'architecture', kind: 'architecture' });
  expect(input!.changes).toContainEqual({ what: 'encoding', from: '[0]', to: '[1]' });
});

test('a part that its kind does not know is a mistake of the stage type', async () => {
  const { types } = await loadProject(project.root);
  expect(types.broken.get('wrongly')).toMatchObject([
    {
      code: 'unknown-essence',
      message: 'no part of kind "architecture" is called "choice"; did you mean "choices"?',
      hints: ['Its parts: choices.'],
    },
  ]);
});
