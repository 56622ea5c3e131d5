import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCpuBackend } from '../../src/cpu/index.ts';
import { kinds } from '../../src/kinds/index.ts';
import { encodingKey, macsCost } from '../../src/nas/index.ts';
import type { Backend } from '../../src/net/index.ts';
import type { Architecture, TrainedModel, Trial } from '../../src/stage/index.ts';
import { rungsOf } from '../../stages/successive-halving/rungs.ts';
import { bytesOf, failureOf, runStage, type Setup } from './harness.ts';
import { digests, space, train, trial, validation } from './tiny.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await openCpuBackend({ threads: 1 });
});
afterAll(() => backend.close());

const setup = (params: object, trials?: readonly Trial[]): Setup => ({
  params: { batch: 8, learningRate: { kind: 'cosine', rate: 0.05 }, ...params } as never,
  inputs: { train, validation, space, ...(trials && { trials }) },
  inputDigests: digests,
  backend,
});
const encodings = [
  [0, 0, 0, 0, 0, 0, 0],
  [0, 1, 0, 1, 0, 0, 1],
  [1, 2, 0, 2, 1, 1, 0],
] as const;
const given = encodings.map((encoding, index) => trial(index, encoding, 0.9 - 0.1 * index, 21));

test('rungs: the best 1/eta go on to eta times as many epochs, until none of the next would be left', () => {
  expect(rungsOf(9, 3, 1)).toEqual([
    { networks: 9, epochs: 1 },
    { networks: 3, epochs: 3 },
    { networks: 1, epochs: 9 },
  ]);
  expect(rungsOf(7, 2, 0.5).map(({ networks }) => networks)).toEqual([7, 3, 1]);
  expect(rungsOf(1, 2, 4)).toEqual([{ networks: 1, epochs: 4 }]);
  expect(rungsOf(5, 10, 2)).toEqual([{ networks: 5, epochs: 2 }]);
});

describe('of five networks, three of them given', () => {
  const params = { networks: 5, eta: 2, epochs: 0.4 };
  const run = () => runStage('successive-halving', setup(params, given));

  test('each rung holds the most accurate of the one before, and all of it is trained and on the validation split', async () => {
    const { outputs, summary } = await run();
    const trials = outputs!.trials as readonly Trial[];
    const rungs = [1, 2, 3].map((rung) => trials.filter(({ phase }) => phase === `rung ${rung}`));
    expect(rungs.map((rung) => rung.map(({ epochs }) => epochs))).toEqual(
      [[0.4, 0.4, 0.4, 0.4, 0.4], [0.8, 0.8], [1.6]].slice(0, rungs.length),
    );
    expect(rungs[0]!.slice(0, 3).map(({ encoding }) => encoding)).toEqual(encodings);
    expect(rungs[0]!.map(({ origin }) => origin)).toEqual([
      'controller',
      'controller',
      'controller',
      'random',
      'random',
    ]);
    expect(new Set(rungs[0]!.map(({ encoding }) => encodingKey(encoding))).size).toBe(5);
    for (const [r, next] of rungs.slice(1).entries()) {
      const ranked = rungs[r]!.toSorted((a, b) => b.accuracy.value - a.accuracy.value || a.index - b.index);
      expect(next.map(({ encoding }) => encoding)).toEqual(
        ranked.slice(0, next.length).map(({ encoding }) => encoding),
      );
    }
    for (const { accuracy } of trials)
      expect(accuracy).toMatchObject({ provenance: 'trained', split: 'validation', images: 21 });
    const last = rungs[2]![0]!;
    expect((outputs!.architecture as Architecture).encoding).toEqual(last.encoding);
    expect((outputs!.architecture as Architecture).accuracy).toEqual(last.accuracy);
    const model = outputs!.model as TrainedModel;
    expect(kinds.model.check(model).ok).toBe(true);
    expect(model.info.training).toEqual({ epochs: 1.6, images: 40, accuracy: last.accuracy });
    expect(summary).toMatchObject({
      accuracy: last.accuracy.value,
      on: 'validation',
      networks: 5,
      rungs: 3,
      epochs: 1.6,
    });
    // the list of who went furthest comes first, whatever was more accurate in a shorter training
    const ranked = kinds.trials
      .render(trials)
      .split('\n')
      .filter((line) => /^ *#/.test(line));
    expect(ranked[0]).toContain(`#${last.index} `);
  });

  test('to go on from a checkpoint is to train on: the one that is left has the bytes of one that was never laid aside', async () => {
    const { outputs } = await run();
    const found = outputs!.architecture as Architecture;
    const alone = await runStage(
      'successive-halving',
      setup({ ...params, networks: 1, epochs: 1.6 }, [trial(0, found.encoding, 0.5, 7)]),
    );
    expect(bytesOf(alone.outputs!.model)).toEqual(bytesOf(outputs!.model));
  });
});

test('nothing above the limit is trained, given or drawn', async () => {
  const limit = macsCost(space).cost(encodings[1]);
  const { outputs } = await runStage(
    'successive-halving',
    setup({ networks: 4, eta: 4, epochs: 0.2, limit: { quantity: 'macs', value: limit } }, given),
  );
  const trials = outputs!.trials as readonly Trial[];
  expect(trials.every(({ cost, target }) => cost <= limit && target === limit)).toBe(true);
  expect(trials.slice(0, 2).map(({ encoding }) => encoding)).toEqual(encodings.slice(0, 2));
});

test('more networks than there are within the limit are refused', async () => {
  const limit = { quantity: 'macs', fraction: 0 };
  expect(await failureOf('successive-halving', setup({ networks: 2, limit }))).toMatchObject({
    code: 'no-allowed-architecture',
    message: expect.stringMatching(/^no architecture was found of at most .* and that is new in 1000 draws$/),
  });
});
