import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/rng.ts';
import { openCpuBackend } from '../../src/cpu/index.ts';
import type { Backend, Model, OptimiserSpec, StepOptions } from '../../src/net/backend.ts';
import type { Network, Tensor } from '../../src/net/network.ts';
import { readSafetensors, writeSafetensors } from '../../src/net/safetensors.ts';
import type { CheckpointState, Progress } from '../../src/stage/contract.ts';
import {
  type BatchSource,
  initialise,
  restore,
  type Training,
  train,
  trainingBatches,
  writeWeights,
} from '../../src/train/index.ts';
import { openOracle } from '../contract/backend.ts';
import { toyBatches, toyPaths, toySplit, toySupernet } from './toy.ts';

const optimiser: OptimiserSpec = { kind: 'sgd', momentum: 0.9, nesterov: true, ema: true };

let backend: Backend;
const models: Model[] = [];
beforeAll(async () => {
  backend = await openOracle();
});
afterAll(async () => {
  for (const model of models) await model.close();
  await backend.close();
});

async function emptyModel(): Promise<Model> {
  const model = await backend.build(toySupernet.weights, optimiser);
  models.push(model);
  return model;
}

async function freshModel(): Promise<Model> {
  const model = await emptyModel();
  await writeWeights(model, initialise(toySupernet.weights, createRng(2)), true);
  return model;
}

/** Samples one of two paths a step; a stage's own state counts how often the first was taken. */
function toyTraining(model: Model, steps: number) {
  const split = toySplit(45);
  const progress: Progress[] = [];
  let now = 0;
  let taken: Tensor = { shape: [1], data: new Float32Array(1) };
  const paths = createRng(9);
  const sampled = (step: number) => paths.fork(step).integer(2);
  const training: Training = {
    model,
    batches: toyBatches(split, 10),
    steps,
    pathAt: (step) => toyPaths[sampled(step)]!,
    settings: {
      schedule: { kind: 'cosine', rate: 0.08, warmup: 4 },
      weightDecay: 1e-4,
      labelSmoothing: 0.05,
      emaDecay: 0.8,
      clipNorm: 5,
    },
    rng: createRng(4),
    tick: async (step) => void progress.push(step),
    stopwatch: () => (now += 20),
    afterStep: async (step) => {
      if (sampled(step) === 0) taken = { shape: [1], data: taken.data.map((count) => count + 1) };
      return { taken: taken.data[0]! };
    },
    extra: () => ({ state: { note: 'mine' }, tensors: new Map([['taken', taken]]) }),
  };
  return {
    training,
    progress,
    taken: () => taken.data[0]!,
    resume: (state: CheckpointState) => {
      taken = state.tensors.get('taken')!;
    },
  };
}

/** A model that keeps what it is asked for. */
function recorded(model: Model) {
  const prepared: { path: Network; size: number; options: StepOptions }[] = [];
  const stepped: typeof prepared = [];
  const recording: Model = {
    weights: model.weights,
    step: (path, batch, options) => {
      stepped.push({ path, size: batch.size, options });
      return model.step(path, batch, options);
    },
    prepare: (path, { size }, options) => {
      if (!('statistics' in options)) prepared.push({ path, size, options });
    },
    gradients: model.gradients.bind(model),
    evaluate: model.evaluate.bind(model),
    recalibrate: model.recalibrate.bind(model),
    read: model.read.bind(model),
    write: model.write.bind(model),
    close: model.close.bind(model),
  };
  return { recording, prepared, stepped };
}

