import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadProject, type Project } from '../../src/engine/index.ts';
import { checkPipeline, type Pipeline, readPipeline, type StageId } from '../../src/pipeline/index.ts';
import { formatProblem } from '../../src/schema/problem.ts';
import { createProject, pipelineText, repository, sums, type TestProject } from '../engine/project.ts';

let project: TestProject;
let user: Project;
let own: Project;
beforeAll(async () => {
  project = await createProject();
  user = await loadProject(project.root);
  own = await loadProject(repository);
});
afterAll(() => project.remove());

function check(text: string, sets: string[] = [], of: Project = user): Pipeline | string[] {
  const unchecked = readPipeline({ name: 'p.json', text }, of.root, sets);
  const result = unchecked.ok ? checkPipeline(unchecked.value, of.types) : unchecked;
  return result.ok ? result.value : result.failures.map((problem) => formatProblem(problem, 200));
}

const checked = (value: object, sets?: string[]): Pipeline => {
  const result = check(pipelineText(value), sets);
  if (Array.isArray(result)) throw new Error(result.join('\n'));
  return result;
};

/** First lines of what is wrong: place, code, sentence. */
const heads = (value: object, sets: string[] = [], of?: Project): string[] => {
  const result = check(pipelineText(value), sets, of);
  if (!Array.isArray(result)) throw new Error('expected problems');
  return result.map((text) => text.split('\n')[0]!);
};

const withStages = (stages: object) => ({ name: 'p', stages });

describe('a sound pipeline', () => {
  test('is resolved: defaults, references in full, an order in which sources come first', () => {
    const { total, odd, first, second } = sums.stages;
    const pipeline = checked({ ...sums, stages: { odd, total, second, first } });
    expect([...pipeline.stages.keys()]).toEqual(['first', 'second', 'total', 'odd']);
    const stage = [...pipeline.stages.values()].find(({ id }) => id === 'total')!;
    expect(stage.params).toEqual({ plus: 0 });
    expect(stage.inputs.get('b')).toMatchObject({
      from: 'stage',
      stage: 'second',
      port: 'number',
      kind: 'json',
    });
    expect(stage.after).toEqual(['first', 'second']);
    expect(pipeline.seed).toBe(3);
    expect(pipeline.stages.get('total' as StageId)!.after).toContain('first');
  });

  test('keeps the order of the text where the graph allows', () => {
    expect([...checked(sums).stages.keys()]).toEqual(['first', 'second', 'total', 'odd']);
  });

  test('may leave an optional input and the seed out', () => {
    const pipeline = checked(withStages({ a: { type: 'constant' }, b: { type: 'sum', inputs: { a: 'a' } } }));
    expect(pipeline.seed).toBe(0);
    expect([...pipeline.stages.values()][1]!.inputs.has('b')).toBe(false);
  });

  test('takes --set in order, bare words as texts', () => {
    const sets = ['first.params.value=5', 'first.params.value=6', 'seed=9', 'total.inputs.b=first'];
    const pipeline = checked(sums, sets);
    const [first, ,] = [...pipeline.stages.values()];
    expect(first!.params).toEqual({ value: 6 });
    expect(pipeline.seed).toBe(9);
    const total = [...pipeline.stages.values()].find(({ id }) => id === 'total')!;
    expect(total.inputs.get('b')).toMatchObject({ stage: 'first' });
  });

  test('brings artifacts and files of kinds that a file can hold', () => {
    const digest = 'a'.repeat(64);
    const inputs = { a: { artifact: digest }, b: { file: 'numbers/three.json' } };
    const [stage] = checked(withStages({ s: { type: 'sum', inputs } })).stages.values();
    expect(stage!.inputs.get('a')).toMatchObject({ from: 'artifact', digest });
    expect(stage!.inputs.get('b')).toMatchObject({
      from: 'file',
      path: path.join(project.root, 'numbers/three.json'),
      written: 'numbers/three.json',
    });
  });
});

