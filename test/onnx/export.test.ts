import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCpuBackend } from '../../src/cpu/index.ts';
import type { Backend } from '../../src/net/backend.ts';
import { NetworkBuilder } from '../../src/net/builder.ts';
import type { Network, Tensors } from '../../src/net/network.ts';
import { exportOnnx } from '../../src/onnx/index.ts';
import { bn } from '../contract/backend-case.ts';
import { type Case, cases, someBatch, someWeights } from '../contract/backend-cases.ts';
import { expectClose } from '../contract/backend-compare.ts';
import { randomCase } from '../contract/backend-random.ts';
import { ort, version } from './installed.ts';
import { interpret } from './interpret.ts';
import { type ReadTensor, readOnnx } from './read.ts';

const random = Array.from({ length: 40 }, (_, i) => randomCase(1000 + i));
const name = 'net';

/** Images as backends take them, [n, h, w, c], in the order of ONNX. */
function channelsFirst({ input: { h, w, c } }: Network, images: Float32Array): ReadTensor {
  const n = images.length / (h * w * c);
  const data = new Float32Array(images.length);
  for (let i = 0; i < images.length; i++) {
    const [channel, pixel] = [i % c, Math.floor(i / c)];
    const [image, place] = [Math.floor(pixel / (h * w)), pixel % (h * w)];
    data[(image * c + channel) * h * w + place] = images[i]!;
  }
  return { dims: [n, c, h, w], data };
}

/** A convolution, normalised, then scaled; its sum with what it reads; a head. */
function small(): Network {
  const b = new NetworkBuilder({ h: 4, w: 4, c: 3 });
  const conv = b.conv('conv', b.input, { filters: 3, kernel: 3 });
  const sum = b.add('sum', b.scale('scale', b.batchNorm('bn', conv, bn), { initial: 0.5 }), b.input);
  const pooled = b.globalPool('pool', b.batchNorm('alone', sum, bn));
  return b.finish(b.dense('head', b.dropout('drop', pooled, 0.5), { units: 2 }));
}

describe('what is exported computes what the cpu backend computes', () => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await openCpuBackend({ threads: 1 });
  });
  afterAll(() => backend.close());

  async function logits({ path, weights, batch: size }: Case, values: Tensors) {
    const model = await backend.build(weights, { kind: 'sgd', momentum: 0, nesterov: false, ema: false });
    await model.write(values);
    const batch = someBatch(path.input, size);
    const expected = await model.evaluate(path, batch, { statistics: 'moving' });
    await model.close();
    return { images: channelsFirst(path, batch.images), expected };
  }

  const all = [...cases, ...random].map((one) => [one.name, one] as const);

  test.each(all)('by the definitions of ONNX: %s', async (_, one) => {
    const values = someWeights(one.weights);
    const { images, expected } = await logits(one, values);
    const read = readOnnx(exportOnnx(one.path, values, { name }));
    const { dims, data } = interpret(read, images);
    expect(dims).toEqual([one.batch, expected.length / one.batch]);
    expectClose(one.name, data, expected, 1e-6);
  });

  test.skipIf(ort === undefined).each(all)(`by onnxruntime-node (${version}): %s`, async (_, one) => {
    const values = someWeights(one.weights);
    const { images, expected } = await logits(one, values);
    const { InferenceSession, Tensor } = ort!;
    const session = await InferenceSession.create(exportOnnx(one.path, values, { name }), {
      logSeverityLevel: 3,
    });
    const result = (await session.run({ images: new Tensor('float32', images.data, images.dims) })).logits!;
    expect(result.dims).toEqual([one.batch, expected.length / one.batch]);
    expectClose(one.name, result.data, expected, 1e-6);
    await session.release();
  });
});

test('normalisations and scales are part of the convolutions before them; what else a file holds', () => {
  const network = small();
  const file = exportOnnx(network, someWeights(network.weights), {
    name: 'small',
    standardise: { mean: [0.5, 0.4, 0.3], deviation: [0.2, 0.2, 0.1] },
    metadata: { classes: 'a b' },
  });
  const read = readOnnx(file);
  expect(read).toMatchObject({ format: 8, producer: 'naspipe', opsets: [['', 17]], name: 'small' });
  expect(read.metadata).toEqual(new Map([['classes', 'a b']]));
  expect(read.inputs).toEqual([{ name: 'images', dims: ['batch', 3, 4, 4] }]);
  expect(read.outputs).toEqual([{ name: 'logits', dims: ['batch', 2] }]);
  const operators = read.nodes.map(({ operator }) => operator);
  expect(operators).toEqual('Sub Div Conv Add Mul Add GlobalAveragePool Flatten Gemm Identity'.split(' '));
});

test('pixels in 0…1 are standardised as a network takes them', () => {
  const network = small();
  const values = someWeights(network.weights);
  const { images } = someBatch(network.input, 1);
  const [mean, deviation] = [
    [0.5, 0.4, 0.3],
    [0.2, 0.25, 0.1],
  ] as const;
  const pixels = images.map((value, i) => value * deviation[i % 3]! + mean[i % 3]!);
  const run = (options: object, from: Float32Array) =>
    interpret(readOnnx(exportOnnx(network, values, { name, ...options })), channelsFirst(network, from)).data;
  expectClose('logits', run({ standardise: { mean, deviation } }, pixels), run({}, images), 1e-6);
});

test('how many images there are can be settled in the file', () => {
  const network = small();
  const read = readOnnx(exportOnnx(network, someWeights(network.weights), { name, batch: 4 }));
  expect([read.inputs[0]!.dims, read.outputs[0]!.dims]).toEqual([
    [4, 3, 4, 4],
    [4, 2],
  ]);
});
