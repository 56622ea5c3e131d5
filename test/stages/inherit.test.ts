import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import { openCpuBackend } from '../../src/cpu/index.ts';
import { randomEncoding, supernetPath, supernetWeights } from '../../src/nas/index.ts';
import type { Backend } from '../../src/net/index.ts';
import type { EvaluatedModel, Supernet, TrainedModel, Trial } from '../../src/stage/index.ts';
import {
  calibrationOf,
  evaluationOnly,
  initialise,
  plainBatch,
  recalibrateOn,
  splitFor,
} from '../../src/train/index.ts';
import { smallNamedSpaces } from '../nas/small-spaces.ts';
import { elasticSpace, sidedSpace } from '../nas/spaces.ts';
import { failureOf, runStage, type Setup, stageSchema } from './harness.ts';
import {
  architecture,
  digests,
  predictorOf,
  space,
  spaceDigest,
  supernet,
  test as testSplit,
  train,
  validation,
} from './tiny.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await openCpuBackend({ threads: 1 });
});
afterAll(() => backend.close());

const inputDigests = { ...digests, train: '7'.repeat(64) };
const recalibrationImages = 16;
const choices = (encoding: readonly number[]) => ({ space: spaceDigest, encoding: [...encoding] });
const setup = (inputs: object, params: object = { recalibrationImages }): Setup => ({
  params: params as never,
  inputs: inputs as Setup['inputs'],
  inputDigests,
  backend,
});
const { height: h, width: w, channels: c, classes } = train.info;
const spaces = [
  ['mobilenet', space],
  ['elastic', elasticSpace],
  ['elastic, with two sides', sidedSpace],
  ...smallNamedSpaces({ input: { h, w, c }, classes: classes.length }),
] as const;

describe.each(spaces)('%s', (_, of) => {
  const weights = initialise(supernetWeights(of), createRng(9));
  const shared: Supernet = { info: { space: spaceDigest, steps: 4, phases: ['warm-up'] }, weights };
  const encoding = randomEncoding(of, createRng(5));
  const inputs = { train, validation, space: of, supernet: shared, architecture: choices(encoding) };
  let model: TrainedModel;
  beforeAll(async () => {
    model = (await runStage('inherit', setup(inputs))).outputs!.model as TrainedModel;
  });

  test('the model says what the path of the supernet says, recalibrated as a search does', async () => {
    const path = supernetPath(of, encoding);
    const holder = await backend.build(supernetWeights(of), evaluationOnly);
    await holder.write(weights);
    await recalibrateOn(holder, path, train, calibrationOf(recalibrationImages, inputDigests));
    const alone = await backend.build(model.network.weights, evaluationOnly);
    await alone.write(model.weights);
    const batch = plainBatch(splitFor(validation, path.input), [0, 3, 5, 8, 13]);
    const wanted = await holder.evaluate(path, batch, { statistics: 'moving' });
    const said = await alone.evaluate(model.network, batch, { statistics: 'moving' });
    const scale = Math.max(...wanted.map(Math.abs));
    expect(scale).toBeGreaterThan(0);
    for (const [i, value] of wanted.entries()) expect(Math.abs(said[i]! - value)).toBeLessThan(1e-4 * scale);
    await Promise.all([holder.close(), alone.close()]);
  });

  test('evaluate says that its weights are inherited, and training that begins with it begins at its accuracy', async () => {
    const { accuracy, ...training } = model.info.training;
    expect(training).toEqual({ epochs: 0, images: recalibrationImages });
    expect(accuracy).toMatchObject({ provenance: 'inherited', split: 'validation', images: 21 });
    const evaluated = async (which: TrainedModel) =>
      (await runStage('evaluate', setup({ model: predictorOf(which), test: testSplit }, {}))).outputs!
        .evaluation as EvaluatedModel;
    const { metrics } = await evaluated(model);
    expect(metrics.accuracy).toMatchObject({ provenance: 'inherited', split: 'test', images: 23 });
    expect(metrics.start).toBeUndefined();
    const { supernet: __, ...own } = inputs;
    const { outputs, summary } = await runStage(
      'final-train',
      setup({ ...own, start: predictorOf(model) }, { batch: 8, epochs: 0.2 }),
    );
    expect(summary['start accuracy']).toBe(accuracy.value);
    const tuned = outputs!.model as TrainedModel;
    expect(tuned.info.training).toMatchObject({ start: 'inherited', accuracy: { provenance: 'trained' } });
    expect(tuned.weights).not.toEqual(model.weights);
    expect((await evaluated(tuned)).metrics).toMatchObject({
      accuracy: { provenance: 'trained' },
      start: 'inherited',
    });
  });
});

const encoding = [0, 1, 0, 1, 0, 1, 0];
const inputs = { train, space, supernet, architecture: architecture(encoding) };

test('its accuracy is the one that a search gave the architecture on the same weights', async () => {
  const limit = { quantity: 'macs', fraction: 1 };
  const { outputs } = await runStage(
    'random-search',
    setup({ train, validation, space, supernet }, { limit, evaluations: 5, recalibrationImages }),
  );
  for (const trial of outputs!.trials as readonly Trial[]) {
    const given = setup({ ...inputs, validation, architecture: architecture(trial.encoding) });
    const { model } = (await runStage('inherit', given)).outputs as { model: TrainedModel };
    expect(model.info.training.accuracy).toEqual(trial.accuracy);
  }
});

test('without held-out images it is scored on those it was recalibrated from; it reads every param', async () => {
  const { outputs, summary, read } = await runStage('inherit', setup(inputs));
  const { training } = (outputs!.model as TrainedModel).info;
  expect(training.accuracy).toMatchObject({ split: 'train', images: 40 });
  expect(summary).toMatchObject({ on: 'train', images: 40 });
  const { properties } = (await stageSchema('inherit')) as { properties: object };
  expect([...read]).toEqual(Object.keys(properties));
});

test('what training begins with: another network, other classes and a trained model', async () => {
  const { model } = (await runStage('inherit', setup(inputs))).outputs as { model: TrainedModel };
  const start = predictorOf(model);
  const training = (more: object) => setup({ ...inputs, start, ...more }, { batch: 8, epochs: 0.2 });
  expect(
    await failureOf('final-train', training({ architecture: architecture([1, 0, 1, 0, 1, 0, 1]) })),
  ).toEqual({
    code: 'start-differs',
    message:
      'the model that is wired to start is another network than that of the architecture; wire one that was made with the same space and architecture',
  });
  const other = { ...train, info: { ...train.info, classes: ['a', 'b', 'c'] } };
  expect(await failureOf('final-train', training({ train: other }))).toEqual({
    code: 'start-differs',
    message:
      'the model that is wired to start tells top, upper, middle apart, but the training images are of a, b, c',
  });
  const trained = { ...start, weightsFrom: { provenance: 'trained' } };
  const { outputs } = await runStage('final-train', training({ start: trained }));
  expect((outputs!.model as TrainedModel).info.training.start).toBe('trained');
  // statistics of other images do not move what the weights are used to
  const shifted = { ...train, info: { ...train.info, mean: [0.9, 0.1] } };
  const { info } = (await runStage('final-train', training({ train: shifted }))).outputs!
    .model as TrainedModel;
  expect(info.mean).toEqual(start.info.mean);
});

test('a supernet or an architecture of another space is refused', async () => {
  const foreign = { ...supernet, info: { ...supernet.info, space: '6'.repeat(64) } };
  expect((await failureOf('inherit', setup({ ...inputs, supernet: foreign }))).code).toBe('space-mismatch');
});
