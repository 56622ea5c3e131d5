import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { storeSource } from '../../src/report/source.ts';
import { createProject, repository } from '../engine/project.ts';

const shipped = await fs.readFile(path.join(repository, 'pipelines/train-once-fit-many.json'), 'utf8');
const project = await createProject({ 'pipelines/train-once-fit-many.json': shipped });
afterAll(() => project.remove());

/** The shipped pipeline with less of everything, on the build that every machine has. */
const tiny = {
  name: 'tiny',
  extends: 'train-once-fit-many.json',
  matrix: {
    'latency.params.runtime': ['cpu-wasm'],
    'latency.params.threads': [1, 2],
    'evolve.params.limit': [{ quantity: 'latency', fraction: 0.3 }],
  },
  stages: {
    data: { params: { trainImages: 100, validationImages: 50, testImages: 50 } },
    space: { params: { width: 0.25, expansions: [2], kernels: [3, 5], stemStride: 2 } },
    latency: { params: { repeats: 15, mostRepeats: 15, networks: 6 } },
    warmup: { params: { epochs: 1, batch: 25 } },
    evolve: {
      params: {
        strategy: { kind: 'aging-evolution', population: 2, tournament: 2 },
        evaluations: 4,
        recalibrationImages: 25,
      },
    },
    specialised: { params: { recalibrationImages: 25 } },
  },
};

test('train-once-fit-many: one supernet, a table a device, and every limit is held by what was found for it', async () => {
  const { result } = await project.run({ pipeline: tiny, file: 'pipelines/tiny.json' });
  expect(result.status, JSON.stringify(result.stages)).toBe('ok');
  const ids = Object.keys(result.stages);
  const many = (name: string) => ids.filter((id) => id.startsWith(`${name}@`));
  expect(ids).toContain('warmup');
  expect([many('latency').length, many('evolve').length, many('fits').length]).toEqual([2, 2, 2]);
  const source = storeSource(await project.openStore());
  const load = async <K extends 'latency-table' | 'architecture' | 'model' | 'evaluation'>(
    id: string,
    kind: K,
  ) => {
    const [output] = Object.values(result.stages[id]!.outputs).filter((each) => each!.kind === kind);
    return (await source.load(kind, output!.digest))!;
  };
  const devices = await Promise.all(many('latency').map((id) => load(id, 'latency-table')));
  expect(devices.map(({ device }) => [device.backend, device.instructionSet, device.threads])).toEqual([
    ['cpu/wasm', 'wasm-simd128', 1],
    ['cpu/wasm', 'wasm-simd128', 2],
  ]);
  for (const id of many('fits')) {
    const { costs, log, accuracy } = await load(id, 'architecture');
    expect(costs.latency!).toBeLessThanOrEqual(log.limit as number);
    expect(accuracy!.provenance).toBe('inherited');
    const cell = id.slice('fits'.length);
    const { info } = await load(`specialised${cell}`, 'model');
    expect(info.training.accuracy).toEqual(accuracy);
    const { metrics } = await load(`evaluate${cell}`, 'evaluation');
    expect(metrics.accuracy).toMatchObject({ provenance: 'inherited', split: 'test', images: 50 });
    expect(metrics.costs.latency).toBe(costs.latency);
  }
}, 60_000);
