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

/** What a model answers, and becomes, on one path. */
export interface Observations {
  readonly loss: number;
  readonly correct: number;
  readonly gradients: Tensors;
  readonly gates: Tensors;
  readonly stepLosses: readonly number[];
  /** Weights, momentum, averages and moving statistics after two steps. */
  readonly stepped: Tensors;
  readonly logits: Readonly<Record<'moving' | 'batch', Float32Array>>;
  /** The same after recalibration on ragged batches. */
  readonly recalibrated: Tensors;
}

/** Puts a model through gradients, steps, evaluation and recalibration. */
export async function observe(model: Model, { path, weights, batch }: Case): Promise<Observations> {
  const images = someBatch(path.input, batch);
  const asked = {
    labelSmoothing: 0.1,
    dropoutSeed: 3,
    weights: weights.filter(({ trainable }) => trainable).map(({ name }) => name),
  };
  const { loss, correct, weights: gradients, gates } = await model.gradients(path, images, asked);
  const stepLosses: number[] = [];
  for (const seed of [1, 2]) {
    stepLosses.push((await model.step(path, someBatch(path.input, batch, seed), options)).loss);
  }
  const stepped = await model.read();
  const logits = {
    moving: await model.evaluate(path, images, { statistics: 'moving', ema: true }),
    batch: await model.evaluate(path, images, { statistics: 'batch', ema: false }),
  };
  await model.recalibrate(path, [someBatch(path.input, 4, 8), someBatch(path.input, 2, 9)]);
  const recalibrated = await model.read();
  return { loss, correct, gradients, gates: asTensors(gates), stepLosses, stepped, logits, recalibrated };
}

/** Compares all that two models of equal weights were observed to do. */
export function expectAgreement(actual: Observations, expected: Observations): void {
  expectClose('loss', [actual.loss], [expected.loss], 0);
  expect(actual.correct).toBe(expected.correct);
  expectAllClose(actual.gradients, expected.gradients);
  expectAllClose(actual.gates, expected.gates);
  for (const [i, loss] of expected.stepLosses.entries()) {
    expectClose('loss of a step', [actual.stepLosses[i]!], [loss], 0);
  }
  expectAllClose(actual.stepped, expected.stepped);
  for (const statistics of ['moving', 'batch'] as const) {
    expectClose(`logits, ${statistics}`, actual.logits[statistics], expected.logits[statistics], 0);
  }
  expectAllClose(actual.recalibrated, expected.recalibrated);
}

const asTensors = (vectors: ReadonlyMap<string, Float32Array>): Tensors =>
  new Map([...vectors].map(([name, data]) => [name, { shape: [data.length], data }]));
