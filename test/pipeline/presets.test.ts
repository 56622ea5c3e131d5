import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadPipeline, loadProject, type Project } from '../../src/engine/index.ts';
import type { Pipeline } from '../../src/pipeline/index.ts';
import { formatProblem } from '../../src/schema/problem.ts';
import { unreadParams } from '../../src/stage/read.ts';
import { createProject, pipelineText, type TestProject } from '../engine/project.ts';

const rate = (kind: string, own: string) => ({
  type: 'object',
  additionalProperties: false,
  required: ['kind'],
  description: 'One way.',
  properties: {
    kind: { const: kind, description: 'Which.' },
    rate: { type: 'number', description: 'How fast.', default: 1 },
    [own]: { type: 'number', description: 'Of this way only.', default: 2 },
  },
});

const walk = {
  description: 'Walks.',
  type: 'object',
  additionalProperties: false,
  properties: {
    steps: { type: 'integer', description: 'How far.', default: 10 },
    side: { type: 'string', enum: ['left', 'right'], description: 'Where.', default: 'left' },
    weights: { type: 'array', items: { type: 'number' }, description: 'Several.', default: [1, 1] },
    pace: {
      type: 'object',
      description: 'How.',
      default: { kind: 'even' },
      required: ['kind'],
      discriminator: { propertyName: 'kind' },
      oneOf: [rate('even', 'floor'), rate('falling', 'period')],
    },
  },
  'x-stage': {
    outputs: { number: { kind: 'json', description: 'Where it ends.' } },
    presets: {
      quick: { description: 'the first paper.', params: { steps: 3, pace: { kind: 'falling', rate: 9 } } },
      slow: { description: 'the second.', params: { side: 'right', weights: [5] } },
    },
  },
};

let project: TestProject;
let user: Project;
beforeAll(async () => {
  project = await createProject({
    'schemas/stages/walk.schema.json': JSON.stringify(walk),
    'stages/walk/stage.ts': 'export default { run: async () => ({ number: 1 }) };',
    'pipelines/base.json': pipelineText({
      name: 'base',
      stages: { a: { type: 'walk', preset: 'quick', params: { side: 'right' } } },
    }),
  });
  user = await loadProject(project.root);
});
afterAll(() => project.remove());

async function load(value: object, sets: readonly string[] = []): Promise<Pipeline | string[]> {
  await project.write('pipelines/own.json', pipelineText({ name: 'own', ...value }));
  const result = await loadPipeline(user, {
    file: 'pipelines/own.json',
    from: project.root,
    sets: [...sets],
  });
  return result.ok
    ? result.value
    : result.failures.map((problem) => formatProblem(problem, 300).split('\n')[0]!);
}

/** The params of a stage; its problems where the pipeline is wrong. */
async function paramsOf(value: object, sets: readonly string[] = [], id = 'a'): Promise<unknown> {
  const pipeline = await load(value, sets);
  return Array.isArray(pipeline) ? pipeline : pipeline.stages.get(id as never)!.params;
}

const of = (stage: object, more: object = {}) => ({ ...more, stages: { a: { type: 'walk', ...stage } } });
const even = { kind: 'even', rate: 1, floor: 2 };

describe('the params of a stage over those of its preset', () => {
  test('what neither says has its default', async () => {
    expect(await paramsOf(of({ preset: 'quick' }))).toEqual({
      steps: 3,
      side: 'left',
      weights: [1, 1],
      pace: { kind: 'falling', rate: 9, period: 2 },
    });
    expect(await paramsOf(of({}))).toEqual({ steps: 10, side: 'left', weights: [1, 1], pace: even });
  });

  test('written ones win: objects member by member, of another kind and lists whole', async () => {
    const falling = { kind: 'falling', rate: 9, period: 4 };
    expect(await paramsOf(of({ preset: 'quick', params: { steps: 4, pace: { period: 4 } } }))).toMatchObject({
      steps: 4,
      pace: falling,
    });
    const named = { kind: 'falling', period: 4 };
    expect(await paramsOf(of({ preset: 'quick', params: { pace: named } }))).toMatchObject({ pace: falling });
    expect(await paramsOf(of({ preset: 'quick', params: { pace: { kind: 'even' } } }))).toMatchObject({
      pace: even,
    });
    expect(await paramsOf(of({ preset: 'slow', params: { weights: [7, 7, 7] } }))).toMatchObject({
      weights: [7, 7, 7],
    });
  });

  test('--set changes a part of what the preset says, of a default, or the preset', async () => {
    expect(await paramsOf(of({ preset: 'quick' }), ['a.params.pace.period=5'])).toMatchObject({
      pace: { kind: 'falling', rate: 9, period: 5 },
    });
    expect(await paramsOf(of({}), ['a.preset=slow', 'a.params.steps=6'])).toEqual({
      steps: 6,
      side: 'right',
      weights: [5],
      pace: even,
    });
  });

  test('extends lays stages over presets; null takes the preset away', async () => {
    const own = (stage: object) => ({ extends: 'base.json', stages: { a: stage } });
    const all = { side: 'right', weights: [1, 1] };
    const pace = { kind: 'falling', rate: 9, period: 2 };
    expect(await paramsOf(own({ params: { steps: 8 } }))).toEqual({ ...all, steps: 8, pace });
    expect(await paramsOf(own({ preset: null }))).toEqual({ ...all, steps: 10, pace: even });
    expect(await paramsOf(own({ preset: 'slow' }))).toEqual({ ...all, weights: [5], steps: 10, pace: even });
  });

  test('inside a foreach', async () => {
    const stages = { b: { type: 'walk', preset: 'slow' } };
    const pipeline = await load({
      stages: { list: { type: 'constant' }, each: { type: 'foreach', items: 'list', stages } },
    });
    if (Array.isArray(pipeline)) throw new Error(pipeline.join('\n'));
    const [each] = pipeline.foreachs.values();
    expect([...each!.stages.values()][0]!.params).toMatchObject({ side: 'right', weights: [5], steps: 10 });
  });
});

