import { describe, expect, test } from 'vitest';
import { canonicalJson, createRng } from '../../src/base/index.ts';
import type { AdamSettings, ArchitectureController, Encoding, Rewarded } from '../../src/nas/index.ts';
import { choiceBlocks, encodingKey, parseEncoding } from '../../src/nas/index.ts';
import type { Tensor, Tensors } from '../../src/net/index.ts';
import { architectures } from '../nas/enumerate.ts';
import { smallSpace } from '../nas/spaces.ts';

export interface ControllerCase {
  /** A new controller of `smallSpace`; with `adam`, without an entropy bonus. */
  readonly make: (adam?: AdamSettings) => ArchitectureController;
  /** The advantages of a first batch, by the definition of its baseline. */
  readonly advantages: (batch: readonly Rewarded[]) => number[];
  /** What makes the toy objective learnable in a second. */
  readonly learn: { readonly steps: number; readonly rate: number };
  /** The first four architectures of a stirred controller, drawn with seed 7. */
  readonly sequence: string;
}

/** The toy objective: the share of choice blocks that agree with this architecture. */
const GOAL: Encoding = [1, 2, 0, 1, 1, 1, 1];
const toy = (encoding: Encoding): number =>
  encoding.filter((option, at) => option === GOAL[at]).length / GOAL.length;

/** Feeds the toy objective. */
export function trainOnToy(controller: ArchitectureController, steps: number, rate: number): void {
  const rng = createRng(2);
  for (let step = 0; step < steps; step++) {
    const batch = Array.from({ length: 8 }, (_, k): Rewarded => {
      const { encoding } = controller.propose(rng.fork(step).fork(k));
      return { encoding, reward: toy(encoding) };
    });
    controller.feedback(batch, rate);
  }
}

const changed = (tensors: Tensors, change: (name: string, value: number, index: number) => number): Tensors =>
  new Map(
    [...tensors].map(([name, { shape, data }]): [string, Tensor] => [
      name,
      { shape, data: data.map((value, index) => change(name, value, index)) },
    ]),
  );

/** Moves every parameter at random, so that nothing is uniform any more. */
export function stir(controller: ArchitectureController): ArchitectureController {
  const { state, tensors } = controller.save();
  const rng = createRng(9);
  controller.restore({
    state,
    tensors: changed(tensors, (name, x) => (name.startsWith('adam:') ? x : x + 0.7 * rng.normal())),
  });
  return controller;
}

/** What every controller promises. */
export function controllerContract(
  name: string,
  { make, advantages, learn, sequence }: ControllerCase,
): void {
  describe(`${name}: contract of controllers`, () => {
    test('is a distribution over distinct architectures', () => {
      const controller = stir(make());
      const logs = architectures(smallSpace).map((encoding) => controller.logProbability(encoding));
      expect(logs.reduce((sum, log) => sum + Math.exp(log), 0)).toBeCloseTo(1, 10);
    });

    test('draws architectures as often as it says, canonical, with their log-probability', () => {
      const controller = stir(make());
      const rng = createRng(3);
      const counts = new Map<string, number>();
      let entropy = 0;
      const draws = 2000;
      for (let k = 0; k < draws; k++) {
        const proposal = controller.propose(rng);
        if (k < 100) {
          expect(parseEncoding(smallSpace, proposal.encoding)).toEqual({
            ok: true,
            value: proposal.encoding,
          });
          expect(proposal.logProbability).toBeCloseTo(controller.logProbability(proposal.encoding), 12);
        }
        const key = encodingKey(proposal.encoding);
        counts.set(key, (counts.get(key) ?? 0) + 1);
        entropy += proposal.entropy / draws;
      }
      let exact = 0;
      for (const encoding of architectures(smallSpace)) {
        const p = Math.exp(controller.logProbability(encoding));
        exact -= p * Math.log(p);
        const deviation = Math.sqrt((p * (1 - p)) / draws);
        const share = (counts.get(encodingKey(encoding)) ?? 0) / draws;
        expect(Math.abs(share - p)).toBeLessThan(5 * deviation + 1e-3);
      }
      // By the chain rule the mean of the paths' entropies is the entropy of the whole distribution.
      expect(Math.abs(entropy - exact)).toBeLessThan(0.08);
    });

    test('an update follows the gradient of advantage · log P (difference quotients)', () => {
      const controller = stir(make());
      const saved = controller.save();
      const batch: Rewarded[] = [
        { encoding: [1, 2, 0, 1, 1, 0, 1], reward: 0.9 },
        { encoding: [0, 1, 1, 0, 0, 0, 0], reward: 0.2 },
      ];
      const weights = advantages(batch);
      const objective = (tensors: Tensors): number => {
        controller.restore({ state: saved.state, tensors });
        return batch.reduce(
          (sum, { encoding }, k) => sum + (weights[k]! * controller.logProbability(encoding)) / batch.length,
          0,
        );
      };
      // With no memory and a huge epsilon, Adam's step is rate · gradient / epsilon.
      const epsilon = 2 ** 40;
      const plain = make({ beta1: 0, beta2: 0, epsilon });
      plain.restore(saved);
      plain.feedback(batch, epsilon * 64);
      const after = plain.save().tensors;
      for (const [parameter, { data }] of saved.tensors) {
        if (parameter.startsWith('adam:')) continue;
        for (const index of [0, Math.floor(data.length / 2), data.length - 1]) {
          const nudge = (by: number): Tensors =>
            changed(saved.tensors, (other, x, i) => (other === parameter && i === index ? x + by : x));
          const [up, down] = [nudge(2 ** -10), nudge(-(2 ** -10))];
          const width = up.get(parameter)!.data[index]! - down.get(parameter)!.data[index]!;
          const quotient = (objective(up) - objective(down)) / width;
          const step = (after.get(parameter)!.data[index]! - data[index]!) / 64;
          expect(Math.abs(quotient - step)).toBeLessThan(1e-5 + 1e-3 * Math.abs(quotient));
        }
      }
    });

    test('learns: better than random, up to the best architecture', () => {
      const controller = make();
      const mean = (): number =>
        architectures(smallSpace).reduce(
          (sum, encoding) => sum + Math.exp(controller.logProbability(encoding)) * toy(encoding),
          0,
        );
      expect(mean()).toBeLessThan(0.6);
      trainOnToy(controller, learn.steps, learn.rate);
      expect(mean()).toBeGreaterThan(0.85);
      expect(controller.greedy()).toEqual(GOAL);
      expect(Object.keys(controller.probabilities())).toEqual(choiceBlocks(smallSpace).map(({ id }) => id));
      for (const distribution of Object.values(controller.probabilities())) {
        expect(distribution.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
      }
    });

    test('restored from its saved state, it goes on exactly', () => {
      const [one, two] = [make(), make()];
      trainOnToy(one, 5, 0.01);
      const saved = one.save();
      two.restore({ state: JSON.parse(canonicalJson(saved.state)), tensors: saved.tensors });
      trainOnToy(one, 5, 0.01);
      expect(one.save()).not.toEqual(saved);
      trainOnToy(two, 5, 0.01);
      expect(two.save()).toEqual(one.save());
      expect([two.steps, two.baseline]).toEqual([one.steps, one.baseline]);
      expect(one.steps).toBe(10);
    });

    test('permanence: a seed gives the same architectures for ever', () => {
      const controller = stir(make());
      const rng = createRng(7);
      const drawn = Array.from({ length: 4 }, () => controller.propose(rng).encoding.join(''));
      expect(drawn.join(' ')).toBe(sequence);
    });
  });
}
