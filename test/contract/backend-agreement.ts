import { expect } from 'vitest';
import type { Model, StepOptions } from '../../src/net/backend.ts';
import type { Tensors } from '../../src/net/network.ts';
import { type Case, someBatch } from './backend-cases.ts';
import { expectAllClose, expectClose } from './backend-compare.ts';

export const options: StepOptions = {
  learningRate: 0.05,
  weightDecay: 0.01,
  labelSmoothing: 0.1,
  emaDecay: 0.7,
  dropoutSeed: 5,
};

/**
 * Two models of equal weights on one path: loss, every gradient, gate gradients; weights, momentum, averages and moving
 * statistics after two steps; logits in both modes; moving statistics after recalibration on ragged batches.
 */
export async function expectAgreement(expected: Model, actual: Model, { path, weights, batch }: Case) {
  const images = someBatch(path.input, batch);
  const asked = {
    labelSmoothing: 0.1,
    dropoutSeed: 3,
    weights: weights.filter(({ trainable }) => trainable).map(({ name }) => name),
  };
  const wanted = await expected.gradients(path, images, asked);
  const got = await actual.gradients(path, images, asked);
  expectClose('loss', [got.loss], [wanted.loss], 0);
  expect(got.correct).toBe(wanted.correct);
  expectAllClose(got.weights, wanted.weights);
  expectAllClose(asTensors(got.gates), asTensors(wanted.gates));

  for (const seed of [1, 2]) {
    const next = someBatch(path.input, batch, seed);
    const { loss } = await expected.step(path, next, options);
    expectClose('loss of a step', [(await actual.step(path, next, options)).loss], [loss], 0);
  }
  expectAllClose(await actual.read(), await expected.read());

  for (const statistics of ['moving', 'batch'] as const) {
    const mode = { statistics, ema: statistics === 'moving' };
    const logits = await expected.evaluate(path, images, mode);
    expectClose(`logits, ${statistics}`, await actual.evaluate(path, images, mode), logits, 0);
  }
  const ragged = [someBatch(path.input, 4, 8), someBatch(path.input, 2, 9)];
  await expected.recalibrate(path, ragged);
  await actual.recalibrate(path, ragged);
  expectAllClose(await actual.read(), await expected.read());
}

const asTensors = (vectors: ReadonlyMap<string, Float32Array>): Tensors =>
  new Map([...vectors].map(([name, data]) => [name, { shape: [data.length], data }]));
