import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/rng.ts';
import type { Backend, Batch, Model } from '../../src/net/backend.ts';
import {
  evaluateSplit,
  inheritedRating,
  initialise,
  plainBatch,
  readAveragedWeights,
  readWeights,
  recalibrateOn,
  writeWeights,
} from '../../src/train/index.ts';
import { openOracle } from '../contract/backend.ts';
import { toyPaths, toySplit, toySupernet } from './toy.ts';

let backend: Backend;
let model: Model;
const initial = initialise(toySupernet.weights, createRng(2));
beforeAll(async () => {
  backend = await openOracle();
  model = await backend.build(toySupernet.weights, {
    kind: 'sgd',
    momentum: 0.9,
    nesterov: false,
    ema: true,
  });
  await writeWeights(model, initial, true);
});
afterAll(async () => {
  await model.close();
  await backend.close();
});

const split = toySplit(13);
const path = toyPaths[0];

describe('evaluation of a split', () => {
  test('does not depend on the batch size, a ragged last batch included', async () => {
    const whole = await evaluateSplit(model, path, split, { batchSize: 13, statistics: 'moving' });
    const pieces = await evaluateSplit(model, path, split, { batchSize: 5, statistics: 'moving' });
    expect(pieces).toEqual(whole);
    expect(whole.images).toBe(13);
    expect(whole.probabilities).toHaveLength(39);
  });

  test('accuracy and loss are those of its probabilities', async () => {
    const { accuracy, loss, probabilities } = await evaluateSplit(model, path, split, {
      batchSize: 4,
      statistics: 'moving',
    });
    let [correct, total] = [0, 0];
    for (let i = 0; i < 13; i++) {
      const row = [...probabilities.subarray(3 * i, 3 * i + 3)];
      expect(row.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
      if (row.indexOf(Math.max(...row)) === split.labels[i]) correct++;
      total -= Math.log(row[split.labels[i]!]!);
    }
    expect(accuracy).toBe(correct / 13);
    expect(loss).toBeCloseTo(total / 13, 5);
  });

  test('a limit looks at the first images only', async () => {
    const all = await evaluateSplit(model, path, split, { batchSize: 4, statistics: 'moving' });
    const some = await evaluateSplit(model, path, split, { batchSize: 4, statistics: 'moving', limit: 6 });
    expect(some.images).toBe(6);
    expect(some.probabilities).toEqual(all.probabilities.slice(0, 18));
  });

  test('averaged weights are evaluated when asked for', async () => {
    const bias = { shape: [3], data: Float32Array.of(50, 0, 0) };
    await model.write(new Map([['ema:head.bias', bias]]));
    const plain = await evaluateSplit(model, path, split, { batchSize: 13, statistics: 'moving' });
    const averaged = await evaluateSplit(model, path, split, {
      batchSize: 13,
      statistics: 'moving',
      ema: true,
    });
    expect(averaged.probabilities[0]).toBeCloseTo(1, 5);
    expect(averaged.accuracy).toBe(5 / 13);
    expect(plain.probabilities[0]).toBeLessThan(0.99);
    expect((await readAveragedWeights(model)).get('head.bias')).toEqual(bias);
    expect((await readWeights(model)).get('head.bias')).toEqual(initial.get('head.bias'));
  });
});

describe('recalibration on a split', () => {
  test('uses images drawn without replacement, in full batches', async () => {
    const batches: Batch[] = [];
    const watched = Object.assign(Object.create(model) as Model, {
      recalibrate: async (_: unknown, given: Iterable<Batch>) => void batches.push(...given),
    });
    await recalibrateOn(watched, path, split, { images: 9, batchSize: 4, rng: createRng(1) });
    const drawn = createRng(1).permutation(13);
    expect(batches).toEqual([
      plainBatch(split, drawn.subarray(0, 4)),
      plainBatch(split, drawn.subarray(4, 8)),
    ]);
    batches.length = 0;
    await recalibrateOn(watched, path, split, { images: 3, batchSize: 4, rng: createRng(1) });
    expect(batches.map(({ size }) => size)).toEqual([3]);
  });
});

describe('a rating with inherited weights', () => {
  const options = { batchSize: 13 };

  test('says where it comes from', async () => {
    expect(await inheritedRating(model, path, split, { ...options, limit: 10 })).toMatchObject({
      accuracy: {
        value: expect.any(Number),
        provenance: 'inherited',
        split: 'validation',
        images: 10,
      },
    });
  });

  test('calibrated on the evaluated images it is that of their own statistics', async () => {
    const own = await inheritedRating(model, path, split, options);
    const calibration = { split, images: 13, batchSize: 13, rng: createRng(1) };
    const calibrated = await inheritedRating(model, path, split, { ...options, calibration });
    expect(calibrated).toEqual(own);
    const moving = (await model.read(['bn.moving-mean'])).get('bn.moving-mean');
    expect(moving).not.toEqual(initial.get('bn.moving-mean'));
  });

  test('weights that lack one of the model are our bug', async () => {
    await expect(writeWeights(model, new Map(), false)).rejects.toThrow(
      'internal error: expected weight stem.weight, got none',
    );
  });
});
