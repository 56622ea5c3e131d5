import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import { childNetwork, macsCost } from '../../src/nas/index.ts';
import { storeSource } from '../../src/report/source.ts';
import { createProject, repository } from '../engine/project.ts';

const shipped = (name: string) => fs.readFile(path.join(repository, 'pipelines', name), 'utf8');

/** The shipped pipeline with less of everything. */
const tinyOf = (name: string, layers: number) => ({
  name: 'tiny',
  extends: name,
  stages: {
    data: { params: { trainImages: 100, validationImages: 50, testImages: 50 } },
    space: { params: { layers, filters: 4 } },
    larger: { params: { layers, filters: 8 } },
    warmup: { params: { epochs: 1, batch: 25, opWarmup: 0.5 } },
    search: {
      params: {
        steps: 2,
        weightSteps: 1,
        samples: 2,
        batch: 25,
        validationBatch: 25,
        derive: 3,
        recalibrationImages: 25,
      },
    },
    train: { params: { epochs: 1, batch: 25 } },
    measure: { params: { warmup: 0, repeats: 3, mostRepeats: 3 } },
  },
});

test.each([
  ['enas-macro.json', 4],
  ['enas-macro-channels.json', 3],
  ['enas-micro.json', 3],
])(
  '%s: what is found in one form is trained in the other',
  async (name, layers) => {
    const files = await Promise.all(
      ['enas-macro.json', name].map(async (each) => [`pipelines/${each}`, await shipped(each)] as const),
    );
    const project = await createProject(Object.fromEntries(files));
    try {
      const { result } = await project.run({
        pipeline: tinyOf(name, layers),
        file: 'pipelines/tiny.json',
      });
      expect(result.status, JSON.stringify(result.stages)).toBe('ok');
      const source = storeSource(await project.openStore());
      const load = async <K extends 'trials' | 'architecture' | 'model' | 'search-space'>(
        stage: string,
        kind: K,
      ) => {
        const output = Object.values(result.stages[stage]!.outputs).find((each) => each!.kind === kind)!;
        return (await source.load(kind, output.digest))!;
      };
      const finals = (await load('search', 'trials')).filter(({ phase }) => phase === 'derive');
      const best = finals.reduce((a, b) => (b.accuracy.value > a.accuracy.value ? b : a));
      const [space, larger] = [await load('space', 'search-space'), await load('larger', 'search-space')];
      const found = await load('found', 'architecture');
      expect(found.encoding).toEqual(best.encoding);
      expect(best.costs.macs).toBe(macsCost(space).cost(best.encoding));
      expect(found.costs.macs).toBe(macsCost(larger).cost(best.encoding));
      expect((await load('train', 'model')).network).toEqual(childNetwork(larger, best.encoding));
    } finally {
      await project.remove();
    }
  },
  120_000,
);
