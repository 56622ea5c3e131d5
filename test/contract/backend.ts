import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Backend, Batch, Model, OptimiserSpec } from '../../src/net/backend.ts';
import type { Network, Tensor, Tensors, WeightSpec } from '../../src/net/network.ts';
import { type Slot, slotsOf } from '../../src/net/optimiser.ts';
import { reachedWeights, withoutAuxiliary } from '../../src/net/reach.ts';
import { together } from '../../src/net/together.ts';
import { openTfBackend } from '../../src/tf/index.ts';
import { expectAgreement, type Observations, observe, options } from './backend-agreement.ts';
import {
  auxiliaryCase,
  blockCase,
  type Case,
  cases,
  classes,
  dropoutCase,
  dropPathCase,
  leftOutCase,
  prefixCase,
  sidesCase,
  someBatch,
  someWeights,
  statisticsCase,
} from './backend-cases.ts';
import { expectAllClose, expectClose, norm } from './backend-compare.ts';
import { clipped, type Descent, descended, descents } from './backend-descent.ts';
import { figures, figuresBatch, figuresPath, figuresStart } from './backend-figures.ts';
import { randomCase } from './backend-random.ts';

const plain: OptimiserSpec = { kind: 'sgd', momentum: 0, nesterov: false, ema: false };
const everything: OptimiserSpec = { kind: 'sgd', momentum: 0.9, nesterov: true, ema: true };

/** The plain JavaScript kernels of TensorFlow.js with its autodiff. */
export async function openOracle(): Promise<Backend> {
  const opened = await openTfBackend({ runtime: 'cpu' });
  if (!opened.ok) throw new Error(opened.failures[0]!.message);
  return opened.value;
}

export interface ContractOptions {
  /** The backend under test is the oracle: comparing it with itself is skipped. */
  readonly isOracle?: boolean;
}

/** What the oracle said, by name of the case: it is slow, and several backends may be compared with it. */
const truths = new Map<string, Observations>();

