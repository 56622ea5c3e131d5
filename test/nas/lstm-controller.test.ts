import { expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import { lstmController } from '../../src/nas/index.ts';
import { controllerContract } from '../contract/controller.ts';
import { smallSpace } from './spaces.ts';

controllerContract('lstm controller', {
  make: (adam) =>
    lstmController(smallSpace, createRng(5), {
      hidden: 12,
      temperature: 0.5,
      ...(adam ? { adam, entropyWeight: 0 } : {}),
    }),
  // ENAS: from 0 towards each reward in turn, before its advantage is taken.
  advantages(batch) {
    let baseline = 0;
    return batch.map(({ reward }) => {
      baseline += 0.01 * (reward - baseline);
      return reward - baseline;
    });
  },
  learn: { steps: 250, rate: 0.02 },
  sequence: '1210001 0002110 0110000 0002110',
});

test('parameters: no biases, one matrix of gates, embeddings and outputs of every choice block', () => {
  const { tensors } = lstmController(smallSpace, createRng(5)).save();
  const shapes = Object.fromEntries([...tensors].map(([name, { shape }]) => [name, shape]));
  expect(shapes).toMatchObject({
    lstm: [128, 256],
    start: [1, 64],
    'embedding:two.kernel': [3, 64],
    'output:two.kernel': [64, 3],
    'adam:second:lstm': [128, 256],
  });
  expect(Object.keys(shapes)).toHaveLength(2 * (2 + 2 * 7));
  for (const [name, { data }] of tensors) {
    if (name.startsWith('adam:')) continue;
    expect(Math.max(...data)).toBeLessThanOrEqual(0.1);
    expect(Math.min(...data)).toBeGreaterThanOrEqual(-0.1);
  }
});

test('logits are bounded by the tanh constant', () => {
  const controller = lstmController(smallSpace, createRng(5), { temperature: 1e-6, tanhConstant: 1.5 });
  for (const p of Object.values(controller.probabilities())) {
    expect(Math.max(...p) / Math.min(...p)).toBeLessThanOrEqual(Math.exp(3) + 1e-9);
  }
});

test('the entropy of a path is a bonus of its reward', () => {
  const batch = [{ encoding: [0, 0, 1, 0, 0, 0, 0], reward: 0.5 }];
  const [without, with_] = [0, 0.1].map((entropyWeight) =>
    lstmController(smallSpace, createRng(5), { entropyWeight }).feedback(batch, 0),
  );
  expect(with_!.entropy).toBe(without!.entropy);
  expect(with_!.advantage - without!.advantage).toBeCloseTo(0.99 * 0.1 * without!.entropy, 12);
  expect(without).toMatchObject({ reward: 0.5 });
  expect(without!.baseline).toBeCloseTo(0.005, 12);
});
