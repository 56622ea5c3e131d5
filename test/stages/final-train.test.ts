import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCpuBackend } from '../../src/cpu/index.ts';
import { childNetwork } from '../../src/nas/index.ts';
import { type Backend, countNetwork } from '../../src/net/index.ts';
import type { EvaluatedModel, TrainedModel } from '../../src/stage/index.ts';
import { evaluationOnly, openTeacher, plainBatch, softmax } from '../../src/train/index.ts';
import { failureOf, runStage, type Setup } from './harness.ts';
import {
  architecture,
  digests,
  predictorOf,
  space,
  spaceDigest,
  table,
  tableSum,
  teacher,
  test as testSplit,
  train,
  validation,
} from './tiny.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await openCpuBackend({ threads: 1 });
});
afterAll(() => backend.close());

const encoding = [0, 1, 0, 1, 0, 1, 0];
const setup = (params: object, inputs: object = {}): Setup => ({
  params: {
    batch: 8,
    epochs: 6,
    emaDecay: 0,
    learningRate: { kind: 'cosine', rate: 0.1 },
    ...params,
  } as never,
  inputs: { train, space, architecture: architecture(encoding), ...inputs },
  inputDigests: digests,
  backend,
});
const modelOf = async (params: object, inputs: object = {}): Promise<TrainedModel> =>
  (await runStage('final-train', setup(params, inputs))).outputs!.model as TrainedModel;

test('it learns, and evaluate agrees with what it says of itself', async () => {
  const model = await modelOf({ augment: { pad: 0, flip: true, cutout: 0 } }, { validation });
  expect(model.info.training).toMatchObject({
    epochs: 6,
    images: 40,
    accuracy: { provenance: 'trained', split: 'validation', images: 21 },
  });
  expect(model.info.training.accuracy.value).toBeGreaterThan(0.6);
  const { outputs } = await runStage('evaluate', {
    params: { batch: 8 },
    inputs: { model: predictorOf(model), test: testSplit, table, space },
    inputDigests: digests,
    backend,
  });
  const { metrics, probabilities, labels } = outputs!.evaluation as EvaluatedModel;
  const { params, macs } = countNetwork(childNetwork(space, encoding));
  expect(metrics.costs).toEqual({ params, macs, latency: tableSum(encoding) });
  expect(metrics.accuracy).toMatchObject({ provenance: 'trained', split: 'test', images: 23 });
  expect(metrics.top5).toBe(1);
  expect(labels).toEqual(testSplit.labels);
  const hits = [...labels].filter((label, i) => {
    const row = probabilities.subarray(3 * i, 3 * i + 3);
    return row.indexOf(Math.max(...row)) === label;
  }).length;
  expect(metrics.accuracy.value).toBeCloseTo(hits / 23, 12);
  expect(metrics.confusion.flat().reduce((sum, n) => sum + n)).toBe(23);
  const nll = [...labels].reduce((sum, label, i) => sum - Math.log(probabilities[3 * i + label]!), 0) / 23;
  expect(metrics.negativeLogLikelihood).toBeCloseTo(nll, 5);
});

test('the test split is standardised as the model was trained, not by statistics of its own', async () => {
  const model = await modelOf({});
  const evaluated = async (mean: number[]) => {
    const { outputs } = await runStage('evaluate', {
      params: {},
      inputs: { model: predictorOf(model), test: { ...testSplit, info: { ...testSplit.info, mean } } },
      backend,
    });
    return (outputs!.evaluation as EvaluatedModel).probabilities;
  };
  expect(await evaluated([0.9, 0.1])).toEqual(await evaluated([0.4, 0.4]));
});

test('with useValidation it trains on both splits, and without a held-out split it is scored on train', async () => {
  const both = await modelOf({ useValidation: true, epochs: 1 }, { validation });
  expect(both.info.training).toMatchObject({ images: 61, accuracy: { split: 'train', images: 61 } });
  const alone = await modelOf({ epochs: 1 });
  expect(alone.info.training).toMatchObject({ images: 40, accuracy: { split: 'train', images: 40 } });
  expect(await failureOf('final-train', setup({ useValidation: true }))).toEqual({
    code: 'no-validation',
    message: 'useValidation is set, but the input validation is not wired',
  });
});

test('an architecture of another space is refused', async () => {
  const foreign = { ...architecture(encoding), space: '6'.repeat(64) };
  const { code, message } = await failureOf('final-train', setup({}, { architecture: foreign }));
  expect(code).toBe('space-mismatch');
  expect(message).toContain(`666666666666, but the input space is ${spaceDigest.slice(0, 12)}`);
});

