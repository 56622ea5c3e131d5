import { expect, test } from 'vitest';
import { digester } from '../../src/base/digest.ts';
import { numericsVersion, type StepOptions } from '../../src/net/backend.ts';
import { openOracle } from '../contract/backend.ts';
import { prefixCase, someBatch, someWeights } from '../contract/backend-cases.ts';

const golden = {
  numericsVersion: 2,
  digest: '81131bdf7e25f2009386c98388510a2b952ff38f9a77db2a76c33044e9d8082b',
};

const options: StepOptions = {
  learningRate: 0.05,
  weightDecay: 0.01,
  labelSmoothing: 0.1,
  emaDecay: 0.9,
  clipNorm: 1,
  dropoutSeed: 11,
};

test('two steps through the plain kernels give the bytes that belong to numericsVersion', async () => {
  const { path, weights } = prefixCase();
  const backend = await openOracle();
  const model = await backend.build(weights, { kind: 'sgd', momentum: 0.9, nesterov: true, ema: true });
  await model.write(someWeights(weights));
  for (const seed of [1, 2]) await model.step(path, someBatch(path.input, 3, seed), options);
  const hash = digester();
  for (const [, { data }] of [...(await model.read())].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  await model.close();
  await backend.close();
  expect(
    { numericsVersion, digest: hash.digest() },
    'The bytes of a training step on the tf backend changed: raise numericsVersion, and put the new digest here.',
  ).toEqual(golden);
});
