import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/rng.ts';
import { openCpuBackend } from '../../src/cpu/index.ts';
import type { Backend } from '../../src/net/backend.ts';
import type { Tensor, Tensors } from '../../src/net/network.ts';
import { type Case, cases, someBatch, someWeights } from '../contract/backend-cases.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await openCpuBackend({ threads: 1 });
});
afterAll(() => backend.close());

const plain = { kind: 'sgd', momentum: 0, nesterov: false, ema: false } as const;
const STEP = 4e-3;

/** Each tensor moved by `by` along its direction. */
const moved = (values: Tensors, directions: ReadonlyMap<string, Float64Array>, by: number): Tensors =>
  new Map(
    [...values].map(([name, { shape, data }]): [string, Tensor] => {
      const direction = directions.get(name);
      return [
        name,
        { shape, data: direction === undefined ? data : data.map((w, i) => w + by * direction[i]!) },
      ];
    }),
  );

describe('the gradient of all weights along random directions is the difference of losses', () => {
  // A maximum or a ReLU has kinks that a difference can step over.
  const smooth = cases.filter(({ name }) => !/^(relu|relu6|max pool)/.test(name));
  test.each(smooth.map((one): [string, Case] => [one.name, one]))('%s', async (_, one) => {
    const { path, weights, batch } = one;
    const model = await backend.build(weights, plain);
    const values = someWeights(weights);
    await model.write(values);
    const images = someBatch(path.input, batch);
    const asked = { labelSmoothing: 0.1, dropoutSeed: 3 };
    const trainable = weights.filter((spec) => spec.trainable).map(({ name }) => name);
    const { weights: gradients } = await model.gradients(path, images, { ...asked, weights: trainable });
    const length = Math.hypot(...[...gradients.values()].flatMap(({ data }) => [...data]));
    for (const seed of [1, 2, 3]) {
      const rng = createRng(seed).fork('direction');
      const total = [...gradients.values()].reduce((sum, { data }) => sum + data.length, 0);
      // Half along the gradient, so that the difference is large beside its rounding, half at random.
      const directions = new Map(
        [...gradients].map(([name, { data }]) => [
          name,
          Float64Array.from(data, (g) => 0.7 * (g / length) + (0.7 * rng.normal()) / Math.sqrt(total)),
        ]),
      );
      const expected = [...gradients].reduce(
        (sum, [name, { data }]) => sum + data.reduce((s, g, i) => s + g * directions.get(name)![i]!, 0),
        0,
      );
      const loss = async (by: number): Promise<number> => {
        await model.write(moved(values, directions, by));
        return (await model.gradients(path, images, asked)).loss;
      };
      const slope = ((await loss(STEP)) - (await loss(-STEP))) / (2 * STEP);
      expect(Math.abs(slope - expected), `${slope} against ${expected}`).toBeLessThan(0.01 * length + 1e-4);
    }
    await model.close();
  });
});
