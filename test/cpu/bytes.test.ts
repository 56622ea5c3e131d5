import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openCpuBackend } from '../../src/cpu/index.ts';
import type { Kernels } from '../../src/cpu/kernels.ts';
import type { Backend, Model, OptimiserSpec, StepOptions } from '../../src/net/backend.ts';
import { numericsVersion } from '../../src/net/backend.ts';
import { mbconv } from '../../src/net/blocks.ts';
import { NetworkBuilder } from '../../src/net/builder.ts';
import type { Network, Tensor, Tensors, WeightSpec } from '../../src/net/network.ts';
import { reachedWeights } from '../../src/net/reach.ts';
import { prefix } from '../../src/net/slice.ts';
import { startingValues } from '../contract/backend.ts';
import { type Case, prefixCase, someBatch, someWeights } from '../contract/backend-cases.ts';
import { derivedCases } from '../contract/backend-derived-cases.ts';
import { descents } from '../contract/backend-descent.ts';
import { layerCases } from '../contract/backend-layer-cases.ts';
import { builds } from './builds.ts';

const optimiser: OptimiserSpec = { kind: 'sgd', momentum: 0.9, nesterov: true, ema: true };
const options: StepOptions = {
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

async function filled(backend: Backend, weights: readonly WeightSpec[], values?: Tensors): Promise<Model> {
  const model = await backend.build(weights, optimiser);
  await model.write(values ?? someWeights(weights));
  return model;
}

/** Digest of all weights and slots, logits and gate gradients after a few calls of every kind. */
async function history(threads: number, kernels?: Kernels): Promise<string> {
  const backend = await openCpuBackend({ threads, ...(kernels && { kernels }) });
  const path = everyLayer();
  const model = await filled(backend, path.weights);
  for (const seed of [1, 2]) await model.step(path, someBatch(path.input, 9, seed), options);
  const gradients = await model.gradients(path, someBatch(path.input, 5, 3), { labelSmoothing: 0 });
  const logits = await model.evaluate(path, someBatch(path.input, 5, 4), { statistics: 'moving', ema: true });
  await model.recalibrate(path, [someBatch(path.input, 4, 5), someBatch(path.input, 2, 6)]);
  const all = new Map(await model.read());
  all.set('logits', { shape: [logits.length], data: logits });
  for (const [id, data] of gradients.gates) all.set(`gate:${id}`, { shape: [data.length], data });
  await backend.close();
  return digest(all);
}

/** Digest of all weights and slots after a step of each of the layer cases, under one optimiser after the other. */
async function layerHistory(cases: readonly Case[], threads: number, kernels: Kernels): Promise<string> {
  const backend = await openCpuBackend({ threads, kernels });
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
  await backend.close();
  return digest(all);
}

const changed =
  'The bytes of a training step on the cpu backend changed: raise numericsVersion in src/net/backend.ts, and put ' +
  'the new digests into test/cpu/golden.json.';

const golden = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8')) as {
  numericsVersion: number;
  digests: Readonly<Record<string, string>>;
  /** Of layers of all kinds. */
  layers: Readonly<Record<string, string>>;
  /** Of depthwise kernels made of larger ones. */
  derived: Readonly<Record<string, string>>;
};

describe.each(await builds())('$name', ({ kernels, missing }) => {
  test('one, two, three and eight threads give the same bytes', async ({ skip }) => {
    if (kernels === undefined) return skip(missing);
    const one = await history(1, kernels);
    for (const threads of [2, 3, 8]) expect(await history(threads, kernels), `${threads} threads`).toBe(one);
  });

  test.for([
    ['layers of all kinds', layerCases, golden.layers],
    ['kernels made of larger ones', derivedCases, golden.derived],
  ] as const)(
    '%s and all optimisers: the same bytes with three threads, and those of numericsVersion',
    async ([, cases, digests], { skip }) => {
      if (kernels === undefined) return skip(missing);
      const one = await layerHistory(cases, 1, kernels);
      expect(await layerHistory(cases, 3, kernels)).toBe(one);
      const recorded = digests[kernels.instructionSet];
      if (recorded === undefined) return skip(`no bytes of ${kernels.instructionSet} are on record for them`);
      expect({ numericsVersion, digest: one }, changed).toEqual({
        numericsVersion: golden.numericsVersion,
        digest: recorded,
      });
    },
  );

  test('a training step gives the bytes that belong to numericsVersion', async ({ skip }) => {
    if (kernels === undefined) return skip(missing);
    const { instructionSet } = kernels;
    const actual = { numericsVersion, digest: await history(2, kernels) };
    expect(actual, changed).toEqual({
      numericsVersion: golden.numericsVersion,
      digest: golden.digests[instructionSet],
    });
  });
});

test('without fused arithmetic, vectors of four give the same bytes in both builds', () => {
  expect(golden.digests.sse2).toBe(golden.digests['wasm-simd128']);
});

test('a path over prefixes computes what a model of just those weights computes, to the byte', async () => {
  const backend = await openCpuBackend({ threads: 2 });
  const { path, weights } = prefixCase();
  const wide = someWeights(weights);
  const used = reachedWeights(path);
  const specs = weights
    .filter(({ name }) => used.has(name))
    .map((spec) => ({ ...spec, shape: used.get(spec.name)! }));
  const cut = (tensors: Tensors): Tensors =>
    new Map(
      [...tensors].flatMap(([name, tensor]) => {
        const shape = used.get(name.replace(/^(momentum|ema):/, ''));
        return shape === undefined ? [] : [[name, prefix(tensor, shape)] as const];
      }),
    );
  const large = await filled(backend, weights, wide);
  const small = await filled(backend, specs, cut(wide));
  for (const seed of [1, 2]) {
    const batch = someBatch(path.input, 6, seed);
    expect(await large.step(path, batch, options)).toEqual(await small.step(path, batch, options));
  }
  expect(cut(await large.read())).toEqual(await small.read());
  await backend.close();
});
