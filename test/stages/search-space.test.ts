import { expect, test } from 'vitest';
import { searchSpace } from '../../src/kinds/search-space.ts';
import type { MobilenetSpace } from '../../src/nas/index.ts';
import {
  enasMacroSpace,
  macsCost,
  nasBenchMacroSpace,
  ofaMobilenetV3Space,
  spaceSize,
} from '../../src/nas/index.ts';
import { requirePieces } from '../../src/train/index.ts';
import { mainSpace } from '../nas/spaces.ts';
import { runStage, stageSchema } from './harness.ts';
import { train } from './tiny.ts';

const spaceOf = async (params: { [name: string]: unknown }, side = 28) => {
  const info = { ...train.info, height: side, width: side, channels: 1, classes: [...'0123456789'] };
  const { outputs, summary, read } = await runStage('search-space', {
    params: params as never,
    inputs: { train: { ...train, info } },
  });
  return { space: outputs!.space as MobilenetSpace, summary, read };
};

test('the default space is that of the main pipeline, and its summary says how large it is', async () => {
  const { space, summary, read } = await spaceOf({ width: 0.5 });
  expect(space).toEqual(mainSpace);
  expect(spaceSize(mainSpace).distinct).toBe(18n ** 4n * 19n ** 4n);
  expect(summary).toEqual({
    space: 'mobilenet-v3',
    networks: '1.4e10',
    encodings: '1.8e11',
    macs: '4.291 M–22.9 M MACs',
    params: '68.87 k–472.1 k parameters',
  });
  const { properties } = await stageSchema('search-space');
  expect([...read].sort()).toEqual(Object.keys(properties as object).sort());
});

test('options narrow the space', async () => {
  const { space } = await spaceOf({
    kernels: [5],
    expansions: [3],
    squeezeExcite: 'on',
    identity: false,
    stemStride: 2,
    dropout: 0.4,
    batchNormDecay: 0.8,
    batchNormEpsilon: 1e-5,
  });
  expect(spaceSize(space).distinct).toBe(1n);
  expect(space.blocks.every(({ squeezeExcite }) => squeezeExcite.join() === 'true')).toBe(true);
  expect(space.stem.stride).toBe(2);
  expect(space.head.dropout).toBe(0.4);
  expect(space.batchNorm).toEqual({ decay: 0.8, epsilon: 1e-5 });
  const { min, max } = macsCost(space).range();
  expect(min).toBe(max);
});

test('sides are those of the images that networks of Once-for-All choose from', async () => {
  const { space } = await spaceOf({ space: 'ofa-mobilenet-v3', sides: [20, 28] });
  expect(space).toEqual(ofaMobilenetV3Space({ input: { h: 28, w: 28, c: 1 }, classes: 10, sides: [20, 28] }));
  expect(searchSpace.check(space)).toEqual({ ok: true, value: space });
  const one = spaceSize((await spaceOf({ space: 'ofa-mobilenet-v3' })).space);
  expect(spaceSize(space).distinct).toBe(2n * one.distinct);
});

test('layers, filters, form and anchors are those of the cells and layers of ENAS and NASNet', async () => {
  const params = { layers: 5, filters: 6, form: 'final' };
  const { space } = await spaceOf({ space: 'enas-macro', ...params, anchors: 'layers' });
  expect(space).toMatchObject({ ...params, anchors: 'layers', dropout: 0.5 });
  for (const name of ['enas-micro', 'nasnet']) {
    expect((await spaceOf({ space: name, ...params })).space).toMatchObject(params);
  }
});

test('the space follows the shape of the images', async () => {
  const { space } = await spaceOf({}, 96);
  expect(space.input).toEqual({ h: 96, w: 96, c: 1 });
  expect(space.stem.stride).toBe(2);
  expect(space.classes).toBe(10);
});

test('every named space is a sound artifact for images of the data', async () => {
  const { properties } = (await stageSchema('search-space')) as {
    properties: { space: { enum: string[] } };
  };
  for (const name of properties.space.enum) {
    const { space, summary } = await spaceOf({ space: name }, 32);
    expect(searchSpace.check(space)).toEqual({ ok: true, value: space });
    expect(space).toMatchObject({ name, input: { h: 32, w: 32, c: 1 }, classes: 10 });
    expect(summary!.macs).toMatch(/–.* MACs$/);
    expect(searchSpace.render(space)).toContain(name);
  }
});

test('a published table for layers it has no words for is refused in a sentence', () => {
  expect(() => requirePieces(enasMacroSpace())).toThrow(
    'no published latency table has words for the layers of the space enas-macro, which is of the grammar macro; latency-profile measures them here',
  );
  expect(requirePieces(nasBenchMacroSpace())).toEqual(nasBenchMacroSpace());
});
