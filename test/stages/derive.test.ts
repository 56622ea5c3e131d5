import { expect, test } from 'vitest';
import { canonicalEncoding, macsCost, paramsCost } from '../../src/nas/index.ts';
import type { Architecture } from '../../src/stage/index.ts';
import { failureOf, runStage } from './harness.ts';
import { digests, space, trial, validation } from './tiny.ts';

const encoding = [...canonicalEncoding(space, [0, 1, 1, 2, 0, 1, 0])];
const setup = (params: object, inputs: object = {}) => ({
  params: params as never,
  inputs: { space, ...inputs },
  inputDigests: digests,
});
const derived = async (params: object, inputs: object = {}) =>
  (await runStage('derive', setup(params, inputs))).outputs!.architecture as Architecture;

test('the best trial by any figure, the first of equals', async () => {
  const trials = [
    trial(0, encoding, 0.5, 7),
    trial(1, [0, 0, 0, 0, 0, 0, 0], 0.9, 7),
    trial(2, encoding, 0.9, 7),
  ];
  expect((await derived({}, { trials })).encoding).toEqual([0, 0, 0, 0, 0, 0, 0]);
  expect((await derived({ best: 'lowest' }, { trials })).encoding).toEqual(encoding);
  expect((await derived({ by: 'cost' }, { trials })).encoding).toEqual(encoding);
});

test('only of the phase asked for, and in another space of the same choices, whose costs it then has', async () => {
  const trials = [trial(0, [0, 0, 0, 0, 0, 0, 0], 0.9, 7), trial(1, encoding, 0.5, validation.info.count)];
  const wider = { ...space, head: { ...space.head, filters: 48 } };
  const { encoding: found, costs } = await derived({ phase: 'derive' }, { trials, space: wider });
  expect(found).toEqual(encoding);
  expect(costs).toEqual({ params: paramsCost(wider).cost(encoding), macs: macsCost(wider).cost(encoding) });
});

test.each<[string, object, object, RegExp]>([
  [
    'no-trials',
    { phase: 'evolve' },
    { trials: [trial(0, encoding, 0.5, 7)] },
    /of the phase evolve to choose/,
  ],
  ['no-trials', {}, { trials: [] }, /^there are no trials/],
  [
    'no-figure',
    { by: 'reward' },
    { trials: [0, 1].map((at) => trial(at, encoding, 0.5, 7)) },
    /^trial 1 has no reward$/,
  ],
])('%s', async (code, params, inputs, message) => {
  expect(await failureOf('derive', setup(params, inputs))).toMatchObject({
    code,
    message: expect.stringMatching(message),
  });
});
