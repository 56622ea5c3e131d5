import { createRng } from '../base/rng.ts';
import type { Backend, Batch } from '../net/backend.ts';
import type { Network, Tensor, WeightSpec } from '../net/network.ts';

const SIDE = 16;
const CHANNELS = 16;
const CLASSES = 4;

const weight = (name: string, shape: readonly number[], trainable = true): WeightSpec => ({
  name,
  shape,
  init: { kind: 'zeros' },
  trainable,
  decay: false,
});

/** Convolution, depthwise convolution, batch normalisation, ReLU, pooling, dense: the layers that nearly all work is in. */
const network: Network = {
  input: { h: SIDE, w: SIDE, c: 3 },
  output: 'logits',
  weights: [
    weight('conv', [3, 3, 3, CHANNELS]),
    weight('depthwise', [3, 3, CHANNELS, 1]),
    weight('gamma', [CHANNELS]),
    weight('beta', [CHANNELS]),
    weight('mean', [CHANNELS], false),
    weight('variance', [CHANNELS], false),
    weight('dense', [CHANNELS, CLASSES]),
  ],
  layers: [
    layer('conv', 'input', SIDE, { op: 'conv', kernel: 3, stride: 1, groups: 1, weight: 'conv' }),
    layer('depthwise', 'conv', SIDE, { op: 'depthwise', kernel: 3, stride: 1, weight: 'depthwise' }),
    layer('norm', 'depthwise', SIDE, {
      op: 'batch-norm',
      gamma: 'gamma',
      beta: 'beta',
      movingMean: 'mean',
      movingVariance: 'variance',
      decay: 0.9,
      epsilon: 1e-3,
    }),
    layer('relu', 'norm', SIDE, { op: 'activation', fn: 'relu' }),
    layer('pool', 'relu', 1, { op: 'global-pool' }),
    { id: 'logits', inputs: ['pool'], output: { h: 1, w: 1, c: CLASSES }, op: 'dense', weight: 'dense' },
  ],
};

function layer<T extends object>(id: string, input: string, side: number, rest: T) {
  return { id, inputs: [input], output: { h: side, w: side, c: CHANNELS }, ...rest };
}

const batchOf = (size: number): Batch => {
  const rng = createRng(0).fork('self-test');
  return {
    size,
    images: new Float32Array(size * SIDE * SIDE * 3).map(() => rng.uniform() - 0.5),
    labels: new Int32Array(size).map((_, i) => i % CLASSES),
  };
};

const startOf = ({ name, shape }: WeightSpec): Tensor => {
  const rng = createRng(0).fork(name);
  const data = new Float32Array(shape.reduce((product, side) => product * side, 1));
  const ones = name === 'gamma' || name === 'variance';
  return { shape, data: ones ? data.fill(1) : data.map(() => 0.2 * rng.uniform() - 0.1) };
};

/**
 * Trains a small network for a step and says what is wrong when that does not work, then measures how fast it is:
 * images trained per second, on images and a network far smaller than real ones.
 *
 * @param measureMs how long to measure; 0 leaves it out
 * @param images of a step
 */
export async function selfTest(
  backend: Backend,
  measureMs: number,
  images = 64,
): Promise<{ why?: string; imagesPerSecond?: number }> {
  const model = await backend.build(network.weights, {
    kind: 'sgd',
    momentum: 0.9,
    nesterov: true,
    ema: false,
  });
  try {
    await model.write(new Map(network.weights.map((each) => [each.name, startOf(each)])));
    const batch = batchOf(images);
    const step = (dropoutSeed: number) =>
      model.step(network, batch, {
        learningRate: 0.1,
        weightDecay: 0,
        labelSmoothing: 0,
        emaDecay: 0,
        dropoutSeed,
      });
    const first = await step(0);
    const second = await step(1);
    if (!(second.loss < first.loss && first.loss < 10)) {
      return { why: `a training step took the loss from ${first.loss} to ${second.loss}` };
    }
    if (measureMs === 0) return {};
    const started = performance.now();
    let trained = 0;
    for (let i = 2; performance.now() - started < measureMs; i++) {
      await step(i);
      trained += batch.size;
    }
    return { imagesPerSecond: Math.round(trained / ((performance.now() - started) / 1000)) };
  } finally {
    await model.close();
  }
}