test('a test split of other classes is refused', async () => {
  const model = await modelOf({ epochs: 0.2 });
  const other = { ...testSplit, info: { ...testSplit.info, classes: ['a', 'b', 'c'] } };
  const failure = await failureOf('evaluate', {
    params: {},
    inputs: { model: predictorOf(model), test: other },
    backend,
  });
  expect(failure.code).toBe('classes-differ');
});

test('a teacher is agreed with the more, the more it counts; one of other classes or images is refused', async () => {
  const agreement = async (teacherRatio: number): Promise<number> => {
    const model = await modelOf({ teacherRatio, labelSmoothing: 0, clipNorm: 1 }, { teacher });
    const running = await backend.build(model.network.weights, evaluationOnly);
    await running.write(model.weights);
    const { teach, close } = await openTeacher(backend, teacher, train.info);
    const all = await teach(plainBatch(train, [...train.labels.keys()]), space.input);
    const logits = await running.evaluate(model.network, all, { statistics: 'moving' });
    await Promise.all([running.close(), close()]);
    const own = new Float32Array(3);
    let entropy = 0;
    for (let i = 0; i < logits.length; i += 3) {
      const logarithms = softmax(logits.subarray(i, i + 3), own);
      entropy -= logarithms.reduce((sum, value, c) => sum + value * all.teacher![i + c]!, 0);
    }
    return (3 * entropy) / logits.length;
  };
  expect(await agreement(5)).toBeLessThan(0.8 * (await agreement(0)));

  const other = { ...teacher, info: { ...teacher.info, classes: ['a', 'b', 'c'] } };
  expect(await failureOf('final-train', setup({}, { teacher: other }))).toEqual({
    code: 'teacher-differs',
    message: 'the teacher tells a, b, c apart, but the training images are of top, upper, middle',
  });
  const wide = { ...teacher, network: { ...teacher.network, input: { h: 5, w: 6, c: 3 } } };
  expect(await failureOf('final-train', setup({}, { teacher: wide }))).toEqual({
    code: 'teacher-differs',
    message: 'the teacher takes images of 3 channels, but the training images have 2',
  });
});

test('a teacher sees images standardised as it was trained', async () => {
  const batch = plainBatch(train, [0, 1, 2, 3]);
  const { mean, deviation } = teacher.info;
  const asTrained = plainBatch({ ...train, info: { ...train.info, mean, deviation } }, [0, 1, 2, 3]);
  const ours = await openTeacher(backend, teacher, train.info);
  const theirs = await openTeacher(backend, teacher, { ...train.info, mean, deviation });
  const expected = (await theirs.teach(asTrained, space.input)).teacher!;
  for (const [i, value] of (await ours.teach(batch, space.input)).teacher!.entries()) {
    expect(value).toBeCloseTo(expected[i]!, 5);
  }
  await Promise.all([ours.close(), theirs.close()]);
});

test('each optimiser, and each way to clip, makes other weights; RMSProp and Adam learn, too', async () => {
  const rate = { kind: 'constant', rate: 0.01, warmup: 0 };
  const kinds = [
    { optimiser: { kind: 'sgd' } },
    { optimiser: { kind: 'rmsprop' } },
    { optimiser: { kind: 'adam' }, weightDecay: 0.1 },
    { optimiser: { kind: 'adamw' }, weightDecay: 0.1 },
    { clipNorm: 0.01, clipBy: 'global-norm' },
    { clipNorm: 0.01, clipBy: 'norm' },
    { clipNorm: 0.01, clipBy: 'value' },
  ];
  const made: TrainedModel[] = [];
  for (const params of kinds) {
    made.push(
      await modelOf({
        epochs: 40,
        learningRate: rate,
        augment: { pad: 0, flip: false, cutout: 0 },
        ...params,
      }),
    );
  }
  const stems = made.map(({ weights }) => JSON.stringify([...weights.get('stem.conv.weight')!.data]));
  expect(new Set(stems).size).toBe(made.length);
  for (const { info } of made.slice(1, 4)) expect(info.training.accuracy.value).toBeGreaterThan(0.6);
});

test('auxiliary head and drop-path change what is learnt, not the network', async () => {
  const plain = await modelOf({ epochs: 1 });
  for (const params of [
    { auxiliaryWeight: 0.4 },
    { dropPath: { rate: 0.5 } },
    { dropPath: { rate: 0.5, grow: true } },
  ]) {
    const model = await modelOf({ epochs: 1, ...params });
    expect(model.network).toEqual(childNetwork(space, encoding));
    expect([...model.weights.keys()]).toEqual([...plain.weights.keys()]);
    expect(model.weights, JSON.stringify(params)).not.toEqual(plain.weights);
  }
});
