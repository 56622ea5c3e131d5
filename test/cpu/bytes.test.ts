import { describe, expect, test } from 'vitest';
import { openCpuBackend } from '../../src/cpu/index.ts';
import type { Kernels } from '../../src/cpu/kernels.ts';
import type { Backend } from '../../src/net/backend.ts';
import { numericsVersion } from '../../src/net/backend.ts';
import type { Tensors } from '../../src/net/network.ts';
import { reachedWeights } from '../../src/net/reach.ts';
import { prefix } from '../../src/net/slice.ts';
import { prefixCase, someBatch, someWeights } from '../contract/backend-cases.ts';
import { derivedCases } from '../contract/backend-derived-cases.ts';
import { layerCases } from '../contract/backend-layer-cases.ts';
import { builds } from './builds.ts';
import { filled, golden, history, layerHistory, options } from './history.ts';

const onThreads = async (
  threads: number,
  kernels: Kernels,
  of: (backend: Backend) => Promise<string>,
): Promise<string> => {
  const backend = await openCpuBackend({ threads, kernels });
  const digest = await of(backend);
  await backend.close();
  return digest;
};

const changed =
  'The bytes of a training step on the cpu backend changed: raise numericsVersion in src/net/backend.ts, and put ' +
  'the new digests into test/cpu/golden.json.';

describe.each(await builds())('$name', ({ kernels, missing }) => {
  test('one, two, three and eight threads give the same bytes', async ({ skip }) => {
    if (kernels === undefined) return skip(missing);
    const one = await onThreads(1, kernels, history);
    for (const threads of [2, 3, 8])
      expect(await onThreads(threads, kernels, history), `${threads} threads`).toBe(one);
  });

  test.for([
    ['layers of all kinds', layerCases, golden.layers],
    ['kernels made of larger ones', derivedCases, golden.derived],
  ] as const)(
    '%s and all optimisers: the same bytes with three threads, and those of numericsVersion',
    async ([, cases, digests], { skip }) => {
      if (kernels === undefined) return skip(missing);
      const one = await onThreads(1, kernels, (backend) => layerHistory(backend, cases));
      expect(await onThreads(3, kernels, (backend) => layerHistory(backend, cases))).toBe(one);
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
    const actual = { numericsVersion, digest: await onThreads(2, kernels, history) };
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
