import { createRequire } from 'node:module';
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import * as core from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Backend } from '../../src/net/backend.ts';
import { openTfBackend } from '../../src/tf/index.ts';
import { TfModel } from '../../src/tf/model.ts';
import { openRuntime } from '../../src/tf/runtime.ts';
import { openOracle } from '../contract/backend.ts';
import { cases, prefixCase, someBatch, someWeights } from '../contract/backend-cases.ts';
import { descents } from '../contract/backend-descent.ts';
import { nativeInstalled } from './installed.ts';

let oracle: Backend;
beforeAll(async () => {
  oracle = await openOracle();
});
afterAll(() => oracle.close());

test.skipIf(nativeInstalled)(
  'where TensorFlow is not installed, the failure says what was tried and how to mend it',
  async () => {
    const opened = await openTfBackend({ runtime: 'auto' });
    expect(opened.ok).toBe(false);
    if (opened.ok) return;
    expect(opened.failures.map(({ code }) => code)).toEqual(['tensorflow-missing']);
    const { message } = opened.failures[0]!;
    expect(message).toMatch(
      /tried @tensorflow\/tfjs-node-gpu \(.+\), @tensorflow\/tfjs-node \(.+\); to install/,
    );
    expect(message).toMatch(/npm install @tensorflow\/tfjs-node-gpu/);
  },
);

describe.skipIf(nativeInstalled)('native kernels, played by a second set of plain ones', () => {
  beforeAll(() => {
    core.registerBackend('tensorflow', () => new MathBackendCPU());
    core.copyRegisteredKernels('cpu', 'tensorflow');
  });

  test('the graphics card is tried first; what the packages need is there before they are loaded', async () => {
    delete process.env.TF_NUM_INTRAOP_THREADS;
    const loaded: string[] = [];
    const util = createRequire(import.meta.url)('node:util') as {
      isNullOrUndefined(value: unknown): boolean;
    };
    const opened = await openRuntime({ runtime: 'auto', threads: 3 }, async (name) => {
      loaded.push(name);
      if (name.endsWith('-gpu')) throw new Error('libcudart.so.11.0: cannot open shared object file\n at …');
      expect([null, undefined, 0, ''].map((value) => util.isNullOrUndefined(value))).toEqual([
        true,
        true,
        false,
        false,
      ]);
      expect(process.env.TF_NUM_INTRAOP_THREADS).toBe('3');
      return { default: core };
    });
    expect(loaded).toEqual(['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node']);
    expect(opened.ok && opened.value.tf).toBe(core);
    expect(opened.ok && opened.value.info).toMatchObject({ name: 'tf', build: 'tfjs-node', threads: 3 });
  });

  test('two runtimes in one process keep to their own kernels', async () => {
    const opened = await openRuntime({ runtime: 'auto' }, async () => core);
    if (!opened.ok) throw new Error(opened.failures[0]!.message);
    const { path, weights } = prefixCase();
    const optimiser = { kind: 'sgd', momentum: 0.9, nesterov: false, ema: true } as const;
    const models = [new TfModel(opened.value, weights, optimiser), await oracle.build(weights, optimiser)];
    const batch = someBatch(path.input, 2);
    const used: string[] = [];
    for (const model of models) {
      await model.write(someWeights(weights));
      await model.evaluate(path, batch, { statistics: 'batch' });
      used.push(core.getBackend());
    }
    expect(used).toEqual(['tensorflow', 'cpu']);
    const [first, second] = await Promise.all(
      models.map((model) => model.evaluate(path, batch, { statistics: 'batch' })),
    );
    expect(first).toEqual(second);
    for (const model of models) await model.close();
  });
});

test('says that it is the plain JavaScript build', () => {
  expect(oracle.info).toEqual({ name: 'tf', build: 'tfjs-cpu', instructionSet: 'javascript', threads: 1 });
});

test('one thread is all there is: another number is refused', async () => {
  const { path } = cases[0]!;
  await expect(oracle.time(path, { batch: 1, warmup: 0, repeats: 1, threads: 2 })).rejects.toThrow(
    'internal error: expected 1 threads, which tfjs-cpu settles when it is loaded, got 2',
  );
});

test('keeps no tensor that it does not need, and none after closing', async () => {
  const before = core.memory().numTensors;
  const gated = cases.find(({ name }) => name === 'gates of one-hot coefficients')!;
  const helped = cases.find(({ name }) => name === 'auxiliary heads')!;
  const all = [prefixCase(), gated, helped];
  for (const [i, { optimiser, clipBy = 'norm' }] of descents.entries()) {
    const { weights, path } = all[i % all.length]!;
    const model = await oracle.build(weights, optimiser);
    await model.write(someWeights(weights));
    const batch = someBatch(path.input, 2);
    const everyCall = async (): Promise<number> => {
      await model.step(path, batch, {
        learningRate: 0.1,
        weightDecay: 1e-4,
        labelSmoothing: 0.1,
        emaDecay: 0.9,
        clipNorm: 1,
        clipBy,
        teacherRatio: 0.5,
        dropoutSeed: 1,
      });
      await model.gradients(path, batch, { labelSmoothing: 0, weights: ['head.weight'] });
      await model.evaluate(path, batch, { statistics: 'moving', ema: true });
      await model.recalibrate(path, [batch, batch]);
      await model.write(await model.read());
      return core.memory().numTensors;
    };
    const once = await everyCall();
    expect(await everyCall()).toBe(once);
    await model.close();
  }
  await oracle.time(cases[0]!.path, { batch: 1, warmup: 1, repeats: 1 });
  expect(core.memory().numTensors).toBe(before);
});