describe('the training loop', () => {
  test('has the next step made ready during a step, unless what follows a step may decide the path', async () => {
    const { recording, prepared, stepped } = recorded(await freshModel());
    const { afterStep: _, ...training } = toyTraining(recording, 12).training;
    const asked: number[] = [];
    const pathAt = (step: number) => {
      asked.push(step);
      return training.pathAt(step);
    };
    await train({ ...training, pathAt });
    expect(prepared).toEqual(stepped.slice(1));
    expect(asked).toEqual(Array.from({ length: 12 }, (_, step) => step));

    const other = recorded(await freshModel());
    await train(toyTraining(other.recording, 4).training);
    expect(other.prepared).toEqual([]);
    expect(other.stepped).toHaveLength(4);

    const some = recorded(await freshModel());
    await train({ ...toyTraining(some.recording, 6).training, decides: (step) => step % 3 === 1 });
    expect(some.prepared).toEqual([1, 3, 4].map((step) => some.stepped[step]));
  });

  test('learns, and reports each step with its running loss, accuracy and images a second', async () => {
    const { training, progress } = toyTraining(await freshModel(), 60);
    const end = await train(training);
    expect(progress.map(({ step }) => step)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
    expect(Object.keys(progress[0]!.metrics!)).toEqual(['taken', 'loss', 'accuracy', 'images/s']);
    expect(progress[0]!.metrics!.loss).toBeGreaterThan(0.8);
    expect(end.loss).toBeLessThan(0.75 * progress[0]!.metrics!.loss!);
    expect(progress[40]!.metrics!['images/s']).toBeCloseTo(500, 6);
    expect(progress[0]!.total).toBe(60);
    expect(end).toEqual({
      step: 60,
      loss: progress[59]!.metrics!.loss,
      accuracy: progress[59]!.metrics!.accuracy,
      of: { batchSize: 10, perEpoch: 4 },
    });
  });

  test.each([1, 5, 11])(
    'stopped at step %i and resumed it ends bit for bit as if undisturbed',
    async (stop) => {
      const undisturbed = await freshModel();
      const whole = toyTraining(undisturbed, 12);
      const end = await train(whole.training);

      let checkpoint: CheckpointState | undefined;
      const first = toyTraining(await freshModel(), 12);
      const stopped = train({
        ...first.training,
        tick: async ({ step }, snapshot) => {
          if (step < stop) return;
          checkpoint = await snapshot();
          throw new Error('stop');
        },
      });
      await expect(stopped).rejects.toThrow('stop');

      const second = toyTraining(await emptyModel(), 12);
      const { cursor, extra } = await restore(second.training.model, throughBytes(checkpoint!));
      expect(cursor.step).toBe(stop);
      expect(extra.state).toEqual({ note: 'mine' });
      second.resume(extra);
      expect(await train({ ...second.training, cursor })).toEqual(end);
      expect(second.taken()).toBe(whole.taken());
      expect(await second.training.model.read()).toEqual(await undisturbed.read());
      expect(second.progress.map(({ step }) => step)).toEqual(range(stop + 1, 12));
    },
  );

  test.each([1, 4, 11])(
    'stopped at step %i, when the next batch, path and masks are ready, nothing is lost and nothing drawn twice',
    async (stop) => {
      const cpu = await openCpuBackend({ threads: 2 });
      const build = async (): Promise<Model> => {
        const model = await cpu.build(toySupernet.weights, optimiser);
        await writeWeights(model, initialise(toySupernet.weights, createRng(2)), true);
        return model;
      };
      const augmentation = { pad: 1, flip: true, cutout: 2 };
      const trainingOf = (model: Model, more: Partial<Training> = {}) => {
        const { afterStep: _, extra: __, ...training } = toyTraining(model, 12).training;
        const source = trainingBatches(toySplit(45), { batchSize: 10, augmentation, rng: createRng(3) });
        const asked: string[] = [];
        const batches: BatchSource = {
          ...source,
          at: (step, ...of) => {
            asked.push(`batch ${step}`);
            return source.at(step, ...of);
          },
        };
        const pathAt = (step: number) => {
          asked.push(`path ${step}`);
          return training.pathAt(step);
        };
        return { asked, training: { ...training, batches, pathAt, ...more } };
      };
      const undisturbed = await build();
      const whole = trainingOf(undisturbed);
      const end = await train(whole.training);

      let checkpoint: CheckpointState | undefined;
      const disturbed = await build();
      const first = trainingOf(disturbed, {
        tick: async ({ step }, snapshot) => {
          if (step < stop) return;
          checkpoint = await snapshot();
          throw new Error('stop');
        },
      });
      await expect(train(first.training)).rejects.toThrow('stop');
      const askedTo = (last: number, from = 0) =>
        range(from, last).flatMap((step) => [`path ${step}`, `batch ${step}`]);
      expect(first.asked).toEqual(askedTo(stop));

      // the model that holds what was made ready, and one that knows nothing of it
      for (const model of [disturbed, await build()]) {
        const { cursor } = await restore(model, throughBytes(checkpoint!));
        const second = trainingOf(model, { cursor });
        expect(await train(second.training)).toEqual(end);
        expect(second.asked).toEqual(askedTo(11, stop));
        expect(await model.read()).toEqual(await undisturbed.read());
      }
      await cpu.close();
    },
  );

  test('hands each step its own rate, average and dropout seed', async () => {
    const model = await freshModel();
    const seen: StepOptions[] = [];
    const { training } = toyTraining(model, 6);
    const watched = Object.assign(Object.create(model) as Model, {
      step: async (...[, , options]: Parameters<Model['step']>) => {
        seen.push(options);
        return { loss: 1, correct: 0 };
      },
    });
    await train({ ...training, model: watched, settings: { ...training.settings, emaDecay: 0.35 } });
    expect(seen.map(({ learningRate }) => learningRate)).toEqual([0, 0.02, 0.04, 0.06, 0.08, 0.04]);
    const climbing = [1 / 10, 2 / 11, 3 / 12, 4 / 13, 0.35, 0.35];
    expect(seen.map(({ emaDecay }) => emaDecay)).toEqual(climbing);
    expect(new Set(seen.map(({ dropoutSeed }) => dropoutSeed)).size).toBe(6);
    expect(seen[0]).toMatchObject({ weightDecay: 1e-4, labelSmoothing: 0.05, clipNorm: 5 });
  });

  test('a checkpoint at the last step leaves nothing to do', async () => {
    const model = await freshModel();
    const { training, progress } = toyTraining(model, 3);
    const end = await train(training);
    const before = await model.read();
    expect(await train({ ...training, cursor: end })).toEqual(end);
    expect(progress).toHaveLength(3);
    expect(await model.read()).toEqual(before);
  });

  test('prepares the next batch while the backend works', async () => {
    const order: string[] = [];
    const model = await freshModel();
    const { training } = toyTraining(model, 3);
    await train({
      ...training,
      batches: {
        ...training.batches,
        at: (step) => {
          order.push(`batch ${step}`);
          return training.batches.at(step);
        },
      },
      model: Object.assign(Object.create(model) as Model, {
        step: async (...call: Parameters<Model['step']>) => {
          order.push('step starts');
          const result = await model.step(...call);
          order.push('step ends');
          return result;
        },
      }),
    });
    expect(order).toEqual([
      'batch 0',
      'step starts',
      'batch 1',
      'step ends',
      'step starts',
      'batch 2',
      'step ends',
      'step starts',
      'step ends',
    ]);
  });
});

/** What a checkpoint on disk does to a state. */
function throughBytes({ state, tensors }: CheckpointState): CheckpointState {
  const read = readSafetensors(writeSafetensors(tensors));
  if (!read.ok) throw new Error(read.failures[0]!.message);
  return { state: JSON.parse(JSON.stringify(state)), tensors: read.value };
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);