/** What every backend must do; `open` makes the one under test. */
export function backendContract(
  label: string,
  open: () => Promise<Backend>,
  { isOracle = false }: ContractOptions = {},
): void {
  describe(label, () => {
    let oracle: Backend;
    let backend: Backend;
    const models: Model[] = [];

    beforeAll(async () => {
      oracle = await openOracle();
      backend = await open();
    });
    afterAll(async () => {
      for (const model of models) await model.close();
      await backend.close();
      await oracle.close();
    });

    const build = async (on: Backend, weights: readonly WeightSpec[], optimiser: OptimiserSpec) => {
      const model = await on.build(weights, optimiser);
      models.push(model);
      await model.write(startingValues(weights, optimiser));
      return model;
    };
    const agrees = async (one: Case): Promise<void> => {
      if (!truths.has(one.name)) {
        truths.set(one.name, await observe(await build(oracle, one.weights, everything), one));
      }
      const seen = await observe(await build(backend, one.weights, everything), one);
      expectAgreement(seen, truths.get(one.name)!);
    };
    describe.skipIf(isOracle)('agrees with the oracle (which is not compared with itself)', () => {
      test.each(named(cases))('%s', async (_, one) => {
        await agrees(one);
      });

      const drawn = Array.from({ length: 12 }, (_, seed) => randomCase(seed));
      test.each(named(drawn))('%s', async (_, one) => {
        await agrees(one);
      });
    });

    describe('updates by the stated arithmetic', () => {
      test.each(descents.map(({ name, optimiser }): [string, OptimiserSpec] => [name, optimiser]))(
        '%s: weights and slots of a new model start at 0, mean squares of RMSProp at 1',
        async (_, optimiser) => {
          const { weights } = prefixCase();
          const model = await backend.build(weights, optimiser);
          models.push(model);
          for (const [name, { data }] of await model.read()) {
            const start = name.startsWith('square:') && optimiser.kind === 'rmsprop' ? 1 : 0;
            expect([...new Set(data)], name).toEqual([start]);
          }
        },
      );

      test.each(
        descents.map((one): [string, Descent] => [`${one.name}, clipped by ${one.clipBy ?? 'nothing'}`, one]),
      )('%s: two steps, over prefixes', async (_, { optimiser, clipBy }) => {
        const { path, weights } = prefixCase();
        const model = await build(backend, weights, optimiser);
        const trainable = trainableNames(weights);
        for (const seed of [1, 2]) {
          const batch = someBatch(path.input, 3, seed);
          const { weights: gradients } = await model.gradients(path, batch, {
            labelSmoothing: options.labelSmoothing,
            dropoutSeed: options.dropoutSeed,
            weights: trainable,
          });
          // A limit that some gradients exceed, whatever is measured.
          const clipNorm = norm([...gradients.values()].map(({ data }) => norm(data))) / 30;
          const before = await model.read();
          await model.step(path, batch, { ...options, ...(clipBy && { clipNorm, clipBy }) });
          const after = await model.read();
          const wanted = descended(
            weights,
            before,
            clipped(gradients, clipBy, clipNorm),
            optimiser,
            options,
            prefixPositions(path, weights),
          );
          expectAllClose(pick(after, [...wanted.keys()]), wanted);
          for (const [name, inside] of prefixPositions(path, weights)) {
            const average = after.get(`ema:${name}`)!.data;
            const expected = before
              .get(`ema:${name}`)!
              .data.map((old, i) =>
                inside(i) ? options.emaDecay * old + (1 - options.emaDecay) * after.get(name)!.data[i]! : old,
              );
            expectClose(`ema:${name}`, average, expected, 1e-6);
          }
        }
      });

      test('moving statistics gather the unbiased variance; recalibration averages the biased one', async () => {
        const { path, weights, batch } = statisticsCase();
        const model = await build(backend, weights, plain);
        const batches = [someBatch(path.input, batch, 1), someBatch(path.input, 1, 2)] as const;
        const [first, second] = batches.map(({ images }) => moments(images, path.input.c));
        const before = await model.read();
        await model.step(path, batches[0], options);
        const stepped = await model.read();
        const n = batches[0].images.length / path.input.c;
        const moved = (name: string, value: Float64Array) =>
          before.get(name)!.data.map((old, c) => 0.9 * old + 0.1 * value[c]!);
        expectClose('mean', stepped.get('bn.moving-mean')!.data, moved('bn.moving-mean', first!.mean), 0);
        expectClose(
          'variance',
          stepped.get('bn.moving-variance')!.data,
          moved(
            'bn.moving-variance',
            first!.variance.map((value) => (value * n) / (n - 1)),
          ),
          0,
        );

        await model.recalibrate(path, batches);
        const calibrated = await model.read();
        const average = (a: Float64Array, b: Float64Array) => a.map((value, c) => (value + b[c]!) / 2);
        expectClose('mean', calibrated.get('bn.moving-mean')!.data, average(first!.mean, second!.mean), 1e-6);
        expectClose(
          'variance',
          calibrated.get('bn.moving-variance')!.data,
          average(first!.variance, second!.variance),
          0,
        );

        await model.recalibrate(path, [batches[0]]);
        const moving = await model.evaluate(path, batches[0], { statistics: 'moving' });
        expectClose('logits', moving, await model.evaluate(path, batches[0], { statistics: 'batch' }), 0);
      });

      test.each(figures.descents.map((one) => [one.name, one] as const))(
        '%s: the figures of PyTorch',
        async (_, { optimiser, clipBy, labelSmoothing, steps }) => {
          const model = await backend.build(figuresPath.weights, { ...optimiser, ema: true });
          models.push(model);
          await model.write(figuresStart);
          const { weightDecay, emaDecay, clipNorm } = figures;
          for (const [at, expected] of steps.entries()) {
            const { loss } = await model.step(figuresPath, figuresBatch, {
              learningRate: figures.rates[at]!,
              weightDecay,
              emaDecay,
              labelSmoothing,
              dropoutSeed: 0,
              ...(clipBy && { clipNorm, clipBy }),
            });
            expect(loss).toBeCloseTo(expected.loss, 5);
            const after = await model.read();
            for (const name of ['weight', 'bias', 'ema:weight', 'ema:bias']) {
              const [, slot = '', weight] = /^(ema:)?(.*)$/.exec(name)!;
              const { data } = after.get(`${slot}head.${weight}`)!;
              const wanted = expected[name] as readonly number[];
              for (const [k, value] of data.entries())
                expect(value, `${name} of step ${at}`).toBeCloseTo(wanted[k]!, 5);
            }
          }
        },
      );

      test('a clip norm above the norm changes nothing', async () => {
        const { path, weights } = blockCase();
        const batch = someBatch(path.input, 3);
        const [free, clipped] = [await build(backend, weights, plain), await build(backend, weights, plain)];
        await free.step(path, batch, options);
        await clipped.step(path, batch, { ...options, clipNorm: 1e6 });
        expectAllClose(await clipped.read(), await free.read());
      });
    });

    describe('touches only what the path reaches', () => {
      test('outside of prefixes every bit stays: weights, momentum, averages, statistics', async () => {
        const { path, weights } = prefixCase();
        const model = await build(backend, weights, everything);
        const before = await model.read();
        await model.step(path, someBatch(path.input, 3), options);
        const after = await model.read();
        for (const [name, inside] of prefixPositions(path, weights)) {
          for (const slot of [name, `momentum:${name}`, `ema:${name}`].filter((slot) => before.has(slot))) {
            const [old, now] = [before.get(slot)!.data, after.get(slot)!.data];
            expect(
              now.filter((_, i) => !inside(i)),
              slot,
            ).toEqual(old.filter((_, i) => !inside(i)));
            if (slot === name) expect(now, slot).not.toEqual(old);
          }
        }
      });

      test('an alternative with coefficient 0 keeps its weights, its momentum and its statistics', async () => {
        const { path, weights } = leftOutCase();
        const model = await build(backend, weights, everything);
        const before = await model.read();
        await model.step(path, someBatch(path.input, 3), options);
        const after = await model.read();
        const left = [...before.keys()].filter((name) => /(^|:)k3\//.test(name));
        expect(left.length).toBeGreaterThan(0);
        expect(pick(after, left)).toEqual(pick(before, left));
      });

      test('gradients and evaluations change nothing; recalibration only moving statistics', async () => {
        const { path, weights } = blockCase();
        const model = await build(backend, weights, everything);
        const before = await model.read();
        const batch = someBatch(path.input, 3);
        await model.gradients(path, batch, { labelSmoothing: 0 });
        await model.evaluate(path, batch, { statistics: 'moving' });
        await model.evaluate(path, batch, { statistics: 'batch', ema: true });
        expect(await model.read()).toEqual(before);
        await model.recalibrate(path, [batch]);
        const after = await model.read();
        const statistics = new Set(weights.filter(({ trainable }) => !trainable).map(({ name }) => name));
        const others = [...before.keys()].filter((name) => !statistics.has(name));
        expect(pick(after, others)).toEqual(pick(before, others));
        for (const name of statistics) expect(after.get(name), name).not.toEqual(before.get(name));
      });
    });

    describe('is a function of weights, batch and seed', () => {
      const twoSteps = async (model: Model, { path }: Case, restart?: () => Promise<Model>) => {
        await model.step(path, someBatch(path.input, 3, 1), options);
        const second = (await restart?.()) ?? model;
        await second.step(path, someBatch(path.input, 3, 2), options);
        return second.read();
      };

      test('equal calls give equal bytes', async () => {
        const one = blockCase();
        const first = await twoSteps(await build(backend, one.weights, everything), one);
        expect(await twoSteps(await build(backend, one.weights, everything), one)).toEqual(first);
      });

      test('what is read and written into a new model goes on to equal bytes', async () => {
        const one = prefixCase();
        const undisturbed = await twoSteps(await build(backend, one.weights, everything), one);
        const first = await build(backend, one.weights, everything);
        const resumed = await twoSteps(first, one, async () => {
          const second = await backend.build(one.weights, everything);
          models.push(second);
          await second.write(await first.read());
          return second;
        });
        expect(resumed).toEqual(undisturbed);
      });

      test('paths that are equal but not identical, in turns with others', async () => {
        const one = prefixCase();
        const full: Network = { ...one.path };
        const first = await build(backend, one.weights, everything);
        const second = await build(backend, one.weights, everything);
        const copy = structuredClone(one.path);
        for (const seed of [1, 2, 3]) {
          const batch = someBatch(one.path.input, 3, seed);
          await first.step(one.path, batch, options);
          await second.step(seed === 2 ? full : copy, batch, options);
          await second.evaluate(one.path, someBatch(one.path.input, 2, seed), { statistics: 'batch' });
        }
        expect(await second.read()).toEqual(await first.read());
      });

      test('paths that take images of other sides, in turns over the same weights', async () => {
        const { weights, paths } = sidesCase();
        const [model, other] = [
          await build(backend, weights, everything),
          await build(oracle, weights, everything),
        ];
        const logits = new Map<Model, Float32Array[]>([
          [model, []],
          [other, []],
        ]);
        for (const turn of [0, 1, 2, 0, 2, 1]) {
          const path = paths[turn]!;
          for (const each of [model, other]) {
            const batch = someBatch(path.input, 3, turn);
            each.prepare?.(path, batch, options);
            await each.step(path, batch, options);
            await each.recalibrate(path, [someBatch(path.input, 4, 7)]);
            const seen = await each.evaluate(path, someBatch(path.input, 2, 9), { statistics: 'moving' });
            logits.get(each)!.push(seen);
          }
        }
        for (const [turn, wanted] of logits.get(other)!.entries()) {
          expectClose(`logits ${turn}`, logits.get(model)![turn]!, wanted, 1e-4);
        }
        expectAllClose(await model.read(), await other.read());
      });

      test('a path that was made ready while another was trained gives the same bytes', async ({ skip }) => {
        const one = blockCase();
        const [first, second] = [
          await build(backend, one.weights, everything),
          await build(backend, one.weights, everything),
        ];
        if (second.prepare === undefined) return skip('this backend makes nothing ready');
        const [path, next] = [one.path, structuredClone(one.path)];
        const batches = [someBatch(path.input, 3, 1), someBatch(path.input, 5, 2)] as const;
        await first.step(path, batches[0], options);
        await first.step(next, batches[1], options);
        const running = second.step(path, batches[0], options);
        second.prepare(next, batches[1], options);
        await running;
        await second.step(next, batches[1], options);
        expect(await second.read()).toEqual(await first.read());

        const mode = { statistics: 'batch' } as const;
        const evaluating = second.evaluate(path, batches[0], mode);
        second.prepare(next, batches[1], mode);
        expect(await evaluating).toEqual(await first.evaluate(path, batches[0], mode));
        const expected = await first.evaluate(next, batches[1], mode);
        expect(await second.evaluate(next, batches[1], mode)).toEqual(expected);
      });

      test('a batch that lies where the kernels read it gives the same bytes, and the next one is assembled meanwhile', async ({
        skip,
      }) => {
        for (const one of [blockCase(), dropoutCase(), prefixCase()]) {
          const { path, weights } = one;
          const [copied, inPlace] = [
            await build(backend, weights, everything),
            await build(backend, weights, everything),
          ];
          if (inPlace.inputArea === undefined) return skip('this backend copies images to its device');
          const batchIn = (seed: number, size = 4): Batch => {
            const batch = someBatch(path.input, size, seed);
            const area = inPlace.inputArea!(batch.images.length);
            area?.set(batch.images);
            return { ...batch, images: area ?? batch.images };
          };
          for (const seed of [1, 2, 3, 4]) await copied.step(path, someBatch(path.input, 4, seed), options);
          let next = batchIn(1);
          for (const seed of [2, 3, 4, 5]) {
            const running = inPlace.step(path, next, options);
            next = batchIn(seed);
            inPlace.prepare?.(path, next, { ...options, dropoutSeed: options.dropoutSeed + (seed % 2) });
            await running;
            // what else happens between two steps leaves the batch alone
            await inPlace.evaluate(path, someBatch(path.input, 9, 7), { statistics: 'batch' });
            await inPlace.read();
          }
          expect(next.images).toEqual(someBatch(path.input, 4, 5).images);
          expect(await inPlace.read()).toEqual(await copied.read());
          const larger = someBatch(path.input, 6, 6);
          await copied.step(path, larger, options);
          await inPlace.step(path, batchIn(6, 6), options);
          expect(await inPlace.read()).toEqual(await copied.read());
        }
      });

      test('dropout goes by its seed, and is off without one and in evaluation', async () => {
        const { path, weights } = dropoutCase();
        const model = await build(backend, weights, plain);
        const batch = someBatch(path.input, 3);
        const loss = async (dropoutSeed?: number) =>
          (await model.gradients(path, batch, { labelSmoothing: 0, ...(dropoutSeed && { dropoutSeed }) }))
            .loss;
        expect(await loss(1)).toBe(await loss(1));
        expect(await loss(1)).not.toBe(await loss(2));
        const logits = await model.evaluate(path, batch, { statistics: 'batch' });
        expectClose('loss', [await loss()], [crossEntropy(logits, batch.labels)], 0);
      });
    });

    test('a teacher adds the cross-entropy with its probabilities, times a ratio, to loss and gradients', async () => {
      const { path, weights } = blockCase();
      const [model, other] = [await build(backend, weights, plain), await build(oracle, weights, plain)];
      const batch = someBatch(path.input, 5);
      const asked = { labelSmoothing: 0.1, weights: trainableNames(weights) };
      const logits = await model.evaluate(path, batch, { statistics: 'batch' });
      const [without, taught] = [
        await model.gradients(path, batch, asked),
        await model.gradients(path, batch, { ...asked, teacherRatio: 0.7 }),
      ];
      const expected = without.loss + 0.7 * softEntropy(logits, batch.teacher!);
      expectClose('loss', [taught.loss], [expected], 0);
      const theirs = await other.gradients(path, batch, { ...asked, teacherRatio: 0.7 });
      expectAllClose(taught.weights, theirs.weights);
      for (const each of [model, other]) await each.step(path, batch, { ...options, teacherRatio: 0.7 });
      expectAllClose(await model.read(), await other.read());
      const { teacher: _, ...bare } = batch;
      await expect(model.step(path, bare, { ...options, teacherRatio: 0.7 })).rejects.toThrow(
        /with a teacher/,
      );
    });

    test('paths together: losses and gradients of all, each with the teacher, are added up', async () => {
      const { path, weights } = blockCase();
      const [model, other] = [await build(backend, weights, plain), await build(oracle, weights, plain)];
      const batch = someBatch(path.input, 5);
      const asked = { labelSmoothing: 0.1, teacherRatio: 0.7, weights: trainableNames(weights) };
      const one = await model.gradients(path, batch, asked);
      const both = await model.gradients(together([path, path]), batch, asked);
      expectClose('loss', [both.loss], [2 * one.loss], 0);
      const doubled = [...one.weights].map(([name, { shape, data }]): [string, Tensor] => [
        name,
        { shape, data: data.map((value) => 2 * value) },
      ]);
      expectAllClose(both.weights, new Map(doubled));
      const theirs = await other.gradients(together([path, path]), batch, asked);
      expectAllClose(both.weights, theirs.weights);
    });

    test('auxiliary outputs add to the loss, and are left alone in evaluation', async () => {
      const { path, weights, batch } = auxiliaryCase();
      const model = await build(backend, weights, plain);
      const images = someBatch(path.input, batch);
      const { auxiliary = [], ...rest } = path;
      const lossOf = async (output: string) =>
        (await model.gradients({ ...rest, output }, images, { labelSmoothing: 0 })).loss;
      let expected = await lossOf(path.output);
      for (const { output, weight } of auxiliary) expected += weight * (await lossOf(output));
      const whole = await model.gradients(path, images, { labelSmoothing: 0 });
      expectClose('loss', [whole.loss], [expected], 0);
      const before = await model.read();
      await model.recalibrate(path, [images]);
      const after = await model.read();
      const moved = [...before.keys()].filter(
        (name) => norm(before.get(name)!.data) !== norm(after.get(name)!.data),
      );
      expect(moved.length).toBeGreaterThan(0);
      expect(moved.filter((name) => name.startsWith('aux'))).toEqual([]);
      const deployed = withoutAuxiliary(path);
      expect(deployed.layers.some(({ id }) => /^(aux|early)/.test(id))).toBe(false);
      const mode = { statistics: 'moving' } as const;
      expect(await model.evaluate(deployed, images, mode)).toEqual(await model.evaluate(path, images, mode));
    });

    test('a step scales the rates of drop-path layers: by 0 none drops', async () => {
      const { path, weights, batch } = dropPathCase();
      const images = someBatch(path.input, batch);
      const loss = async (dropPath?: number) => {
        const model = await build(backend, weights, plain);
        const more = dropPath === undefined ? {} : { dropPath };
        return (await model.step(path, images, { ...options, labelSmoothing: 0, ...more })).loss;
      };
      const model = await build(backend, weights, plain);
      const whole = (await model.gradients(path, images, { labelSmoothing: 0 })).loss;
      expect(await loss(0)).toBe(whole);
      expect(await loss(1)).toBe(await loss());
      expect(await loss(1)).not.toBe(whole);
    });

    describe('names and shapes', () => {
      test('read gives what was asked for; an unknown name is refused', async () => {
        const { weights } = blockCase();
        const model = await build(backend, weights, plain);
        expect([...(await model.read(['head.weight'])).keys()]).toEqual(['head.weight']);
        expect([...(await model.read()).keys()].sort()).toEqual(weights.map(({ name }) => name).sort());
        await expect(model.read(['nonsense'])).rejects.toThrow(/nonsense/);
        await expect(model.read(['momentum:head.weight'])).rejects.toThrow(/momentum:head.weight/);
      });

      test.each<[string, OptimiserSpec, readonly Slot[]]>([
        ['SGD', everything, ['momentum']],
        ['RMSProp', { kind: 'rmsprop', decay: 0.9, momentum: 0, epsilon: 1, ema: true }, ['square']],
        ['Adam', descents.at(-1)!.optimiser, ['momentum', 'square', 'steps']],
      ])('slots exist for what the optimiser keeps: %s', async (_, optimiser, slots) => {
        const { weights } = blockCase();
        const model = await build(backend, weights, optimiser);
        const names = weights.flatMap(({ name, trainable }) => [
          name,
          `ema:${name}`,
          ...(trainable ? slots.map((slot) => `${slot}:${name}`) : []),
        ]);
        expect([...(await model.read()).keys()].sort()).toEqual(names.sort());
      });

      test('write refuses unknown names and other shapes', async () => {
        const { weights } = blockCase();
        const model = await build(backend, weights, plain);
        const one: Tensor = { shape: [1], data: new Float32Array(1) };
        await expect(model.write(new Map([['nonsense', one]]))).rejects.toThrow(/nonsense/);
        await expect(model.write(new Map([['head.weight', one]]))).rejects.toThrow(/head.weight/);
      });

      test('a new model is all zeros; what was read or written is a copy', async () => {
        const { weights } = blockCase();
        const model = await backend.build(weights, everything);
        models.push(model);
        for (const [name, { data }] of await model.read()) {
          expect(
            data.every((value) => value === 0),
            name,
          ).toBe(true);
        }
        const bias: Tensor = { shape: [classes], data: new Float32Array(classes).fill(2) };
        await model.write(new Map([['head.bias', bias]]));
        bias.data.fill(3);
        const read = (await model.read(['head.bias'])).get('head.bias')!;
        read.data[0] = 4;
        const again = (await model.read(['head.bias'])).get('head.bias')!;
        expect(again.data).toEqual(new Float32Array(classes).fill(2));
      });
    });

    test('times forward passes, one sample a pass', async () => {
      const samples = await backend.time(blockCase().path, { batch: 2, warmup: 1, repeats: 3 });
      expect(samples).toHaveLength(3);
      expect(samples.every((milliseconds) => milliseconds > 0)).toBe(true);
    });

    test('says what it is', () => {
      expect(['cpu', 'tf']).toContain(backend.info.name);
      expect(backend.info.build).not.toBe('');
      expect(backend.info.instructionSet).not.toBe('');
      expect(backend.info.threads).toBeGreaterThanOrEqual(1);
    });
  });
}

/** Weights in general position, and slots that differ from them; Adam has taken 3 steps. */
export function startingValues(weights: readonly WeightSpec[], optimiser: OptimiserSpec): Tensors {
  const values = new Map(someWeights(weights));
  const start: Readonly<Record<Slot, (value: number) => number>> = {
    momentum: (value) => 0.1 * value,
    square: (value) => 0.01 * value ** 2,
    steps: () => 3,
    ema: (value) => 0.9 * value,
  };
  for (const spec of weights) {
    const { data } = values.get(spec.name)!;
    for (const [slot, shape] of slotsOf(spec, optimiser)) {
      const count = shape.reduce((product, side) => product * side, 1);
      values.set(`${slot}:${spec.name}`, { shape, data: data.slice(0, count).map(start[slot]) });
    }
  }
  return values;
}

/** Mean and biased variance by channel, in double precision. */
function moments(images: Float32Array, channels: number): { mean: Float64Array; variance: Float64Array } {
  const n = images.length / channels;
  const mean = new Float64Array(channels);
  const variance = new Float64Array(channels);
  for (const [i, value] of images.entries()) mean[i % channels]! += value / n;
  for (const [i, value] of images.entries())
    variance[i % channels]! += (value - mean[i % channels]!) ** 2 / n;
  return { mean, variance };
}

const named = (cases: readonly Case[]): [string, Case][] => cases.map((one) => [one.name, one]);

const pick = (tensors: Tensors, names: readonly string[]): Tensors =>
  new Map(names.map((name) => [name, tensors.get(name)!]));

/** For each weight that the path reaches: whether a flat position of the full shape lies in the used prefix. */
function prefixPositions(
  path: Network,
  weights: readonly WeightSpec[],
): Map<string, (flat: number) => boolean> {
  const full = new Map(weights.map(({ name, shape }) => [name, shape]));
  return new Map(
    [...reachedWeights(path)].map(([name, prefix]) => {
      const shape = full.get(name)!;
      const inside = (flat: number): boolean => {
        let rest = flat;
        for (let axis = shape.length - 1; axis >= 0; axis--) {
          if (rest % shape[axis]! >= prefix[axis]!) return false;
          rest = Math.floor(rest / shape[axis]!);
        }
        return true;
      };
      return [name, inside];
    }),
  );
}

const trainableNames = (weights: readonly WeightSpec[]): string[] =>
  weights.filter(({ trainable }) => trainable).map(({ name }) => name);

/** Mean cross-entropy of logits [n, classes] with probabilities, in double precision. */
function softEntropy(logits: Float32Array, probabilities: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < logits.length; i += classes) {
    const row = logits.subarray(i, i + classes);
    const whole = Math.log(row.reduce((total, logit) => total + Math.exp(logit), 0));
    sum += row.reduce((total, logit, c) => total + probabilities[i + c]! * (whole - logit), 0);
  }
  return (sum * classes) / logits.length;
}

/** Mean cross-entropy of logits [n, classes], in double precision. */
function crossEntropy(logits: Float32Array, labels: Int32Array): number {
  let sum = 0;
  for (const [i, label] of labels.entries()) {
    const row = logits.subarray(i * classes, (i + 1) * classes);
    sum += Math.log(row.reduce((total, logit) => total + Math.exp(logit), 0)) - row[label]!;
  }
  return sum / labels.length;
}
