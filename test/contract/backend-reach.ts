import { describe, expect, test } from 'vitest';
import { options } from './backend-agreement.ts';
import { blockCase, leftOutCase, prefixCase, someBatch } from './backend-cases.ts';
import { type ContractLab, everything, pick, prefixPositions } from './backend-lab.ts';

/** What a call may touch. */
export function pathsAreSeparate(lab: ContractLab): void {
  describe('touches only what the path reaches', () => {
    test('outside of prefixes every bit stays: weights, momentum, averages, statistics', async () => {
      const { path, weights } = prefixCase();
      const model = await lab.build(lab.backend, weights, everything);
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
      const model = await lab.build(lab.backend, weights, everything);
      const before = await model.read();
      await model.step(path, someBatch(path.input, 3), options);
      const after = await model.read();
      const left = [...before.keys()].filter((name) => /(^|:)k3\//.test(name));
      expect(left.length).toBeGreaterThan(0);
      expect(pick(after, left)).toEqual(pick(before, left));
    });

    test('gradients and evaluations change nothing; recalibration only moving statistics', async () => {
      const { path, weights } = blockCase();
      const model = await lab.build(lab.backend, weights, everything);
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
}
