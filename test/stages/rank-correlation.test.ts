import { expect, test } from 'vitest';
import { childNetwork } from '../../src/nas/index.ts';
import { countNetwork } from '../../src/net/index.ts';
import type { Correlation, TrainedModel } from '../../src/stage/index.ts';
import { kendallTau, spearmanRho } from '../../src/train/index.ts';
import { failureOf, runStage } from './harness.ts';
import { space, spaceDigest, train, trial } from './tiny.ts';

const encodings = [
  [0, 0, 0, 0, 0, 0, 0],
  [0, 1, 0, 1, 0, 0, 1],
  [0, 0, 1, 0, 0, 0, 0],
  [0, 1, 1, 0, 0, 0, 1],
];
const { classes, mean, deviation } = train.info;
const modelOf = (
  encoding: readonly number[],
  value: number,
  split = 'validation',
  provenance = 'trained',
): TrainedModel =>
  ({
    info: {
      classes,
      mean,
      deviation,
      input: space.input,
      architecture: { space: spaceDigest, encoding },
      training: { epochs: 1, images: 40, accuracy: { value, provenance, split, images: 21 } },
    },
    network: childNetwork(space, encoding),
    weights: new Map(),
  }) as unknown as TrainedModel;
const models = encodings.map((encoding, i) => modelOf(encoding, [0.5, 0.7, 0.6, 0.9][i]!));
const trials = encodings.map((encoding, i) => trial(i, encoding, [0.2, 0.3, 0.35, 0.4][i]!, 21));

test('trials are matched with models by architecture, whatever their order; the trial on most images counts', async () => {
  const { outputs, summary } = await runStage('rank-correlation', {
    params: {},
    inputs: { models, trials: [trial(9, encodings[0]!, 0.99, 5), ...trials.toReversed()] },
  });
  const found = outputs!.correlation as Correlation;
  const macs = encodings.map((encoding) => countNetwork(childNetwork(space, encoding)).macs);
  expect(found.pairs).toEqual(
    encodings.map((encoding, i) => ({
      encoding,
      cheap: [0.2, 0.3, 0.35, 0.4][i],
      trained: [0.5, 0.7, 0.6, 0.9][i],
      macs: macs[i],
    })),
  );
  expect(found).toMatchObject({ cheap: 'inherited', images: 21, resamples: 2000 });
  expect(found.kendall.value).toBeCloseTo(4 / 6, 12);
  expect(found.spearman.value).toBeCloseTo(0.8, 12);
  expect(found.bySize.kendall.value).toBeCloseTo(kendallTau(macs, [0.5, 0.7, 0.6, 0.9]), 12);
  expect(found.bySize.spearman.value).toBeCloseTo(spearmanRho(macs, [0.5, 0.7, 0.6, 0.9]), 12);
  expect(found.bySize.kendall.value).not.toBe(found.kendall.value);
  expect(summary).toMatchObject({
    architectures: 4,
    tau: found.kendall.value,
    'tau by size': found.bySize.kendall.value,
  });
});

test('models of a proxy task take the place of trials', async () => {
  const proxies = models.map(({ info }) =>
    modelOf(info.architecture!.encoding, 1 - info.training.accuracy.value),
  );
  const { outputs } = await runStage('rank-correlation', { params: {}, inputs: { models, proxies } });
  expect(outputs!.correlation).toMatchObject({ cheap: 'trained', kendall: { value: -1, low: -1 } });
  const inherited = encodings.map((encoding, i) => modelOf(encoding, 0.1 * i, 'validation', 'inherited'));
  const ranked = await runStage('rank-correlation', { params: {}, inputs: { models, proxies: inherited } });
  expect(ranked.outputs!.correlation).toMatchObject({ cheap: 'inherited' });
});

test.each<[string, object, RegExp]>([
  ['incomplete-inputs', { models }, /^either trials or proxies must be wired, and not both$/],
  ['incomplete-inputs', { models, trials, proxies: models }, /and not both$/],
  ['too-few-models', { models: models.slice(0, 1), trials }, /got 1$/],
  [
    'unknown-architecture',
    { models, trials: trials.slice(1) },
    /^no trial has the architecture \[0,0,0,0,0,0,0\]/,
  ],
  ['repeated-architecture', { models: [...models, models[0]], trials }, /^models 5 /],
  [
    'not-held-out',
    { models: [modelOf(encodings[0]!, 0.5, 'train'), models[1]], trials },
    /^the accuracy of models 1 is on its train split/,
  ],
  [
    'not-trained',
    { models: [modelOf(encodings[0]!, 0.5, 'validation', 'inherited'), models[1]], trials },
    /^models 1 has inherited weights; wire models that final-train made to models, and this one to proxies$/,
  ],
  [
    'no-architecture',
    { models: [{ ...models[0], info: { ...models[0]!.info, architecture: undefined } }], trials },
    /^models 1 /,
  ],
])('%s', async (code, inputs, message) => {
  const failure = await failureOf('rank-correlation', { params: {}, inputs: inputs as never });
  expect(failure).toMatchObject({ code, message: expect.stringMatching(message) });
});
