import { describe, expect, test } from 'vitest';
import type { OptimiserSpec } from '../../src/net/backend.ts';
import type { Tensor } from '../../src/net/network.ts';
import type { Slot } from '../../src/net/optimiser.ts';
import { blockCase, classes } from './backend-cases.ts';
import { descents } from './backend-descent.ts';
import { type ContractLab, everything, plain } from './backend-lab.ts';

/** What weights are called, and what a backend says of itself. */
export function tensorsHaveNames(lab: ContractLab): void {
  describe('names and shapes', () => {
    test('read gives what was asked for; an unknown name is refused', async () => {
      const { weights } = blockCase();
      const model = await lab.build(lab.backend, weights, plain);
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
      const model = await lab.build(lab.backend, weights, optimiser);
      const names = weights.flatMap(({ name, trainable }) => [
        name,
        `ema:${name}`,
        ...(trainable ? slots.map((slot) => `${slot}:${name}`) : []),
      ]);
      expect([...(await model.read()).keys()].sort()).toEqual(names.sort());
    });

    test('write refuses unknown names and other shapes', async () => {
      const { weights } = blockCase();
      const model = await lab.build(lab.backend, weights, plain);
      const one: Tensor = { shape: [1], data: new Float32Array(1) };
      await expect(model.write(new Map([['nonsense', one]]))).rejects.toThrow(/nonsense/);
      await expect(model.write(new Map([['head.weight', one]]))).rejects.toThrow(/head.weight/);
    });

    test('a new model is all zeros; what was read or written is a copy', async () => {
      const { weights } = blockCase();
      const model = await lab.backend.build(weights, everything);
      lab.models.push(model);
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
    const samples = await lab.backend.time(blockCase().path, { batch: 2, warmup: 1, repeats: 3 });
    expect(samples).toHaveLength(3);
    expect(samples.every((milliseconds) => milliseconds > 0)).toBe(true);
  });

  test('says what it is', () => {
    expect(['cpu', 'tf']).toContain(lab.backend.info.name);
    expect(lab.backend.info.build).not.toBe('');
    expect(lab.backend.info.instructionSet).not.toBe('');
    expect(lab.backend.info.threads).toBeGreaterThanOrEqual(1);
  });
}
