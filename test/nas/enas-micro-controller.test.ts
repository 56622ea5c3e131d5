import { expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import type { ChoiceBlock, ChoiceList, EnasMicroOptions, Encoding } from '../../src/nas/index.ts';
import { eachArchitecture, enasController, enasMicroController, microNodes } from '../../src/nas/index.ts';
import type { Tensors } from '../../src/net/index.ts';
import { stir } from '../contract/controller.ts';

const choice = (id: string, options: number): ChoiceBlock => ({
  id,
  block: id,
  what: 'option',
  tag: 'op',
  options: Array.from({ length: options }, (_, k) => String(k)),
});
const micro = (nodes: number, operations: number): ChoiceList => ({
  grammar: 'choices',
  name: 'micro',
  choices: ['normal', 'reduction'].flatMap((cell) =>
    Array.from({ length: nodes }, (_, node) => [
      choice(`${cell}${node}.input1`, node + 2),
      choice(`${cell}${node}.op1`, operations),
      choice(`${cell}${node}.input2`, node + 2),
      choice(`${cell}${node}.op2`, operations),
    ]).flat(),
  ),
});

const two = micro(2, 3);
const make = (options: EnasMicroOptions = {}, space = two) =>
  enasMicroController(space, createRng(5), { hidden: 8, ...options });

test('the space is recognised by the options of its choices, and ENAS’s controller is then this one', () => {
  expect(microNodes(micro(5, 5).choices)).toBe(5);
  expect(microNodes(two.choices)).toBe(2);
  expect(microNodes(two.choices.slice(0, 8))).toBeUndefined();
  expect(microNodes(two.choices.map((each, at) => (at === 5 ? choice('other', 4) : each)))).toBeUndefined();
  expect([...enasController(two, createRng(1), {}).save().tensors.keys()]).toContain('output-bias');
});

test('is a distribution over architectures', () => {
  const one = micro(1, 2);
  const controller = stir(make({}, one));
  const all = [...eachArchitecture(one)];
  expect(all).toHaveLength(256);
  const sum = all.reduce((total, encoding) => total + Math.exp(controller.logProbability(encoding)), 0);
  expect(sum).toBeCloseTo(1, 10);
});

test('permanence: a seed gives the same architectures for ever', () => {
  const controller = stir(make());
  const rng = createRng(7);
  expect(Array.from({ length: 2 }, () => controller.propose(rng).encoding.join('')).join(' ')).toBe(
    '1112100011102011 0100211002010121',
  );
});

test('in the beginning the first two operations are favoured, in the normal cell more', () => {
  const probabilities = make({}, micro(2, 5)).probabilities();
  const odds = (id: string) => Math.log(probabilities[id]![0]! / probabilities[id]![4]!);
  // 0.44 tanh(10) against 0.44 tanh(0), and a constant of 0.25 on both sides; the small random part varies.
  expect(Math.abs(odds('normal0.op1') - (0.44 + 0.5))).toBeLessThan(0.05);
  expect(Math.abs(odds('reduction1.op2') - 0.44)).toBeLessThan(0.05);
});

test.each(['sampled', 'full'] as const)(
  'an update follows the gradient of its loss (entropy: %s)',
  (entropyForm) => {
    const [entropyWeight, reward] = [0.1, 0.7];
    // With no memory and a huge epsilon, Adam's step is rate · gradient / epsilon.
    const epsilon = 2 ** 40;
    const controller = stir(make({ entropyWeight, entropyForm, adam: { beta1: 0, beta2: 0, epsilon } }));
    const saved = controller.save();
    const encoding = controller.greedy();
    const along = Object.entries(controller.probabilities()).map(([id, p]) => {
      const chosen = p[encoding[two.choices.findIndex((each) => each.id === id)]!]!;
      return entropyForm === 'full'
        ? p.reduce((sum, q) => sum - q * Math.log(q), 0)
        : -chosen * Math.log(chosen);
    });
    expect(along).toHaveLength(16);
    const advantage = 0.99 * (reward + entropyWeight * along.reduce((a, b) => a + b));
    const loss = (tensors: Tensors): number => {
      controller.restore({ state: saved.state, tensors });
      return -advantage * controller.logProbability(encoding);
    };
    controller.feedback([{ encoding, reward }], epsilon);
    const after = controller.save().tensors;
    let tried = 0;
    for (const [name, { shape, data }] of saved.tensors) {
      if (name.startsWith('adam:')) continue;
      for (let i = 0; i < data.length; i += Math.ceil(data.length / 5)) {
        const shifted = (by: number): Tensors =>
          new Map([...saved.tensors, [name, { shape, data: data.map((x, k) => (k === i ? x + by : x)) }]]);
        const quotient = (loss(shifted(2 ** -8)) - loss(shifted(-(2 ** -8)))) / 2 ** -7;
        expect(data[i]! - after.get(name)!.data[i]!, `${name} ${i}`).toBeCloseTo(quotient, 3);
        tried++;
      }
    }
    expect(tried).toBeGreaterThan(30);
  },
);

test('learns which inputs and which operations pay', () => {
  // The first two operations start where tanh is flat, as in the release: what can be learnt is which of the others pays.
  const goal: Encoding = [1, 3, 1, 3, 1, 2, 1, 2];
  const agreement = (encoding: Encoding) => encoding.filter((option, at) => option === goal[at]).length / 8;
  const controller = make({ baselineDecay: 0.9, tanhConstant: 4 }, micro(1, 4));
  const before = controller.logProbability(goal);
  const rng = createRng(2);
  for (let step = 0; step < 80; step++) {
    const batch = Array.from({ length: 8 }, (_, k) => {
      const { encoding } = controller.propose(rng.fork(step).fork(k));
      return { encoding, reward: agreement(encoding) };
    });
    controller.feedback(batch, 0.02);
  }
  expect(controller.logProbability(goal)).toBeGreaterThan(before + 3);
  const inputs = controller.greedy().filter((_, at) => at % 2 === 0);
  expect(inputs).toEqual([1, 1, 1, 1]);
});
