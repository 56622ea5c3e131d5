import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/base/canonical.ts';
import { nodeFiles, readText } from '../../src/base/files.ts';
import { loadPipeline, loadProject } from '../../src/engine/index.ts';
import { searchSpace } from '../../src/kinds/search-space.ts';
import { spaceSize } from '../../src/nas/index.ts';
import { everyStage } from '../../src/pipeline/pipeline.ts';
import { formatProblem } from '../../src/schema/index.ts';

const root = path.resolve(import.meta.dirname, '../..');
const directory = path.join(root, 'pipelines');
const names = (await nodeFiles.list(directory)).filter((name) => name.endsWith('.json'));

const project = loadProject(directory);

const checked = async (name: string) => {
  const result = await loadPipeline(await project, {
    file: path.join(directory, name),
    from: root,
    sets: [],
  });
  if (!result.ok) throw new Error(result.failures.map((problem) => formatProblem(problem)).join('\n'));
  return result.value;
};

describe.each(names)('%s', (name) => {
  test('is a correct pipeline of the name of its file', async () => {
    const pipeline = await checked(name);
    expect(`${pipeline.name}.json`).toBe(name);
  });

  test('states no target in a unit of this machine: only as a fraction of what can be reached', async () => {
    for (const { params } of everyStage(await checked(name))) {
      for (const param of ['target', 'limit']) {
        const target = params[param] as { readonly [key: string]: Json } | null | undefined;
        if (target) expect(Object.keys(target).sort()).toEqual(['fraction', 'quantity']);
      }
    }
  });
});

test('the small pipelines use every stage type that ships', async () => {
  const used = (
    await Promise.all(
      ['smoke.json', 'finalists.json', 'tabular.json', 'compound-scaling.json', 'halving.json'].map(checked),
    )
  ).flatMap(everyStage);
  const shipped = await nodeFiles.list(path.join(root, 'stages'));
  expect([...new Set(used.map(({ type }) => type.name))].sort()).toEqual(shipped);
});

test('the main job and its baseline share data, space and device, and train alike', async () => {
  const [main, baseline] = [await checked('enas-mnas.json'), await checked('random-baseline.json')];
  const paramsOf = (pipeline: typeof main, stage: string) =>
    [...pipeline.stages.values()].find(({ id }) => id === stage)!.params;
  for (const stage of ['data', 'space', 'latency', 'train', 'evaluate', 'measure']) {
    expect(paramsOf(baseline, stage), stage).toEqual(paramsOf(main, stage));
  }
  expect(baseline.seed).toBe(main.seed);
  expect(paramsOf(baseline, 'search').limit).toEqual(paramsOf(main, 'evolve').limit);
});

test('the space of one’s own is a sound space of 36 networks', async () => {
  const file = path.join(directory, 'spaces/tiny.json');
  const space = searchSpace.check(JSON.parse(await readText(nodeFiles, file)));
  if (!space.ok) throw new Error(space.failures[0]!.message);
  expect(spaceSize(space.value)).toEqual({ raw: 64n, distinct: 36n });
});
