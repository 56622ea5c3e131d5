import { expect, test } from 'vitest';
import { createRng } from '../../src/base/rng.ts';
import { childNetwork, profileItems, randomEncoding } from '../../src/nas/index.ts';
import { loadOnnxRuntime, type OnnxRuntime, openOnnxTimer } from '../../src/onnx/index.ts';
import { timeSteadily } from '../../src/train/index.ts';
import { smallSpace } from '../nas/spaces.ts';
import { ort, version } from './installed.ts';

const options = { batch: 2, warmup: 3, repeats: 5 };
const network = childNetwork(smallSpace, randomEncoding(smallSpace, createRng(1)));

/** A runtime that runs nothing, and what it was told. */
function double() {
  const told: { readonly sessions: object[]; runs: number; released: number } = {
    sessions: [],
    runs: 0,
    released: 0,
  };
  const runtime: OnnxRuntime = {
    env: { versions: { node: '1.2.3', common: '1.2.3' } },
    Tensor: class {
      constructor(
        _: 'float32',
        readonly data: Float32Array,
        readonly dims: readonly number[],
      ) {}
    },
    InferenceSession: {
      async create(_, settings) {
        told.sessions.push(settings);
        return {
          async run(feeds) {
            expect(feeds.images!.dims).toEqual([2, 2, 5, 6]);
            told.runs++;
            return {};
          },
          release: async () => void told.released++,
        };
      },
    },
  };
  return { told, runtime };
}

test('passes are warmed up and counted, on the threads asked for', async () => {
  const { told, runtime } = double();
  const opened = openOnnxTimer(1, () => runtime);
  if (!opened.ok) throw new Error(opened.failures[0]!.message);
  expect(opened.value.info).toEqual({
    name: 'onnx',
    build: 'onnxruntime-node',
    instructionSet: 'onnxruntime 1.2.3',
    threads: 1,
  });
  expect(await opened.value.time(network, { ...options, threads: 4 })).toHaveLength(5);
  expect(told).toMatchObject({
    runs: 8,
    released: 1,
    sessions: [{ intraOpNumThreads: 4, executionProviders: ['cpu'] }],
  });
});

test('where it is not installed, that is said', () => {
  const opened = openOnnxTimer(1, () => {
    throw new Error("Cannot find module 'onnxruntime-node'\nRequire stack: …");
  });
  expect(opened).toMatchObject({
    ok: false,
    failures: [
      {
        code: 'onnxruntime-missing',
        message:
          "onnxruntime-node could not be loaded (Cannot find module 'onnxruntime-node'); to install it: npm install onnxruntime-node",
      },
    ],
  });
});

test.skipIf(ort === undefined)(
  `onnxruntime-node (${version}) times every piece and a whole network`,
  async () => {
    expect(loadOnnxRuntime().version).toBe(version);
    const opened = openOnnxTimer();
    if (!opened.ok) throw new Error(opened.failures[0]!.message);
    for (const { key, network: piece } of profileItems(smallSpace)) {
      const { median, samples } = await timeSteadily(opened.value, piece, {
        ...options,
        precision: 1,
        mostRepeats: 5,
      });
      expect([key, median > 0, samples]).toEqual([key, true, 5]);
    }
    expect((await opened.value.time(network, options)).every((ms) => ms > 0)).toBe(true);
  },
);
