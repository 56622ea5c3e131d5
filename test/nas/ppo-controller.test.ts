import { expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import { ppoController } from '../../src/nas/index.ts';
import { LstmPolicy } from '../../src/nas/strategies/controllers/lstm-policy.ts';
import type { Tensors } from '../../src/net/index.ts';
import { controllerContract, stir } from '../contract/controller.ts';
import { smallSpace } from './spaces.ts';

const make = (options = {}) => ppoController(smallSpace, createRng(5), { hidden: 12, ...options });

controllerContract('PPO', {
  // In the first pass all ratios are 1: an update is that of REINFORCE.
  make: (adam) => make(adam ? { adam, passes: 1, entropyWeight: 0 } : {}),
  // The debiased baseline of a first batch is its mean reward.
  advantages: (batch) => {
    const mean = batch.reduce((sum, { reward }) => sum + reward, 0) / batch.length;
    return batch.map(({ reward }) => reward - mean);
  },
  learn: { steps: 60, rate: 0.01 },
  sequence: '1210001 0002110 0110000 0002110',
});

const batch = [
  { encoding: [1, 2, 0, 1, 1, 0, 1], reward: 0.9 },
  { encoding: [0, 1, 1, 0, 0, 0, 0], reward: 0.2 },
];

test('the second pass follows the clipped objective (difference quotients)', () => {
  const clip = 0.05;
  // With no memory and a huge epsilon, Adam's step is rate · gradient / epsilon.
  const epsilon = 2 ** 40;
  const adam = { beta1: 0, beta2: 0, epsilon };
  const rate = 2;
  const after = (passes: number): Tensors => {
    const controller = stir(make({ passes, clip, adam, entropyWeight: 0 }));
    controller.feedback(batch, rate * epsilon);
    return controller.save().tensors;
  };
  const [start, one, two] = [stir(make()).save().tensors, after(1), after(2)];
  const policy = new LstmPolicy(smallSpace, { hidden: 12, tanhConstant: 2.5, temperature: 1 });
  const ratios = (tensors: Tensors): number[][] =>
    batch.map(({ encoding }) => {
      const before = policy.follow(start, encoding).steps;
      return policy
        .follow(tensors, encoding)
        .steps.map(
          ({ option, probabilities }, at) => probabilities[option]! / before[at]!.probabilities[option]!,
        );
    });
  const objective = (tensors: Tensors): number =>
    ratios(tensors).reduce((sum, own, k) => {
      const advantage = k === 0 ? 0.35 : -0.35;
      const clipped = own.map((ratio) => Math.min(Math.max(ratio, 1 - clip), 1 + clip));
      return (
        sum + own.reduce((all, ratio, t) => all + Math.min(ratio * advantage, clipped[t]! * advantage), 0) / 2
      );
    }, 0);
  const moved = ratios(one);
  expect(moved[0]!.some((ratio) => ratio > 1 + clip)).toBe(true);
  expect(moved[0]!.some((ratio) => ratio < 1 + clip)).toBe(true);
  expect(moved[1]!.some((ratio) => ratio < 1 - clip)).toBe(true);
  let tried = 0;
  for (const [name, { shape, data }] of one) {
    if (name.startsWith('adam:')) continue;
    for (let i = 0; i < data.length; i += 61) {
      const shifted = (by: number): Tensors => {
        const copy = Float64Array.from(data);
        copy[i]! += by;
        return new Map([...one, [name, { shape, data: copy as unknown as Float32Array }]]);
      };
      const quotient = (objective(shifted(1e-4)) - objective(shifted(-1e-4))) / 2e-4;
      expect((two.get(name)!.data[i]! - data[i]!) / rate).toBeCloseTo(quotient, 5);
      tried++;
    }
  }
  expect(tried).toBeGreaterThan(30);
});

test('the entropy bonus alone leads to the uniform distribution', () => {
  const controller = stir(make({ entropyWeight: 1, passes: 1 }));
  const entropy = (): number => {
    const rng = createRng(8);
    return (
      Array.from({ length: 50 }, (_, k) => controller.propose(rng.fork(k)).entropy).reduce((a, b) => a + b) /
      50
    );
  };
  const before = entropy();
  for (let step = 0; step < 30; step++)
    controller.feedback(
      batch.map((item) => ({ ...item, reward: 0 })),
      0.03,
    );
  expect(entropy()).toBeGreaterThan(before + 0.2);
});
