import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Backend, Model, OptimiserSpec, StepOptions } from '../../src/net/backend.ts';
import { mbconv } from '../../src/net/blocks.ts';
import { NetworkBuilder } from '../../src/net/builder.ts';
import type { Network, Tensor, Tensors, WeightSpec } from '../../src/net/network.ts';
import { type Case, someBatch, someWeights } from '../contract/backend-cases.ts';
import { descents } from '../contract/backend-descent.ts';
import { startingValues } from '../contract/backend-lab.ts';

/** What makes models. */
type Builder = Pick<Backend, 'build'>;

const optimiser: OptimiserSpec = { kind: 'sgd', momentum: 0.9, nesterov: true, ema: true };
export const options: StepOptions = {
  learningRate: 0.05,
  weightDecay: 0.01,
  labelSmoothing: 0.1,
  emaDecay: 0.9,
  clipNorm: 1,
  dropoutSeed: 11,
};

/** A network that has every kind of layer. */
function everyLayer(): Network {
  const b = new NetworkBuilder({ h: 13, w: 11, c: 3 });
  const bn = { decay: 0.9, epsilon: 1e-3 };
  let x = b.conv('stem', b.input, { filters: 17, kernel: 3, stride: 2, bias: true });
  x = b.activation('stem/act', b.batchNorm('stem/bn', x, bn), 'swish');
  x = mbconv(b, 'first', x, {
    expanded: 34,
    output: 17,
    kernel: 5,
    stride: 1,
    activation: 'h-swish',
    squeezeExcite: { squeeze: 9, gate: 'sigmoid' },
    batchNorm: bn,
  });
  const narrow = b.conv('narrow', x, { filters: 10, kernel: 1, groups: 1 });
  const gathered = b.conv('grouped', narrow, { filters: 10, kernel: 3, groups: 2 });
  const mean = b.pool('mean', narrow, { fn: 'average', kernel: 3 });
  x = b.mix('mix', [gathered, mean, narrow], [0.5, 0.25, 0.25], true);
  x = b.pool('max', x, { fn: 'max', kernel: 3, stride: 2 });
  x = b.activation('tanh', b.depthwise('seven', x, { kernel: 7 }), 'tanh');
  x = b.dropout('drop', b.globalPool('pool', x), 0.3);
  return b.finish(b.dense('head', x, { units: 5 }));
}

const digest = (tensors: Tensors): string => {
  const hash = createHash('sha256');
  for (const name of [...tensors.keys()].sort()) {
    hash.update(name);
    hash.update(new Uint8Array(tensors.get(name)!.data.buffer));
  }
  return hash.digest('hex');
};

export async function filled(
  backend: Builder,
  weights: readonly WeightSpec[],
  values?: Tensors,
): Promise<Model> {
  const model = await backend.build(weights, optimiser);
  await model.write(values ?? someWeights(weights));
  return model;
}

/** Digest of all weights and slots, logits and gate gradients after a few calls of every kind. */
export async function history(backend: Builder): Promise<string> {
  const path = everyLayer();
  const model = await filled(backend, path.weights);
  for (const seed of [1, 2]) await model.step(path, someBatch(path.input, 9, seed), options);
  const gradients = await model.gradients(path, someBatch(path.input, 5, 3), { labelSmoothing: 0 });
  const logits = await model.evaluate(path, someBatch(path.input, 5, 4), { statistics: 'moving', ema: true });
  await model.recalibrate(path, [someBatch(path.input, 4, 5), someBatch(path.input, 2, 6)]);
  const all = new Map(await model.read());
  all.set('logits', { shape: [logits.length], data: logits });
  for (const [id, data] of gradients.gates) all.set(`gate:${id}`, { shape: [data.length], data });
  return digest(all);
}

/** Digest of all weights and slots after a step of each of the layer cases, under one optimiser after the other. */
export async function layerHistory(backend: Builder, cases: readonly Case[]): Promise<string> {
  const all = new Map<string, Tensor>();
  for (const [i, { name, path, weights, batch }] of cases.entries()) {
    const { optimiser, clipBy } = descents[i % descents.length]!;
    const model = await backend.build(weights, optimiser);
    await model.write(startingValues(weights, optimiser));
    await model.step(path, someBatch(path.input, batch + 8), {
      ...options,
      teacherRatio: 0.5,
      ...(clipBy && { clipBy }),
    });
    for (const [weight, tensor] of await model.read()) all.set(`${name}: ${weight}`, tensor);
    await model.close();
  }
  return digest(all);
}

/** What the bytes must be, by instruction set. */
export const golden = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8')) as {
  numericsVersion: number;
  digests: Readonly<Record<string, string>>;
  /** Of layers of all kinds. */
  layers: Readonly<Record<string, string>>;
  /** Of depthwise kernels made of larger ones. */
  derived: Readonly<Record<string, string>>;
};
