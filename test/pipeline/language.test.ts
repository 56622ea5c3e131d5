import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadPipeline, loadProject, type Project, selectStages } from '../../src/engine/index.ts';
import { type Pipeline, subSeed } from '../../src/pipeline/index.ts';
import { formatProblem } from '../../src/schema/problem.ts';
import { createProject, pipelineText, sums, type TestProject } from '../engine/project.ts';

let project: TestProject;
let user: Project;
beforeAll(async () => {
  project = await createProject({
    'pipelines/base.json': pipelineText({ ...sums, name: 'base' }),
    'schemas/stages/power.schema.json': JSON.stringify({
      description: 'A number to a power.',
      type: 'object',
      additionalProperties: false,
      properties: { exponent: { type: 'integer', description: 'The power.' } },
      required: ['exponent'],
      'x-stage': {
        inputs: { of: { kind: 'json', description: 'The number.' } },
        outputs: { number: { kind: 'json', description: 'Its power.' } },
      },
    }),
    'stages/power/stage.ts': 'export default { run: async () => ({ number: 1 }) };',
  });
  user = await loadProject(project.root);
});
afterAll(() => project.remove());

async function load(value: object, sets: string[] = []): Promise<Pipeline | string[]> {
  await project.write('pipelines/own.json', pipelineText(value));
  const result = await loadPipeline(user, { file: 'pipelines/own.json', from: project.root, sets });
  return result.ok ? result.value : result.failures.map((problem) => formatProblem(problem, 300));
}

const sound = async (value: object, sets: string[] = []): Promise<Pipeline> => {
  const result = await load(value, sets);
  if (Array.isArray(result)) throw new Error(result.join('\n'));
  return result;
};

const heads = async (value: object, sets: string[] = []): Promise<string[]> => {
  const result = await load(value, sets);
  if (!Array.isArray(result)) throw new Error('expected problems');
  return result.map((text) => text.split('\n')[0]!);
};

const stage = ({ stages }: Pipeline, id: string) => [...stages.values()].find((each) => each.id === id)!;

describe('extends', () => {
  const own = (stages: object, more: object = {}) => ({ name: 'own', extends: 'base.json', ...more, stages });

  test('merges stages by id, params and inputs by name; null takes away; another type replaces', async () => {
    const pipeline = await sound(
      own({
        second: { params: { value: 5 } },
        total: { inputs: { b: null }, params: { plus: 2 } },
        odd: { type: 'sum', inputs: { a: 'total' } },
      }),
    );
    expect(pipeline.name).toBe('own');
    expect(pipeline.seed).toBe(3);
    expect([...pipeline.stages.keys()]).toEqual(['first', 'second', 'total', 'odd']);
    expect(stage(pipeline, 'second').params).toEqual({ value: 5 });
    expect([...stage(pipeline, 'total').inputs.keys()]).toEqual(['a']);
    expect(stage(pipeline, 'odd').type.name).toBe('sum');
    expect([...(await sound(own({ odd: null }))).stages.keys()]).toEqual(['first', 'second', 'total']);
  });

  test('a mistake is shown in the file that made it, inherited or own', async () => {
    await project.write(
      'pipelines/wrong.json',
      pipelineText({ name: 'wrong', stages: { a: { type: 'constant', params: { value: 'x' } } } }),
    );
    expect(await heads({ name: 'own', extends: 'wrong.json', stages: { b: { type: 'constnt' } } })).toEqual([
      'pipelines/own.json:6:15 unknown-stage-type: no stage type "constnt"; did you mean "constant"?',
      'pipelines/wrong.json:7:18 invalid-param: value must be a number, got "x"',
    ]);
  });

  test('null takes away the seed, the seeds and the matrix; in a file, in the next, or by --set', async () => {
    const matrix = { 'total.params.plus': [1, 2] };
    const ids = async (more: object, sets: string[] = []) => [
      ...(await sound({ name: 'own', extends: 'many.json', stages: {}, ...more }, sets)).stages.keys(),
    ];
    const stages = { ...sums.stages, walk: { type: 'walk' } };
    const many = { name: 'many', seed: 5, seeds: 2, matrix, stages };
    await project.write('pipelines/many.json', pipelineText(many));
    const totals = (of: readonly string[]) => of.filter((id) => /^(total|walk)/.test(id)).sort();
    expect(totals(await ids({}))).toEqual(['total@plus=1', 'total@plus=2', 'walk@seed=1', 'walk@seed=2']);
    expect(totals(await ids({ seeds: null }))).toEqual(['total@plus=1', 'total@plus=2', 'walk']);
    expect(totals(await ids({ matrix: null }))).toEqual(['total', 'walk@seed=1', 'walk@seed=2']);
    expect(totals(await ids({ seeds: null, matrix: null }))).toEqual(['total', 'walk']);
    expect(totals(await ids({}, ['seeds=null', 'matrix=null']))).toEqual(['total', 'walk']);
    await project.write(
      'pipelines/one.json',
      pipelineText({ name: 'one', extends: 'many.json', seeds: null, matrix: null, stages: {} }),
    );
    expect(totals(await ids({ extends: 'one.json' }))).toEqual(['total', 'walk']);
    expect(totals(await ids({ extends: 'one.json', seeds: 2 }))).toEqual([
      'total',
      'walk@seed=1',
      'walk@seed=2',
    ]);
    const listed = { name: 'own', extends: 'many.json', seed: null, seeds: [8, 9], stages: {} };
    expect(stage(await sound(listed), 'walk@seed=9').seed).toBe(9);
    expect((await sound({ ...listed, seeds: null })).seed).toBe(0);
    expect((await sound({ name: 'own', seeds: null, matrix: null, stages })).stages.size).toBe(5);
  });

  test('the name is not inherited', async () => {
    expect(await heads({ extends: 'base.json', stages: {} })).toEqual([
      'pipelines/own.json:1:1 missing-field: the pipeline needs the field "name"',
    ]);
  });

  test('circles, missing files and ways out of the project', async () => {
    await project.write(
      'pipelines/back.json',
      pipelineText({ name: 'back', extends: 'own.json', stages: {} }),
    );
    expect(await heads(own({}, { extends: 'back.json' }))).toEqual([
      'pipelines/back.json:3:14 extends-cycle: these files extend each other: pipelines/own.json → pipelines/back.json → pipelines/own.json',
    ]);
    expect(await heads(own({}, { extends: 'none.json' }))).toEqual([
      'pipelines/own.json:3:14 unreadable: cannot read none.json: there is no such file',
    ]);
    expect(await heads(own({}, { extends: '../../x.json' }))).toEqual([
      'pipelines/own.json:3:14 outside-project: "../../x.json" leads out of the project',
    ]);
    const outside = path.join(path.dirname(project.root), `${path.basename(project.root)}-outside.json`);
    await fs.writeFile(outside, pipelineText(sums));
    await fs.symlink(outside, path.join(project.root, 'pipelines/link.json'));
    try {
      expect(await heads(own({}, { extends: 'link.json' }))).toEqual([
        `pipelines/own.json:3:14 outside-project: "link.json" leads out of the project, to ${outside}`,
      ]);
    } finally {
      await fs.rm(outside);
    }
  });
});

