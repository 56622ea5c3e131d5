import { describe, expect, test } from 'vitest';
import type { OptimiserSpec } from '../../src/net/backend.ts';
import { options } from './backend-agreement.ts';
import { blockCase, prefixCase, someBatch, statisticsCase } from './backend-cases.ts';
import { expectAllClose, expectClose, norm } from './backend-compare.ts';
import { clipped, type Descent, descended, descents } from './backend-descent.ts';
import { figures, figuresBatch, figuresPath, figuresStart } from './backend-figures.ts';
import { type ContractLab, moments, pick, plain, prefixPositions, trainableNames } from './backend-lab.ts';

/** How weights and slots move. */
export function updatesAreStated(lab: ContractLab): void {
  describe('updates by the stated arithmetic', () => {
    test.each(descents.map(({ name, optimiser }): [string, OptimiserSpec] => [name, optimiser]))(
      '%s: weights and slots of a new model start at 0, mean squares of RMSProp at 1',
      async (_, optimiser) => {
        const { weights } = prefixCase();
        const model = await lab.backend.build(weights, optimiser);
        lab.models.push(model);
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
      const model = await lab.build(lab.backend, weights, optimiser);
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
      const model = await lab.build(lab.backend, weights, plain);
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
        const model = await lab.backend.build(figuresPath.weights, { ...optimiser, ema: true });
        lab.models.push(model);
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
      const [free, clipped] = [
        await lab.build(lab.backend, weights, plain),
        await lab.build(lab.backend, weights, plain),
      ];
      await free.step(path, batch, options);
      await clipped.step(path, batch, { ...options, clipNorm: 1e6 });
      expectAllClose(await clipped.read(), await free.read());
    });
  });
}