test('a row of the matrix goes over presets, beside rows over params', async () => {
  const matrix = { 'a.preset': ['quick', 'slow'], 'a.params.pace.rate': [4, 5] };
  const pipeline = await load(of({ params: { steps: 7 } }, { matrix }));
  if (Array.isArray(pipeline)) throw new Error(pipeline.join('\n'));
  const params = [...pipeline.stages].map(([id, stage]) => [id, stage.params]);
  const quick = (own: number) => ({
    steps: 7,
    side: 'left',
    weights: [1, 1],
    pace: { kind: 'falling', rate: own, period: 2 },
  });
  const slow = (own: number) => ({ steps: 7, side: 'right', weights: [5], pace: { ...even, rate: own } });
  expect(params).toEqual([
    ['a@preset=quick,rate=4', quick(4)],
    ['a@preset=quick,rate=5', quick(5)],
    ['a@preset=slow,rate=4', slow(4)],
    ['a@preset=slow,rate=5', slow(5)],
  ]);
});

test('a preset that there is not, or of a stage type without any', async () => {
  expect(await load(of({ preset: 'quik' }))).toEqual([
    'pipelines/own.json:6:17 invalid-field: a.preset must be "quick" or "slow", got "quik"; did you mean "quick"?',
  ]);
  expect(await load({ stages: { a: { type: 'constant', preset: 'quick' } } })).toEqual([
    'pipelines/own.json:6:7 unknown-field: a has no field "preset"',
  ]);
});

/** What is said of a pipeline whose stage has a preset of these params, in one line. */
async function saidOfPreset(params: object): Promise<string> {
  const presets = { odd: { description: 'a mistake.', params } };
  const schema = { ...walk, 'x-stage': { ...walk['x-stage'], presets } };
  const other = await createProject({
    'schemas/stages/odd.schema.json': JSON.stringify(schema),
    'stages/odd/stage.ts': 'export default { run: async () => ({ number: 1 }) };',
    'pipelines/own.json': pipelineText({ name: 'own', stages: { a: { type: 'odd', preset: 'odd' } } }),
  });
  try {
    const at = { file: 'pipelines/own.json', from: other.root, sets: [] };
    const result = await loadPipeline(await loadProject(other.root), at);
    if (result.ok) throw new Error('expected problems');
    return result.failures
      .map((problem) => formatProblem(problem, 300))
      .join(' ')
      .replace(/\s+/g, ' ');
  } finally {
    await other.remove();
  }
}

test('a preset that its own stage type does not allow is told as that', async () => {
  expect(await saidOfPreset({ side: 'up' })).toContain(
    'schemas/stages/odd.schema.json:1:1198 invalid-param: side of the preset odd must be "left" or "right", got "up"',
  );
  expect(await saidOfPreset({ stepz: 1 })).toContain(
    'the stage type has no param "stepz"; did you mean "steps"?',
  );
});

describe('presets that come with naspipe', async () => {
  const { types } = await loadProject(process.cwd()).then((own) => own.types);
  const named = [...types.values()].flatMap((type) =>
    Object.entries(type.manifest.presets).map(([preset, { params }]) => ({
      type,
      name: type.name,
      preset,
      params,
    })),
  );

  test.each(named)('$name: every param of $preset is allowed and read', async ({ type, preset }) => {
    const { manifest } = type;
    const inputs = Object.keys(manifest.inputs);
    const target = { quantity: 'macs', fraction: 0.5 };
    const needed = manifest.params.properties as Record<string, unknown>;
    const free = type.manifest.presets[preset]!.params;
    const own = 'target' in needed && !('target' in free) ? { target } : {};
    const limit =
      'limit' in needed && ['netadapt', 'evolutionary-refinement'].includes(type.name)
        ? { limit: target }
        : {};
    const { document } = await checkedAlone(type.name, preset, { ...own, ...limit });
    const params = document.stages.a!.params as Record<string, unknown>;
    expect(params).toMatchObject(free);
    expect(
      unreadParams(
        manifest.params,
        params,
        (input) => inputs.includes(input),
        ([name]) => name! in free,
      ),
    ).toEqual([]);
  });

  /** A stage alone, its inputs wired to artifacts that need not be there. */
  async function checkedAlone(name: string, preset: string, params: object) {
    const { manifest } = types.get(name)!;
    const artifact = { artifact: 'a'.repeat(64) };
    const wired = Object.entries(manifest.inputs).map(([port, { many }]) => [
      port,
      many ? [artifact] : artifact,
    ]);
    const stages = { a: { type: name, preset, params, inputs: Object.fromEntries(wired) } };
    const result = await load({ stages });
    if (Array.isArray(result)) throw new Error(result.join('\n'));
    return { document: result.document.value as { stages: Record<string, { params: object }> } };
  }
});
