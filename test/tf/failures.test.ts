import * as core from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Backend } from '../../src/net/backend.ts';
import { deviceFailure, reporting } from '../../src/tf/failures.ts';
import { openOracle } from '../contract/backend.ts';
import { cases, someBatch, someWeights } from '../contract/backend-cases.ts';

const info = { name: 'tf', build: 'tfjs-node-gpu', instructionSet: 'some', threads: 1 } as const;

const memory = (said: string) => ({
  code: 'out-of-memory',
  message: `the tf backend (tfjs-node-gpu) ran out of memory (${said}); end what else uses the device and run again, or use a smaller batch`,
});
const device = (said: string) => ({
  code: 'device-lost',
  message: `the tf backend (tfjs-node-gpu) lost its device (${said}); see nvidia-smi and dmesg for the cause and run again; --backend cpu starts over without it`,
});

test.each([
  [memory, 'OOM when allocating tensor with shape[64,112,112,96] and type float'],
  [memory, 'CUDA_ERROR_OUT_OF_MEMORY: out of memory'],
  [memory, 'CUDNN_STATUS_ALLOC_FAILED: failed to allocate the workspace'],
  [memory, 'std::bad_alloc'],
  [device, 'CUDA_ERROR_LAUNCH_FAILED: unspecified launch failure'],
  [device, 'Unexpected CUDA error: cudaErrorDevicesUnavailable'],
  [device, 'the device was lost'],
])('%o: %s', (expected, said) => {
  expect(deviceFailure(new Error(`${said}\n at …`), info)).toMatchObject({
    backendFailure: true,
    ...expected(said),
  });
});

test('other errors are none of the device', () => {
  for (const error of [new Error('internal error: expected a known weight or slot, got room'), 'OOM']) {
    expect(deviceFailure(error, info)).toBeUndefined();
  }
});

let oracle: Backend;
beforeAll(async () => {
  oracle = await openOracle();
});
afterAll(() => oracle.close());

test('a kernel that finds no memory fails the step as such; others pass through as they are', async () => {
  const { path, weights } = cases[0]!;
  const model = await oracle.build(weights, { kind: 'sgd', momentum: 0, nesterov: false, ema: false });
  await model.write(someWeights(weights));
  const kernel = core.getKernel('Conv2D', 'cpu')!;
  core.unregisterKernel('Conv2D', 'cpu');
  core.registerKernel({
    ...kernel,
    kernelFunc: () => {
      throw new Error('OOM when allocating tensor with shape[3,7,5,17]');
    },
  });
  try {
    await expect(
      model.evaluate(path, someBatch(path.input, 3), { statistics: 'batch' }),
    ).rejects.toMatchObject({
      backendFailure: true,
      code: 'out-of-memory',
      message: expect.stringMatching(
        /^the tf backend \(tfjs-cpu\) ran out of memory \(OOM when allocating tensor with shape\[3,7,5,17\]\)/,
      ),
    });
  } finally {
    core.unregisterKernel('Conv2D', 'cpu');
    core.registerKernel(kernel);
  }
  await expect(reporting(model, info).read(['nonsense'])).rejects.toThrow(
    'internal error: expected a known weight or slot, got nonsense',
  );
  await model.close();
});