describe('matrix and seeds', () => {
  const walk = {
    first: { type: 'constant' },
    walk: { type: 'walk', inputs: { from: 'first' } },
    total: { type: 'sum', inputs: { a: 'walk', b: 'first' } },
  };

  test('a stage is there once for each combination that can change it', async () => {
    const matrix = { 'total.params.plus': [1, 2] };
    const pipeline = await sound({ name: 'own', seed: 7, seeds: 2, matrix, stages: walk });
    expect([...pipeline.stages.keys()]).toEqual([
      'first',
      'walk@seed=1',
      'total@plus=1,seed=1',
      'walk@seed=2',
      'total@plus=1,seed=2',
      'total@plus=2,seed=1',
      'total@plus=2,seed=2',
    ]);
    expect(stage(pipeline, 'walk@seed=1').seed).toBe(7);
    expect(stage(pipeline, 'walk@seed=2').seed).toBe(subSeed(7, 1));
    expect(stage(pipeline, 'total@plus=2,seed=2')).toMatchObject({
      name: 'total',
      params: { plus: 2 },
      after: ['walk@seed=2', 'first'],
      cell: { plus: '2', seed: '2' },
    });
  });

  test('sub-seeds are permanent, and more of them leave the first ones as they are', () => {
    expect([0, 1, 2].map((index) => subSeed(7, index))).toMatchInlineSnapshot(`
      [
        7,
        2587670194322582,
        1290405573391442,
      ]
    `);
  });

  test('a wrong value is shown in the matrix; what is wrong in all cells is told once', async () => {
    const matrix = { 'total.params.plus': [1, 'two'] };
    const stages = { ...walk, odd: { type: 'parity', inputs: { of: 'nowhere' } } };
    expect(await heads({ name: 'own', matrix, stages })).toEqual([
      'pipelines/own.json:6:7 invalid-param: plus must be a number, got "two"',
      'pipelines/own.json:29:15 unknown-stage: the pipeline has no stage "nowhere"',
    ]);
  });

  test('what only the matrix gives is not missed; what nobody gives is', async () => {
    const stages = { ...walk, power: { type: 'power' } };
    const matrix = { 'power.params.exponent': [2, 3], 'power.inputs.of': ['first', 'total'] };
    const pipeline = await sound({ name: 'own', matrix, stages });
    expect(stage(pipeline, 'power@exponent=3,of=total')).toMatchObject({
      params: { exponent: 3 },
      after: ['total'],
    });
    expect(await heads({ name: 'own', matrix: { 'power.params.exponent': [2] }, stages })).toEqual([
      'pipelines/own.json:25:5 missing-input: power needs the input "of"',
    ]);
    expect(
      await heads({ name: 'own', matrix: { ...matrix, 'power.params.exponent': ['x', 2] }, stages }),
    ).toEqual(['pipelines/own.json:5:7 invalid-param: exponent must be an integer, got "x"']);
    expect(await heads({ name: 'own', matrix: { 'power.inputs.of': ['first'] }, stages })).toEqual([
      'pipelines/own.json:25:5 missing-param: power needs the param "exponent"',
    ]);
  });

  test('rows that name nothing, repeat a value, or would be ignored', async () => {
    const of = (matrix: object, more: object = {}) => ({ name: 'own', ...more, matrix, stages: walk });
    expect(await heads(of({ 'totl.params.plus': [1] }))).toEqual([
      'pipelines/own.json:4:5 unknown-stage: the pipeline has no stage "totl"; did you mean "total"?',
    ]);
    expect(await heads(of({ seed: [1] }))).toEqual([
      'pipelines/own.json:4:5 invalid-matrix: expected stage.params.name, stage.preset or stage.inputs.port',
    ]);
    expect(await heads(of({ 'total.params.plus': [1] }), ['total.params.plus=3'])).toEqual([
      '--set:1:1 invalid-set: total.params.plus is a row of the matrix, which would replace this value',
    ]);
    expect(await heads({ name: 'own', seed: 1, seeds: [2, 3], stages: walk })).toEqual([
      'pipelines/own.json:3:3 seed-and-seeds: a seed means nothing beside a list of seeds',
    ]);
  });
});

