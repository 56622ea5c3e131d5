import { expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import type { ChoiceBlock, ChoiceList, EnasMacroOptions, Encoding } from '../../src/nas/index.ts';
import {
  choiceBlocks,
  eachArchitecture,
  enasController,
  enasMacroChannelsSpace,
  enasMacroController,
  macroForm,
  skipPenalty,
} from '../../src/nas/index.ts';
import type { Tensors } from '../../src/net/index.ts';
import { stir } from '../contract/controller.ts';

const choice = (id: string, options: number): ChoiceBlock => ({
  id,
  block: id,
  what: 'option',
  tag: 'op',
  options: Array.from({ length: options }, (_, k) => String(k)),
});
const macro = (layers: number, operations: number): ChoiceList => ({
  grammar: 'choices',
  name: 'macro',
  choices: Array.from({ length: layers }, (_, layer) => [
    choice(`layer${layer}`, operations),
    ...Array.from({ length: layer }, (_, earlier) => choice(`layer${layer}.skip${earlier}`, 2)),
  ]).flat(),
});

const three = macro(3, 3);
/** Its first choices. */
const firstOf = (space: ChoiceList, length: number): ChoiceList => ({
  ...space,
  choices: space.choices.slice(0, length),
});
/** Two operations on some of three parts of the channels: 25 ways a layer. */
const channels: ChoiceList = {
  grammar: 'choices',
  name: 'channels',
  choices: choiceBlocks(
    enasMacroChannelsSpace({ layers: 3, filters: 6, partition: 3, operations: ['conv3', 'max3'] }),
  ),
};
const make = (options: EnasMacroOptions = {}, space = three) =>
  enasMacroController(space, createRng(5), { hidden: 10, ...options });

const twoLayers = firstOf(channels, 9);

test('the space is recognised by the options of its choices', () => {
  const layersOf = (choices: readonly ChoiceBlock[]) => macroForm(choices)?.layers;
  expect(macroForm(macro(12, 6).choices)).toEqual({ layers: 12, heads: [{ name: '', options: 6 }] });
  expect(layersOf(three.choices)).toBe(3);
  expect(layersOf(three.choices.slice(0, -1))).toBeUndefined();
  expect(layersOf(macro(1, 6).choices)).toBeUndefined();
  const other = (choices: readonly ChoiceBlock[], at: number, changed: Partial<ChoiceBlock>) =>
    layersOf(choices.map((each, k) => (k === at ? { ...each, ...changed } : each)));
  expect(other(three.choices, 1, choice('layer1', 4))).toBeUndefined();
  expect(other(three.choices, 2, choice('layer1.skip0', 3))).toBeUndefined();
  const when = [{ position: 0, options: [1] }];
  expect(other(three.choices, 2, { when })).toBeUndefined();

  const channels = choiceBlocks(enasMacroChannelsSpace({ layers: 3, filters: 6 }));
  expect(macroForm(channels)).toMatchObject({ layers: 3, heads: { length: 12 } });
  expect(macroForm(channels)!.heads.slice(10)).toEqual([
    { name: '-start:5', options: 6 },
    { name: '-count:5', options: 5, limit: [5, 5, 4, 3, 2, 1] },
  ]);
  expect(layersOf(channels.slice(0, -1))).toBeUndefined();
  expect(other(channels, 12, { when })).toBeUndefined();
  expect(other(channels, 13, { limit: { position: 12, options: [5, 5, 4, 3, 2, 2] } })).toBeUndefined();
});

test('ENAS’s controller is this one where the space has the form, else the plain one', () => {
  const names = (space: ChoiceList) => [...enasController(space, createRng(1), {}).save().tensors.keys()];
  expect(names(three)).toContain('attention-anchor');
  expect(names({ ...three, choices: three.choices.slice(1) })).not.toContain('attention-anchor');
});

test.each([
  [three, 27 * 8],
  [twoLayers, 25 ** 2 * 2],
])('is a distribution over architectures, and draws what it says', (space, architectures) => {
  const controller = stir(make({ hidden: 4 }, space));
  const all = [...eachArchitecture(space)];
  expect(all).toHaveLength(architectures);
  const sum = all.reduce((total, encoding) => total + Math.exp(controller.logProbability(encoding)), 0);
  expect(sum).toBeCloseTo(1, 10);
  const rng = createRng(3);
  const drawn = Array.from({ length: 4 }, () => controller.propose(rng));
  for (const { encoding, logProbability } of drawn) {
    expect(controller.logProbability(encoding)).toBeCloseTo(logProbability, 12);
  }
});

test('permanence: a seed gives the same architectures for ever', () => {
  const controller = stir(make());
  const rng = createRng(7);
  expect(Array.from({ length: 4 }, () => controller.propose(rng).encoding.join('')).join(' ')).toBe(
    '121210 000200 111000 101110',
  );
});

test.each([
  ['sampled', three],
  ['full', three],
  ['sampled', channels],
] as const)(
  'an update follows the gradient of its loss, the penalty of skips included (entropy: %s)',
  (entropyForm, space) => {
    const entropyWeight = 0.1;
    const [reward, skipWeight] = [0.7, 0.8];
    // With no memory and a huge epsilon, Adam's step is rate · gradient / epsilon.
    const epsilon = 2 ** 40;
    const settings = { entropyWeight, entropyForm, adam: { beta1: 0, beta2: 0, epsilon } };
    const controller = stir(make(settings, space));
    const saved = controller.save();
    const encoding = controller.greedy();
    const chosen = Object.values(controller.probabilities()).map((p, at) => p[encoding[at]!]!);
    const entropies = Object.values(controller.probabilities()).map((p) =>
      p.reduce((sum, q) => (q > 0 ? sum - q * Math.log(q) : sum), 0),
    );
    const bonus = (entropyForm === 'full' ? entropies : chosen.map((p) => -p * Math.log(p))).reduce(
      (a, b) => a + b,
    );
    const value = reward + entropyWeight * bonus;
    const advantage = value - 0.01 * value;
    const loss = (tensors: Tensors): number => {
      controller.restore({ state: saved.state, tensors });
      const penalties = Object.entries(controller.probabilities())
        .filter(([id]) => id.includes('skip'))
        .map(([, [off, on]]) => skipPenalty(Math.log(on! / off!) / 2, 0.4).value);
      const penalty = (skipWeight * penalties.reduce((a, b) => a + b)) / 2;
      return -advantage * controller.logProbability(encoding) + penalty;
    };
    controller.feedback([{ encoding, reward }], epsilon);
    expect(controller.baseline).toBeCloseTo(0.01 * value, 12);
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
    expect(tried).toBeGreaterThan(25);
  },
);

test('the penalty of a skip is least at 0.4 of half its logit, and there 0', () => {
  const least = Math.log(0.4 / 0.6);
  expect(skipPenalty(least, 0.4)).toEqual({ value: expect.closeTo(0, 12), slope: expect.closeTo(0, 12) });
  for (const q of [-2, -0.6, 0, 1.3]) {
    const quotient = (skipPenalty(q + 1e-5, 0.4).value - skipPenalty(q - 1e-5, 0.4).value) / 2e-5;
    expect(skipPenalty(q, 0.4).slope).toBeCloseTo(quotient, 8);
    expect(skipPenalty(q, 0.4).value).toBeGreaterThan(0);
  }
});

test('by the penalty alone 0.308 of the skips are drawn', () => {
  const controller = make({ entropyWeight: 0 }, macro(4, 2));
  const rng = createRng(1);
  for (let step = 0; step < 500; step++) {
    controller.feedback([{ encoding: controller.propose(rng.fork(step)).encoding, reward: 0 }], 0.01);
  }
  const skips = Object.entries(controller.probabilities()).filter(([id]) => id.includes('skip'));
  expect(skips).toHaveLength(6);
  for (const [, [, on]] of skips) expect(Math.abs(on! - 0.16 / (0.16 + 0.36))).toBeLessThan(0.01);
});

test('learns which operations and which skips pay', () => {
  const goal: Encoding = [2, 0, 1, 1, 0, 1];
  const agreement = (encoding: Encoding) => encoding.filter((option, at) => option === goal[at]).length / 6;
  const controller = make({ skipWeight: 0, baselineDecay: 0.9 });
  const rng = createRng(2);
  for (let step = 0; step < 150; step++) {
    const batch = Array.from({ length: 8 }, (_, k) => {
      const { encoding } = controller.propose(rng.fork(step).fork(k));
      return { encoding, reward: agreement(encoding) };
    });
    controller.feedback(batch, 0.02);
  }
  expect(controller.greedy()).toEqual(goal);
});

test('restored from its saved state, it goes on exactly', () => {
  const [one, two] = [stir(make()), make()];
  one.feedback([{ encoding: [0, 1, 0, 2, 1, 1], reward: 0.4 }], 0.05);
  two.restore(structuredClone(one.save()));
  for (const controller of [one, two])
    controller.feedback([{ encoding: [1, 1, 1, 0, 0, 1], reward: 0.9 }], 0.05);
  expect(two.save()).toEqual(one.save());
  expect([two.steps, two.baseline]).toEqual([2, one.baseline]);
});
