import { describe, expect, test } from 'vitest';
import type { Batch, Model } from '../../src/net/backend.ts';
import type { Network } from '../../src/net/network.ts';
import { options } from './backend-agreement.ts';
import { blockCase, type Case, dropoutCase, prefixCase, sidesCase, someBatch } from './backend-cases.ts';
import { expectAllClose, expectClose } from './backend-compare.ts';
import { type ContractLab, crossEntropy, everything, plain } from './backend-lab.ts';

/** What the same call must give again. */
export function callsAreFunctions(lab: ContractLab): void {
  describe('is a function of weights, batch and seed', () => {
    const twoSteps = async (model: Model, { path }: Case, restart?: () => Promise<Model>) => {
      await model.step(path, someBatch(path.input, 3, 1), options);
      const second = (await restart?.()) ?? model;
      await second.step(path, someBatch(path.input, 3, 2), options);
      return second.read();
    };

    test('equal calls give equal bytes', async () => {
      const one = blockCase();
      const first = await twoSteps(await lab.build(lab.backend, one.weights, everything), one);
      expect(await twoSteps(await lab.build(lab.backend, one.weights, everything), one)).toEqual(first);
    });

    test('what is read and written into a new model goes on to equal bytes', async () => {
      const one = prefixCase();
      const undisturbed = await twoSteps(await lab.build(lab.backend, one.weights, everything), one);
      const first = await lab.build(lab.backend, one.weights, everything);
      const resumed = await twoSteps(first, one, async () => {
        const second = await lab.backend.build(one.weights, everything);
        lab.models.push(second);
        await second.write(await first.read());
        return second;
      });
      expect(resumed).toEqual(undisturbed);
    });

    test('paths that are equal but not identical, in turns with others', async () => {
      const one = prefixCase();
      const full: Network = { ...one.path };
      const first = await lab.build(lab.backend, one.weights, everything);
      const second = await lab.build(lab.backend, one.weights, everything);
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
        await lab.build(lab.backend, weights, everything),
        await lab.build(lab.oracle, weights, everything),
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
        await lab.build(lab.backend, one.weights, everything),
        await lab.build(lab.backend, one.weights, everything),
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
          await lab.build(lab.backend, weights, everything),
          await lab.build(lab.backend, weights, everything),
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
      const model = await lab.build(lab.backend, weights, plain);
      const batch = someBatch(path.input, 3);
      const loss = async (dropoutSeed?: number) =>
        (await model.gradients(path, batch, { labelSmoothing: 0, ...(dropoutSeed && { dropoutSeed }) })).loss;
      expect(await loss(1)).toBe(await loss(1));
      expect(await loss(1)).not.toBe(await loss(2));
      const logits = await model.evaluate(path, batch, { statistics: 'batch' });
      expectClose('loss', [await loss()], [crossEntropy(logits, batch.labels)], 0);
    });
  });
}
