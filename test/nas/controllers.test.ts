import { describe, expect, test } from 'vitest';
import { canonicalJson, createRng } from '../../src/base/index.ts';
import type { ArchitectureController, Encoding, Rewarded, SearchSpace } from '../../src/nas/index.ts';
import {
  choiceBlocks,
  encodingKey,
  factorisedController,
  lstmController,
  parseEncoding,
  spaceEntropy,
} from '../../src/nas/index.ts';
import type { Tensor, Tensors } from '../../src/net/index.ts';
import { architectures } from './enumerate.ts';
import { smallSpace } from './spaces.ts';

const makers: { readonly [kind: string]: (space: SearchSpace) => ArchitectureController } = {
  lstm: (space) => lstmController(space, createRng(5), { hidden: 6, temperature: 0.5 }),
  factorised: (space) => factorisedController(space),
};

/** A controller away from its start: every parameter moved at random. */
function stirred(kind: string): ArchitectureController {
  const controller = makers[kind]!(smallSpace);
  const { state, tensors } = controller.save();
  const rng = createRng(9);
  controller.restore({
    state,
    tensors: mapTensors(tensors, (name, x) => (name.startsWith('adam:') ? x : x + 0.7 * rng.normal())),
  });
  return controller;
}

const mapTensors = (
  tensors: Tensors,
  change: (name: string, value: number, index: number) => number,
): Tensors =>
  new Map(
    [...tensors].map(([name, { shape, data }]): [string, Tensor] => [
      name,
      { shape, data: data.map((value, index) => change(name, value, index)) },
    ]),
  );

/** Feeds the toy objective. */
function train(controller: ArchitectureController, steps: number, learningRate: number): void {
  const rng = createRng(2);
  for (let step = 0; step < steps; step++) {
    const batch = Array.from({ length: 8 }, (_, k): Rewarded => {
      const { encoding } = controller.propose(rng.fork(step).fork(k));
      return { encoding, reward: toy(encoding) };
    });
    controller.feedback(batch, learningRate);
  }
}

/** The toy objective: the share of choice blocks that agree with this architecture. */
const GOAL: Encoding = [1, 2, 0, 1, 1, 1, 1];
const toy = (encoding: Encoding): number =>
  encoding.filter((option, at) => option === GOAL[at]).length / GOAL.length;