describe('mistakes are shown where they are, all at once', () => {
  test('in one pipeline', () => {
    const text = `{
  "name": "Mine",
  "sed": 3,
  "stages": {
    "first": { "type": "constnt" },
    "second": { "type": "constant", "params": { "value": "2", "plus": 1 } },
    "total": { "type": "sum", "inputs": { "a": "frst", "b": "second.nmber", "c": "second" } },
    "odd": { "type": "parity" }
  }
}`;
    expect(check(text)).toEqual([
      `p.json:2:11 invalid-field: name must be lower-case letters, digits and hyphens, beginning with a letter, got "Mine"
    2 |   "name": "Mine",
      |           ^^^^^^
   name: Name of the pipeline.`,
      `p.json:3:3 unknown-field: the pipeline has no field "sed"; did you mean "seed"?
    3 |   "sed": 3,
      |   ^^^^^`,
      `p.json:5:24 unknown-stage-type: no stage type "constnt"; did you mean "constant"?
    5 |     "first": { "type": "constnt" },
      |                        ^^^^^^^^^`,
      `p.json:6:58 invalid-param: value must be a number, got "2"
    6 |     "second": { "type": "constant", "params": { "value": "2", "plus": 1 } },
      |                                                          ^^^
   value: The number.`,
      `p.json:6:63 unknown-param: constant has no param "plus"
    6 |     "second": { "type": "constant", "params": { "value": "2", "plus": 1 } },
      |                                                               ^^^^^^
   Known params: value.`,
      `p.json:7:48 unknown-stage: the pipeline has no stage "frst"; did you mean "first"?
    7 |     "total": { "type": "sum", "inputs": { "a": "frst", "b": "second.nmber", "c": "second" } },
      |                                                ^^^^^^`,
      `p.json:7:61 unknown-output: second has no output "nmber"; did you mean "number"?
    7 |     "total": { "type": "sum", "inputs": { "a": "frst", "b": "second.nmber", "c": "second" } },
      |                                                             ^^^^^^^^^^^^^^`,
      `p.json:7:77 unknown-input: sum has no input "c"
    7 |     "total": { "type": "sum", "inputs": { "a": "frst", "b": "second.nmber", "c": "second" } },
      |                                                                             ^^^
   Known inputs: a and b.`,
      `p.json:8:5 missing-input: parity needs the input "of"
    8 |     "odd": { "type": "parity" }
      |     ^^^^^
   of: A number. (json)`,
    ]);
  });

  test('a cycle is printed as a path', () => {
    const stages = {
      a: { type: 'sum', inputs: { a: 'c' } },
      b: { type: 'sum', inputs: { a: 'a' } },
      c: { type: 'sum', inputs: { a: 'b' } },
      d: { type: 'sum', inputs: { a: 'd' } },
    };
    expect(heads(withStages(stages))).toEqual([
      'p.json:13:14 cycle: these stages wait for each other: a → b → c → a',
      'p.json:25:14 cycle: these stages wait for each other: d → d',
    ]);
  });

  test('the test split cannot be wired to a search', () => {
    const stages = {
      data: { type: 'data-prep', params: { source: 'fashion-mnist-mini' } },
      space: { type: 'search-space', inputs: { train: 'data' } },
      search: {
        type: 'supernet-warmup',
        inputs: { train: 'data.test', space: 'data' },
      },
    };
    const problems = check(pipelineText(withStages(stages)), [], own) as string[];
    expect(problems).toEqual([
      `p.json:19:18 kind-mismatch: search.train wants a train-split, but data.test is a test-split
   19 |         "train": "data.test",
      |                  ^^^^^^^^^^^
   data declares test at stages/data-prep; did you mean "data.train"?
   The test split is read by evaluate only, so that a search cannot learn from it.`,
      `p.json:20:18 kind-mismatch: search.space wants a search-space, which data does not give
   20 |         "space": "data"
      |                  ^^^^^^
   data gives train (train-split), validation (validation-split) and test (test-split).`,
    ]);
  });

  test('a kind that no file can hold', () => {
    const stages = { space: { type: 'search-space', inputs: { train: { file: 'x.json' } } } };
    expect(heads(withStages(stages), [], own)[0]).toContain(
      'no-file-of-kind: a train-split cannot be read from a file',
    );
  });

  test('in a --set, shown in the --set', () => {
    expect(check(pipelineText(sums), ['total.params.plsu=1'])).toEqual([
      `--set:1:1 unknown-param: sum has no param "plsu"; did you mean "plus"?
    1 | total.params.plsu=1
      | ^^^^^^^^^^^^^^^^^`,
    ]);
    expect(heads(sums, ['totl.params.plus=1', 'total=1', 'x'])).toEqual([
      '--set:1:1 unknown-stage: the pipeline has no stage "totl"; did you mean "total"?',
      '--set:1:1 invalid-set: expected stage.params.name=value, stage.preset=name, stage.inputs.port=value or seed=value',
      '--set:1:1 invalid-set: expected stage.params.name=value, stage.preset=name, stage.inputs.port=value or seed=value',
    ]);
    expect(heads(sums, ['total.params.plus=[1'])).toEqual([
      '--set:1:21 invalid-json: a closing bracket ] is missing',
    ]);
  });

  test('a stage type whose schema cannot be compiled', async () => {
    const broken = await createProject({
      'schemas/stages/constant.schema.json': `{
  "description": "Gives a number.", "type": "object", "additionalProperties": false,
  "properties": { "value": { "$ref": "#/definitions/a", "description": "The number.", "default": 1 } },
  "definitions": { "a": { "$ref": "#/definitions/a" } },
  "x-stage": { "outputs": { "number": { "kind": "json", "description": "A number." } } }
}`,
    });
    const found = heads(sums, [], await loadProject(broken.root));
    expect(found).toHaveLength(1);
    expect(found[0]).toBe('p.json:6:15 broken-stage-type: stage type "constant" cannot be used:');
    await broken.remove();
  });

  test('names that cannot be stage ids', () => {
    expect(heads(withStages({ Total: { type: 'constant' } }))).toEqual([
      'p.json:4:5 invalid-stage-name: "Total" cannot name a stage: it must be lower-case letters, digits and hyphens, beginning with a letter',
    ]);
  });

  test('a pipeline of no stages, and one that is none', () => {
    expect(heads(withStages({}))).toEqual(['p.json:3:13 invalid-field: stages must not be empty, got {}']);
    expect(heads([])).toEqual(['p.json:1:1 invalid-field: the pipeline must be an object, got []']);
  });
});