describe('foreach', () => {
  const of = (stages: object, more: object = {}) => ({
    name: 'own',
    stages: {
      list: { type: 'constant' },
      each: { type: 'foreach', items: 'list', stages },
      ...more,
    },
  });

  test('its names, its item, and the artifacts of all items', async () => {
    const pipeline = await sound(
      of(
        { one: { type: 'sum', inputs: { a: 'item', b: 'list' } } },
        { best: { type: 'choose', inputs: { candidates: ['list', 'each.one'] }, params: { figure: '' } } },
      ),
    );
    expect(pipeline.order).toEqual(['list', 'each', 'best']);
    const best = stage(pipeline, 'best');
    expect(best.outputs).toEqual({ chosen: 'json' });
    expect([...best.inputs.keys()]).toEqual(['candidates.1', 'candidates.2']);
    expect(best.after).toEqual(['list', 'each']);
  });

  test('mistakes', async () => {
    expect(
      await heads(
        of(
          {
            list: { type: 'constant' },
            item: { type: 'constant' },
            one: { type: 'sum', inputs: { a: 'item' } },
            deep: { type: 'foreach', items: 'list', stages: { x: { type: 'constant' } } },
          },
          { after: { type: 'sum', inputs: { a: 'one', b: 'each.one' } } },
        ),
      ),
    ).toEqual([
      'pipelines/own.json:11:9 duplicate-stage: there is another stage "list" on line 4; a name inside a foreach must differ from all others',
      'pipelines/own.json:14:9 invalid-stage-name: "item" cannot name a stage inside a foreach: it names the item',
      'pipelines/own.json:24:19 nested-foreach: a foreach cannot stand inside another',
      'pipelines/own.json:37:14 unknown-stage: "one" runs once for each item of each, so it has no single output',
      'pipelines/own.json:38:14 several-for-one: after.b takes one artifact, but each.one gives one for each item',
    ]);
  });
});

test('an assert without bounds would check nothing', async () => {
  const gate = (params: object) => ({
    name: 'own',
    stages: {
      one: { type: 'constant' },
      gate: { type: 'assert', inputs: { of: 'one' }, params: { figure: '', ...params } },
    },
  });
  expect(await heads(gate({}))).toEqual([
    'pipelines/own.json:12:17 invalid-param: atMost must be a number or a figure where atLeast is none: otherwise nothing would be checked, got null',
  ]);
  for (const bound of [{ atLeast: 0 }, { atMost: 3 }, { atMost: 'log.limit' }]) await sound(gate(bound));
});

describe('selecting stages', () => {
  const chosen = async (asked: Parameters<typeof selectStages>[1]) => {
    const result = selectStages(await sound({ ...sums, name: 'own' }), asked);
    return result.ok
      ? [[...result.value.pipeline.order], [...result.value.lookedUp]]
      : result.failures.map(({ message }) => message);
  };

  test('only, from, until', async () => {
    expect(await chosen({ only: ['total'] })).toEqual([
      ['first', 'second', 'total'],
      ['first', 'second'],
    ]);
    expect(await chosen({ from: ['total'] })).toEqual([
      ['first', 'second', 'total', 'odd'],
      ['first', 'second'],
    ]);
    expect(await chosen({ until: ['total'] })).toEqual([['first', 'second', 'total'], []]);
    expect(await chosen({ from: ['total'], until: ['first'] })).toEqual([
      '--only, --from and --until have no stage in common',
    ]);
    expect(await chosen({ only: ['totl'] })).toEqual([
      '--only names "totl", which is no stage of the pipeline; did you mean "total"?',
    ]);
    expect(await chosen({ until: ['first'], force: ['odd'] })).toEqual([
      '--force names "odd", which was not asked for',
    ]);
  });
});
