import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nodeFiles } from '../../src/base/files.ts';
import { formatProblem } from '../../src/schema/problem.ts';
import { discoverStageTypes } from '../../src/stage/discovery.ts';
import { pipe } from '../cli/pipe.ts';
import { createProject, pipelineText, projectFiles, type TestProject } from '../engine/project.ts';

let project: TestProject;
beforeEach(async () => {
  project = await createProject();
});
afterEach(() => project.remove());

const discover = () => discoverStageTypes(nodeFiles, project.root);
const brokenTypes = async () => {
  const { broken } = await discover();
  const shown = [...broken].map(([name, problems]) => [
    name,
    problems.map((problem) => formatProblem(problem, 1000).replaceAll(project.root, '<root>')),
  ]);
  return Object.fromEntries(shown) as { [name: string]: string[] };
};

test('the types of the project, of plug-ins and of naspipe, by one path', async () => {
  await project.write(
    'package.json',
    JSON.stringify({ name: 'sums', naspipe: { plugins: ['./more', 'maths'] } }),
  );
  const plugin = async (root: string, type: string) => {
    await project.write(`${root}/package.json`, JSON.stringify({ name: root }));
    await project.write(
      `${root}/schemas/stages/${type}.schema.json`,
      projectFiles['schemas/stages/sum.schema.json']!,
    );
    await project.write(`${root}/stages/${type}/stage.ts`, projectFiles['stages/sum/stage.ts']!);
  };
  await plugin('more', 'difference');
  await plugin('node_modules/maths', 'product');
  const { types, broken, problems } = await discover();
  expect([...broken], 'no broken types').toEqual([]);
  expect(problems).toEqual([]);
  const origin = (name: string) => [types.get(name)?.origin, types.get(name)?.package];
  expect(origin('sum')).toEqual(['project', 'sums']);
  expect(origin('difference')).toEqual(['plug-in', './more']);
  expect(origin('product')).toEqual(['plug-in', 'maths']);
  expect(origin('evaluate')).toEqual(['built-in', 'naspipe']);
  expect(types.get('sum')!.manifest).toMatchObject({
    version: 1,
    random: false,
    determinism: 'exact',
    needs: { backend: false, device: false },
    resources: { cpus: 1, gpus: 0, memoryMiB: 512, exclusive: false },
    inputs: { a: { kind: 'json', optional: false }, b: { kind: 'json', optional: true } },
  });
});

test('planning runs no code of a plug-in, which running it does', async () => {
  await project.write('package.json', JSON.stringify({ name: 'sums', naspipe: { plugins: ['./more'] } }));
  await project.write('more/package.json', JSON.stringify({ name: 'more' }));
  await project.write(
    'more/schemas/stages/leave.schema.json',
    projectFiles['schemas/stages/constant.schema.json']!,
  );
  const code = projectFiles['stages/constant/stage.ts']!;
  await project.write('more/stages/leave/stage.ts', `${code}\nprocess.exit(77);\n`);
  const stages = { leave: { type: 'leave', params: { value: 1 } } };
  await project.write('pipelines/leave.json', pipelineText({ name: 'leave', stages }));
  const planned = await pipe(project.root, 'plan', 'pipelines/leave.json');
  expect(planned).toMatchObject({ code: 0, err: '' });
  expect(await pipe(project.root, 'types', 'leave')).toMatchObject({ code: 0, err: '' });
  expect((await pipe(project.root, 'run', 'pipelines/leave.json')).out).toContain('exit code 77');
});

test('a plug-in that is not installed', async () => {
  await project.write('package.json', JSON.stringify({ naspipe: { plugins: ['absent'] } }));
  const { problems } = await discover();
  expect(problems.map((problem) => formatProblem(problem))).toEqual([
    `package.json:1:24 missing-plugin: the plug-in "absent" is not installed
    1 | {"naspipe":{"plugins":["absent"]}}
      |                        ^^^^^^^^
   npm install absent`,
  ]);
});

describe('a stage type that cannot be used is told with its reason:', () => {
  test('its name is taken', async () => {
    await project.write(
      'schemas/stages/evaluate.schema.json',
      projectFiles['schemas/stages/sum.schema.json']!,
    );
    await project.write('stages/evaluate/stage.ts', projectFiles['stages/sum/stage.ts']!);
    const { evaluate } = await brokenTypes();
    expect(evaluate![0]).toMatch(
      /^duplicate-stage-type: both sums \(schemas\/stages\/evaluate\.schema\.json\) and naspipe \(.*\) bring it/,
    );
  });

  test('half of it is missing', async () => {
    await project.write('stages/lonely/stage.ts', 'export default {};');
    await project.write('schemas/stages/idle.schema.json', projectFiles['schemas/stages/sum.schema.json']!);
    expect(await brokenTypes()).toEqual({
      lonely: [
        'missing-stage-schema: there is no schemas/stages/lonely.schema.json, which declares its params and ports',
      ],
      idle: [
        'missing-stage-module: schemas/stages/idle.schema.json describes it, but there is no stages/idle/stage.ts beside',
      ],
    });
  });

  test('its schema says too little, too much, or what nobody knows', async () => {
    await project.write(
      'schemas/stages/sum.schema.json',
      `{
  "description": "Adds.",
  "type": "object",
  "additionalProperties": false,
  "properties": { "plus": { "type": "number", "default": 0 } },
  "x-stage": { "input": {}, "outputs": { "number": { "kind": "json", "description": "A number." } } }
}`,
    );
    await project.write(
      'schemas/stages/parity.schema.json',
      `{
  "description": "Parity.",
  "type": "object",
  "additionalProperties": false,
  "properties": { "base": { "type": "number", "description": "The base." } },
  "x-stage": { "outputs": { "parity": { "kind": "jsn", "description": "A number." } } }
}`,
    );
    expect(await brokenTypes()).toEqual({
      parity: [
        `schemas/stages/parity.schema.json:6:49 unknown-kind: no artifact kind "jsn"; did you mean "json"?
    6 |   "x-stage": { "outputs": { "parity": { "kind": "jsn", "description": "A number." } } }
      |                                                 ^^^^^
   Known kinds: train-split, validation-split, test-split, search-space, latency-table, supernet, controller, trials, architecture, model, evaluation, latency-measurement, correlation and json.`,
        `schemas/stages/parity.schema.json:5:19 no-default: the param "base" has no default and is not required
    5 |   "properties": { "base": { "type": "number", "description": "The base." } },
      |                   ^^^^^^
   Every param has one or the other, so that a fingerprint holds its value.`,
      ],
      sum: [
        `schemas/stages/sum.schema.json:5:19 missing-field: properties.plus needs the field "description"
    5 |   "properties": { "plus": { "type": "number", "default": 0 } },
      |                   ^^^^^^
   description: What the param means, and its unit.`,
        `schemas/stages/sum.schema.json:6:16 unknown-field: x-stage has no field "input"; did you mean "inputs"?
    6 |   "x-stage": { "input": {}, "outputs": { "number": { "kind": "json", "description": "A number." } } }
      |                ^^^^^^^`,
      ],
    });
  });
});