describe.each(Object.keys(makers))('%s controller', (kind) => {
  test('is a distribution over distinct architectures', () => {
    const controller = stirred(kind);
    const logs = architectures(smallSpace).map((encoding) => controller.logProbability(encoding));
    expect(logs.reduce((sum, log) => sum + Math.exp(log), 0)).toBeCloseTo(1, 10);
  });

  test('draws architectures as often as it says, canonical, with their log-probability', () => {
    const controller = stirred(kind);
    const rng = createRng(3);
    const counts = new Map<string, number>();
    let entropy = 0;
    const draws = 4000;
    for (let k = 0; k < draws; k++) {
      const proposal = controller.propose(rng);
      if (k < 100) {
        expect(parseEncoding(smallSpace, proposal.encoding)).toEqual({ ok: true, value: proposal.encoding });
        expect(proposal.logProbability).toBeCloseTo(controller.logProbability(proposal.encoding), 12);
      }
      counts.set(encodingKey(proposal.encoding), (counts.get(encodingKey(proposal.encoding)) ?? 0) + 1);
      entropy += proposal.entropy / draws;
    }
    let exact = 0;
    for (const encoding of architectures(smallSpace)) {
      const p = Math.exp(controller.logProbability(encoding));
      exact -= p * Math.log(p);
      const deviation = Math.sqrt((p * (1 - p)) / draws);
      expect(Math.abs((counts.get(encodingKey(encoding)) ?? 0) / draws - p)).toBeLessThan(
        5 * deviation + 1e-3,
      );
    }
    // By the chain rule the mean of the paths' entropies is the entropy of the whole distribution.
    expect(Math.abs(entropy - exact)).toBeLessThan(0.05);
  });

  test('the update follows the gradient of advantage · log P (finite differences)', () => {
    const controller = stirred(kind);
    const saved = controller.save();
    const batch: Rewarded[] = [
      { encoding: [1, 2, 0, 1, 1, 0, 1], reward: 0.9 },
      { encoding: [0, 1, 1, 0, 0, 0, 0], reward: 0.2 },
    ];
    const gradient = batchGradient(kind, saved.tensors, saved.state, batch);
    const advantages = gradient.advantages;
    const objective = (tensors: Tensors): number => {
      controller.restore({ state: saved.state, tensors });
      return batch.reduce(
        (sum, { encoding }, k) => sum + (advantages[k]! * controller.logProbability(encoding)) / batch.length,
        0,
      );
    };
    for (const [name, { data }] of saved.tensors) {
      if (name.startsWith('adam:')) continue;
      for (const index of [0, Math.floor(data.length / 2), data.length - 1]) {
        const nudge = (by: number): Tensors =>
          mapTensors(saved.tensors, (other, x, i) => (other === name && i === index ? x + by : x));
        const [up, down] = [nudge(2 ** -10), nudge(-(2 ** -10))];
        const width = up.get(name)!.data[index]! - down.get(name)!.data[index]!;
        const quotient = (objective(up) - objective(down)) / width;
        const analytic = gradient.values.get(name)![index]!;
        expect(Math.abs(quotient - analytic)).toBeLessThan(1e-5 + 1e-3 * Math.abs(quotient));
      }
    }
  });

  test('a restored controller goes on exactly', () => {
    const [one, two] = [makers[kind]!(smallSpace), makers[kind]!(smallSpace)];
    train(one, 5, 0.01);
    const saved = one.save();
    two.restore({ state: JSON.parse(canonicalJson(saved.state)), tensors: saved.tensors });
    train(one, 5, 0.01);
    expect(
      [...saved.tensors.values()].some(({ data }, k) =>
        data.some((x, i) => x !== [...one.save().tensors.values()][k]!.data[i]),
      ),
    ).toBe(true);
    train(two, 5, 0.01);
    expect(two.save()).toEqual(one.save());
    expect([two.steps, two.baseline]).toEqual([one.steps, one.baseline]);
    expect(one.steps).toBe(10);
  });

  test('learns: better than random, up to the best architecture', () => {
    const controller =
      kind === 'lstm' ? lstmController(smallSpace, createRng(1), { hidden: 16 }) : makers[kind]!(smallSpace);
    const mean = (): number =>
      architectures(smallSpace).reduce(
        (sum, encoding) => sum + Math.exp(controller.logProbability(encoding)) * toy(encoding),
        0,
      );
    const before = mean();
    train(controller, kind === 'lstm' ? 200 : 150, kind === 'lstm' ? 0.02 : 0.05);
    expect(before).toBeLessThan(0.6);
    expect(mean()).toBeGreaterThan(0.85);
    expect(controller.greedy()).toEqual(GOAL);
    expect(Object.keys(controller.probabilities())).toEqual(choiceBlocks(smallSpace).map(({ id }) => id));
    for (const distribution of Object.values(controller.probabilities())) {
      expect(distribution.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
    }
  });
});

/**
 * The gradient that an update applied: with Adam at beta1 = beta2 = 0 and a huge epsilon, a step is
 * learning rate · gradient / epsilon.
 */
function batchGradient(
  kind: string,
  tensors: Tensors,
  state: ReturnType<ArchitectureController['save']>['state'],
  batch: readonly Rewarded[],
): { values: Map<string, number[]>; advantages: number[] } {
  const epsilon = 2 ** 40;
  const adam = { beta1: 0, beta2: 0, epsilon };
  const controller =
    kind === 'lstm'
      ? lstmController(smallSpace, createRng(5), { hidden: 6, temperature: 0.5, entropyWeight: 0, adam })
      : factorisedController(smallSpace, { adam });
  controller.restore({ state, tensors });
  controller.feedback(batch, epsilon * 64);
  const after = controller.save().tensors;
  const values = new Map<string, number[]>();
  for (const [name, { data }] of tensors) {
    if (name.startsWith('adam:')) continue;
    values.set(
      name,
      Array.from(data, (x, i) => (after.get(name)!.data[i]! - x) / 64),
    );
  }
  let baseline = 0;
  const mean = batch.reduce((sum, { reward }) => sum + reward, 0) / batch.length;
  const advantages = batch.map(({ reward }) => {
    if (kind !== 'lstm') return reward - mean;
    baseline -= 0.01 * (baseline - reward);
    return reward - baseline;
  });
  return { values, advantages };
}

describe('factorised controller', () => {
  test('starts uniform: closed forms of entropy and log-probability', () => {
    const controller = factorisedController(smallSpace);
    // Block one: 2·3 options; two: 2 options, then 3·2·2 with probability 1/2; three: 2.
    const expected = Math.log(6) + Math.log(2) + Math.log(12) / 2 + Math.log(2);
    expect(controller.entropy()).toBeCloseTo(expected, 12);
    expect(controller.logProbability([0, 0, 1, 0, 0, 0, 0])).toBeCloseTo(-Math.log(6 * 2 * 2), 12);
    expect(controller.logProbability([0, 0, 0, 0, 0, 0, 0])).toBeCloseTo(-Math.log(6 * 2 * 12 * 2), 12);
    expect(controller.distribution().map((p) => p.length)).toEqual([2, 3, 2, 3, 2, 2, 2]);
  });

  test('its entropy is that of the distribution over distinct architectures', () => {
    const controller = factorisedController(smallSpace);
    train(controller, 20, 0.05);
    const exact = architectures(smallSpace).reduce((sum, encoding) => {
      const log = controller.logProbability(encoding);
      return sum - Math.exp(log) * log;
    }, 0);
    expect(controller.entropy()).toBeCloseTo(exact, 10);
    expect(spaceEntropy(smallSpace, controller.distribution())).toBeCloseTo(exact, 10);
  });

  test('the entropy bonus follows its gradient: with no reward at all, entropy grows', () => {
    const controller = factorisedController(smallSpace, { entropyWeight: 1 });
    const { state, tensors } = stirred('factorised').save();
    controller.restore({ state, tensors });
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
});

describe('permanence of sampled sequences', () => {
  test.each([
    ['lstm', '1210001 0000111 0210000 0102011'],
    ['factorised', '1210000 0110001 0100101 1100011'],
  ])('%s', (kind, sequence) => {
    const controller = makers[kind]!(smallSpace);
    const rng = createRng(7);
    const drawn = Array.from({ length: 4 }, () => controller.propose(rng).encoding.join(''));
    expect(drawn.join(' ')).toBe(sequence);
  });
});
