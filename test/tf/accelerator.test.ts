/** What a graphics card needs of the tf backend, played by the plain kernels: nothing waits inside a step, nothing is built anew. */
import * as core from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { selfTest } from '../../src/attempt/self-test.ts';
import type { Backend, Model } from '../../src/net/backend.ts';
import { openOracle } from '../contract/backend.ts';
import { cases, prefixCase, someBatch, someWeights } from '../contract/backend-cases.ts';

const optimiser = { kind: 'sgd', momentum: 0.9, nesterov: true, ema: true } as const;
const options = {
  learningRate: 0.1,
  weightDecay: 1e-4,
  labelSmoothing: 0.1,
  emaDecay: 0.9,
  clipNorm: 1,
  teacherRatio: 0.5,
  dropoutSeed: 1,
};

let oracle: Backend;
beforeAll(async () => {
  oracle = await openOracle();
});
afterAll(async () => {
  vi.restoreAllMocks();
  await oracle.close();
});

async function filled(one: (typeof cases)[number]): Promise<Model> {
  const model = await oracle.build(one.weights, optimiser);
  await model.write(someWeights(one.weights));
  return model;
}

const named = (name: string) => cases.find((one) => one.name === name)!;

test.each([
  named('gates of weighted coefficients'),
  named('auxiliary heads'),
  named('dropout'),
  prefixCase(),
])('$name: a step reads nothing back but its two figures, once, without waiting in between', async (one) => {
  const model = await filled(one);
  const waits = vi.spyOn(core.engine(), 'readSync');
  const reads = vi.spyOn(core.Tensor.prototype, 'data');
  await model.step(one.path, someBatch(one.path.input, 3), options);
  expect(waits).not.toHaveBeenCalled();
  expect(reads).toHaveBeenCalledTimes(1);
  expect((reads.mock.contexts[0] as core.Tensor).shape).toEqual([2]);
  vi.restoreAllMocks();
  await model.close();
});

test('paths in turn build nothing: the second round over them leaves as many tensors as the first', async () => {
  const wide = prefixCase();
  const model = await filled(wide);
  const full = { ...wide.path, weights: wide.weights };
  const paths = [full, structuredClone(wide.path), wide.path];
  const round = async () => {
    for (const path of paths) await model.step(path, someBatch(path.input, 1), options);
    return core.memory().numTensors;
  };
  const first = await round();
  expect(await round()).toBe(first);
  await model.close();
});

test('the self-test of doctor trains a step and says images a second', async () => {
  const { why, imagesPerSecond } = await selfTest(oracle, 1, 2);
  expect(why).toBeUndefined();
  expect(imagesPerSecond).toBeGreaterThan(0);
});
