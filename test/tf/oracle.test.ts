import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/rng.ts';
import type { Backend, Model } from '../../src/net/backend.ts';
import type { Tensors } from '../../src/net/network.ts';
import { openOracle } from '../contract/backend.ts';
import { type Case, cases, someBatch, someWeights } from '../contract/backend-cases.ts';
import { expectClose, norm } from '../contract/backend-compare.ts';
import { plainForward } from './plain-forward.ts';

let oracle: Backend;
beforeAll(async () => {
  oracle = await openOracle();
});
afterAll(() => oracle.close());

describe('logits against loops in double precision', () => {
  // What statistics of the batch decide is no function of one image.
  const single = cases.filter(({ name }) => !name.includes('stateless'));
  test.each(single.map((one): [string, Case] => [one.name, one]))(
    '%s',
    async (_, { path, weights, batch }) => {
      const model = await oracle.build(weights, { kind: 'sgd', momentum: 0, nesterov: false, ema: false });
      const values = someWeights(weights);
      await model.write(values);
      const { images, labels } = someBatch(path.input, batch);
      const logits = await model.evaluate(path, { size: batch, images, labels }, { statistics: 'moving' });
      const pixels = images.length / batch;
      for (let i = 0; i < batch; i++) {
        const expected = plainForward(path, values, images.subarray(i * pixels, (i + 1) * pixels));
        const got = logits.subarray(i * expected.length, (i + 1) * expected.length);
        expectClose(`logits of image ${i}`, got, expected, 0);
      }
      await model.close();
    },
  );
});

/** Half the distance between the points of a difference; a compromise of float32 noise and curvature. */
const STEP = 2e-3;

describe('gradients against central differences of the loss', () => {
  // A maximum or a ReLU has kinks that a difference can step over; the others are smooth enough everywhere.
  const smooth = cases.filter(({ name }) => !/^(relu|relu6|max pool)/.test(name));

  test.each(smooth.map((one): [string, Case] => [one.name, one]))('%s', async (_, one) => {
    const { path, batch } = one;
    const values = someWeights(one.weights);
    const model = await oracle.build(one.weights, {
      kind: 'sgd',
      momentum: 0,
      nesterov: false,
      ema: false,
    });
    await model.write(values);
    const images = someBatch(path.input, batch);
    const asked = { labelSmoothing: 0.1, dropoutSeed: 3 };
    const loss = async () => (await model.gradients(path, images, asked)).loss;
    const names = one.weights.filter(({ trainable }) => trainable).map(({ name }) => name);
    const { weights: gradients } = await model.gradients(path, images, { ...asked, weights: names });
    const largest = Math.max(...[...gradients.values()].map(({ data }) => norm(data)));

    // The first weights lie in front: their gradients have come through every layer.
    for (const name of names.slice(0, 6)) {
      const { data } = gradients.get(name)!;
      const direction = towards(data, name);
      const slope = await differences(model, values, name, direction, loss);
      const expected = data.reduce((sum, g, i) => sum + g * direction[i]!, 0);
      expect(Math.abs(slope - expected), `${name}: ${slope} against ${expected}`).toBeLessThan(
        0.02 * Math.max(norm(data), 0.02 * largest) + 2e-4,
      );
    }
    await model.close();
  });
});

/** A unit direction that has a good part of the gradient and a random part. */
function towards(gradient: Float32Array, name: string): Float64Array {
  const rng = createRng(4).fork(name);
  const noise = Float64Array.from(gradient, () => rng.normal());
  const [g, n] = [norm(gradient) || 1, norm(noise)];
  const mixed = Float64Array.from(gradient, (value, i) => value / g + (0.5 * noise[i]!) / n);
  const length = norm(mixed);
  return mixed.map((value) => value / length);
}

async function differences(
  model: Model,
  values: Tensors,
  name: string,
  direction: Float64Array,
  loss: () => Promise<number>,
): Promise<number> {
  const { shape, data } = values.get(name)!;
  const at = async (distance: number): Promise<number> => {
    const moved = Float32Array.from(data, (value, i) => value + distance * direction[i]!);
    await model.write(new Map([[name, { shape, data: moved }]]));
    return loss();
  };
  const slope = ((await at(STEP)) - (await at(-STEP))) / (2 * STEP);
  await model.write(new Map([[name, { shape, data }]]));
  return slope;
}

test('gate gradients are the derivatives by the coefficients', async () => {
  const one = cases.find(({ name }) => name === 'gates of weighted coefficients')!;
  const model = await oracle.build(one.weights, { kind: 'sgd', momentum: 0, nesterov: false, ema: false });
  await model.write(someWeights(one.weights));
  const batch = someBatch(one.path.input, one.batch);
  const { gates } = await model.gradients(one.path, batch, { labelSmoothing: 0 });
  const gradient = gates.get('mix')!;
  expect(gradient).toHaveLength(3);
  for (const k of [0, 1, 2]) {
    const lossAt = async (distance: number): Promise<number> => {
      const layers = one.path.layers.map((layer) =>
        layer.op === 'mix'
          ? { ...layer, coefficients: layer.coefficients.map((c, i) => (i === k ? c + distance : c)) }
          : layer,
      );
      return (await model.gradients({ ...one.path, layers }, batch, { labelSmoothing: 0 })).loss;
    };
    const slope = ((await lossAt(0.01)) - (await lossAt(-0.01))) / 0.02;
    expect(slope).toBeCloseTo(gradient[k]!, 3);
  }
  await model.close();
});
