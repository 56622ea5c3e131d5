import { expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import type { Encoding } from '../../src/nas/index.ts';
import {
  canonicalEncoding,
  enasMicroSpace,
  encodingKey,
  factorisedController,
  spaceEntropy,
} from '../../src/nas/index.ts';
import type { CellSpace } from '../../src/schema/generated/artifacts/search-space.ts';
import { controllerContract, stir, trainOnToy } from '../contract/controller.ts';
import { architectures } from './enumerate.ts';
import { smallSpace } from './spaces.ts';

controllerContract('factorised controller', {
  make: (adam) => factorisedController(smallSpace, adam ? { adam } : {}),
  // TuNAS: against a debiased average that is the first batch's mean.
  advantages(batch) {
    const mean = batch.reduce((sum, { reward }) => sum + reward, 0) / batch.length;
    return batch.map(({ reward }) => reward - mean);
  },
  learn: { steps: 150, rate: 0.05 },
  sequence: '1210000 0210000 0210001 1200010',
});

test('starts uniform: closed forms of entropy and log-probability', () => {
  const controller = factorisedController(smallSpace);
  // Block one: 2·3 options; two: 2 options, then 3·2·2 with probability 1/2; three: 2.
  const expected = Math.log(6) + Math.log(2) + Math.log(12) / 2 + Math.log(2);
  expect(controller.entropy()).toBeCloseTo(expected, 12);
  expect(controller.logProbability([0, 0, 1, 0, 0, 0, 0])).toBeCloseTo(-Math.log(6 * 2 * 2), 12);
  expect(controller.logProbability([0, 0, 0, 0, 0, 0, 0])).toBeCloseTo(-Math.log(6 * 2 * 12 * 2), 12);
  expect(controller.distribution().map((p) => p.length)).toEqual([2, 3, 2, 3, 2, 2, 2]);
});

test('what it draws stays as drawn where several sequences are one network', () => {
  const cells: CellSpace = { ...enasMicroSpace(), nodes: 1, operations: ['sep3', 'identity'] };
  const controller = factorisedController(cells);
  stir(controller);
  const rng = createRng(4);
  const counts = new Map<string, number>();
  const draws = 4000;
  let others = 0;
  for (let k = 0; k < draws; k++) {
    const { encoding, logProbability } = controller.propose(rng);
    expect(logProbability).toBeCloseTo(controller.logProbability(encoding), 12);
    others += encodingKey(canonicalEncoding(cells, encoding)) === encodingKey(encoding) ? 0 : 1;
    const normal = encoding.slice(0, 4).join('');
    counts.set(normal, (counts.get(normal) ?? 0) + 1);
  }
  expect(others).toBeGreaterThan(draws / 10);
  const [input1, op1, input2, op2] = controller.distribution();
  for (const [normal, count] of counts) {
    const [a, b, c, d] = [...normal].map(Number);
    const p = input1![a!]! * op1![b!]! * input2![c!]! * op2![d!]!;
    expect(Math.abs(count / draws - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / draws) + 1e-3);
  }
});

test('its entropy is that of the distribution over distinct architectures', () => {
  const controller = factorisedController(smallSpace);
  trainOnToy(controller, 20, 0.05);
  const exact = architectures(smallSpace).reduce((sum, encoding) => {
    const log = controller.logProbability(encoding);
    return sum - Math.exp(log) * log;
  }, 0);
  expect(controller.entropy()).toBeCloseTo(exact, 10);
  expect(spaceEntropy(smallSpace, controller.distribution())).toBeCloseTo(exact, 10);
});

test('the entropy bonus follows its gradient: with no reward at all, entropy grows', () => {
  const controller = factorisedController(smallSpace, { entropyWeight: 1 });
  stir(controller);
  const rng = createRng(4);
  let last = controller.entropy();
  for (let step = 0; step < 20; step++) {
    controller.feedback([{ encoding: controller.propose(rng).encoding, reward: 0 }], 0.02);
    expect(controller.entropy()).toBeGreaterThan(last);
    last = controller.entropy();
  }
});

test('the baseline is debiased and counts the present batch', () => {
  const controller = factorisedController(smallSpace);
  const encoding: Encoding = [0, 0, 0, 0, 0, 0, 0];
  expect(controller.feedback([{ encoding, reward: 0.5 }], 0)).toMatchObject({
    baseline: 0.5,
    advantage: 0,
  });
  const second = controller.feedback([{ encoding, reward: 0.7 }], 0);
  expect(second.baseline).toBeCloseTo((0.95 * 0.05 * 0.5 + 0.05 * 0.7) / (0.95 * 0.05 + 0.05), 12);
});
