import { describe, expect, test } from 'vitest';
import { canonicalJson, createRng } from '../../src/base/index.ts';
import type {
  CostModel,
  Encoding,
  GateLossSpec,
  GateProposal,
  PathGates,
  PathGatesOptions,
} from '../../src/nas/index.ts';
import {
  activeChoices,
  checkGateLoss,
  choiceBlocks,
  gateGradients,
  gateLoss,
  macsCost,
  pathGates,
} from '../../src/nas/index.ts';
import { architectures } from './enumerate.ts';
import { mainSpace, smallSpace } from './spaces.ts';

const cost = macsCost(smallSpace);
const choices = choiceBlocks(smallSpace);
const add: GateLossSpec = { kind: 'add#linear', reference: 10_000, lambda: 0.2 };
const mul: GateLossSpec = { kind: 'mul#log', reference: 10_000 };

/** Plain gradient descent: a step is learning rate · gradient. */
const epsilon = 2 ** 40;
const plain = { beta1: 0, beta2: 0, epsilon };

/** A made-up dCE/dgate for every option. */
const gates = (proposal: GateProposal): Map<string, Map<number, number>> =>
  new Map(
    choices.map(({ id }, at) => [
      id,
      new Map(proposal.alternatives.get(id)!.map((option) => [option, Math.sin(3 * at + 5 * option)])),
    ]),
  );

const alphasOf = (search: PathGates): number[][] => {
  const { tensors } = search.save();
  return choices.map(({ id }) => [...tensors.get(id)!.data]);
};

const softmax = (alpha: readonly number[]): number[] => {
  const total = alpha.reduce((sum, a) => sum + Math.exp(a), 0);
  return alpha.map((a) => Math.exp(a) / total);
};

describe('loss of the gates', () => {
  test.each([add, mul])('$kind: derivatives are difference quotients', (spec) => {
    const { value, byCrossEntropy, byCost } = gateLoss(spec, 1.3, 12_000);
    expect((gateLoss(spec, 1.3001, 12_000).value - value) / 1e-4).toBeCloseTo(byCrossEntropy, 6);
    const quotient = (gateLoss(spec, 1.3, 12_001).value - gateLoss(spec, 1.3, 11_999).value) / 2;
    expect(quotient / byCost).toBeCloseTo(1, 6);
  });

  test('closed forms at the reference', () => {
    expect(gateLoss(add, 1.5, 10_000).value).toBe(1.5);
    expect(gateLoss(mul, 1.5, 10_000).value).toBeCloseTo(0.2 * 1.5, 12);
  });

  test('logarithms need costs above 1', () => {
    const range = { min: 0.4, max: 3, minEncoding: [], maxEncoding: [] };
    expect(checkGateLoss({ kind: 'mul#log', reference: 2 }, range, 'ms')).toEqual({
      ok: false,
      failures: [
        {
          code: 'cost-below-one',
          message:
            'the loss mul#log needs costs above 1 ms; here they start at 0.4 ms with a reference of 2 ms: use add#linear',
        },
      ],
    });
    expect(checkGateLoss({ kind: 'add#linear', reference: 2 }, range, 'ms').ok).toBe(true);
  });
});

/** dL/dalpha by differences, for the options that take part, the others' probability being 0 in this step. */
function numericGradient(
  alphas: readonly (readonly number[])[],
  proposal: GateProposal,
  spec: GateLossSpec,
  model: CostModel,
): number[][] {
  const measured = gates(proposal);
  const crossEntropy = 1.2;
  const loss = (moved: readonly (readonly number[])[]): number => {
    const probabilities = choices.map(({ id, options }, at) => {
      const listed = proposal.alternatives.get(id)!;
      const p = softmax(listed.map((option) => moved[at]![option]!));
      return options.map((_, option) => (listed.includes(option) ? p[listed.indexOf(option)]! : 0));
    });
    // To first order the cross-entropy is linear in the gates, whose expectation are the probabilities.
    const change = choices.reduce(
      (sum, { id }, at) =>
        sum +
        [...measured.get(id)!].reduce((inner, [option, g]) => inner + g * probabilities[at]![option]!, 0),
      0,
    );
    const start = choices.reduce((sum, { id }, at) => {
      const listed = proposal.alternatives.get(id)!;
      const p = softmax(listed.map((option) => alphas[at]![option]!));
      return sum + listed.reduce((inner, option, k) => inner + measured.get(id)!.get(option)! * p[k]!, 0);
    }, 0);
    return gateLoss(spec, crossEntropy + change - start, model.expected(probabilities).value).value;
  };
  return alphas.map((alpha, at) =>
    alpha.map((_, k) => {
      const nudge = (by: number) =>
        alphas.map((row, i) => row.map((a, j) => (i === at && j === k ? a + by : a)));
      return (loss(nudge(1e-4)) - loss(nudge(-1e-4))) / 2e-4;
    }),
  );
}

describe.each(['full', 'two'] as const)('path gates, mode %s', (mode) => {
  const make = (options: Partial<PathGatesOptions> = {}): PathGates =>
    pathGates(smallSpace, createRng(6), { mode, deviation: 0.5, ...options });

  test.each([add, mul])('the update is the gradient of $kind', (spec) => {
    const search = make({ adam: plain });
    const proposal = search.propose(createRng(8));
    const before = alphasOf(search);
    const wanted = numericGradient(before, proposal, spec, cost);
    search.feedback(proposal, { crossEntropy: 1.2, gates: gates(proposal) }, spec, cost, epsilon);
    const after = alphasOf(search);
    for (const [at, row] of wanted.entries()) {
      const listed = proposal.alternatives.get(choices[at]!.id)!;
      // In mode two both are shifted alike afterwards: compare their difference.
      for (const option of listed) {
        const reference = mode === 'two' ? listed[0]! : undefined;
        const step = (values: readonly number[]) =>
          values[option]! - (reference === undefined ? 0 : values[reference]!);
        expect(step(before[at]!) - step(after[at]!)).toBeCloseTo(step(row), 4);
      }
    }
  });

  test('proposals: the active option takes part, as many as the mode says', () => {
    const search = make();
    const rng = createRng(1);
    for (let k = 0; k < 50; k++) {
      const { encoding, alternatives } = search.propose(rng);
      for (const [at, { id, options }] of choices.entries()) {
        const listed = alternatives.get(id)!;
        expect(listed).toContain(encoding[at]);
        expect(new Set(listed).size).toBe(listed.length);
        expect(listed).toHaveLength(mode === 'two' ? 2 : options.length);
      }
    }
  });

  test('a restored search goes on exactly', () => {
    const [one, two] = [make(), make()];
    const run = (search: PathGates, from: number, to: number): Encoding[] =>
      Array.from({ length: to - from }, (_, k) => {
        const proposal = search.propose(createRng(from + k));
        search.feedback(proposal, { crossEntropy: 1, gates: gates(proposal) }, add, cost, 0.05);
        return proposal.encoding;
      });
    run(one, 0, 5);
    const saved = one.save();
    two.restore({ state: JSON.parse(canonicalJson(saved.state)), tensors: saved.tensors });
    expect(run(two, 5, 10)).toEqual(run(one, 5, 10));
    expect(two.save()).toEqual(one.save());
    expect(one.steps).toBe(10);
  });

  test('learns a toy objective under a cost', () => {
    const search = make({ deviation: 1e-3 });
    const goal: Encoding = [1, 2, 0, 1, 1, 1, 1];
    for (let k = 0; k < 300; k++) {
      const proposal = search.propose(createRng(k));
      const measured = new Map(
        choices.map(({ id, options }, at) => [
          id,
          new Map(options.map((_, o) => [o, o === goal[at] ? -1 : 0])),
        ]),
      );
      search.feedback(proposal, { crossEntropy: 1, gates: measured }, { ...add, lambda: 1e-4 }, cost, 0.02);
    }
    expect(search.derive()).toEqual(goal);
    for (const [at, p] of search.distribution().entries()) expect(p[goal[at]!]).toBeGreaterThan(0.8);
  });

  test('with nothing but cost, the cheapest architecture wins', () => {
    const search = make({ deviation: 1e-3 });
    for (let k = 0; k < 300; k++) {
      const proposal = search.propose(createRng(k));
      search.feedback(proposal, { crossEntropy: 1, gates: new Map() }, add, cost, 0.02);
    }
    expect(search.derive()).toEqual(cost.range().minEncoding);
  });
});

describe('path gates', () => {
  test('mode two leaves the other options’ probabilities where they were', () => {
    const search = pathGates(smallSpace, createRng(6), { mode: 'two', deviation: 0.5 });
    for (let k = 0; k < 20; k++) {
      const proposal = search.propose(createRng(k));
      const before = search.distribution();
      search.feedback(proposal, { crossEntropy: 1, gates: gates(proposal) }, add, cost, 0.1);
      const after = search.distribution();
      for (const [at, { id, options }] of choices.entries()) {
        const listed = proposal.alternatives.get(id)!;
        for (const option of options.keys()) {
          if (listed.includes(option)) expect(after[at]![option]).not.toBe(before[at]![option]);
          else expect(after[at]![option]).toBeCloseTo(before[at]![option]!, 6);
        }
      }
    }
  });

  test('start with the given probability at an architecture', () => {
    const encoding: Encoding = [1, 2, 1, 0, 0, 0, 1];
    const search = pathGates(smallSpace, createRng(6), {
      mode: 'full',
      deviation: 0,
      start: { encoding, probability: 0.7 },
    });
    const chosen = search.distribution().map((p, at) => p[encoding[at]!]!);
    // Inside the block that is left out nothing is preferred.
    const wanted = [0.7, 0.7, 0.7, 1 / 3, 1 / 2, 1 / 2, 0.7];
    for (const [at, p] of wanted.entries()) expect(chosen[at]).toBeCloseTo(p, 6);
    expect(search.derive()).toEqual(encoding);
  });

  test('the release does not update a block choice whose sample is identity', () => {
    const encoding: Encoding = [0, 0, 1, 0, 0, 0, 0];
    const alternatives = new Map(choices.map(({ id, options }) => [id, [...options.keys()]]));
    const moved = [true, false].map((updateIdentity) => {
      const search = pathGates(smallSpace, createRng(6), { mode: 'full', updateIdentity });
      const before = search.distribution();
      const proposal = { encoding, alternatives };
      search.feedback(proposal, { crossEntropy: 1, gates: gates(proposal) }, add, cost, 0.1);
      return choices.map((_, at) => search.distribution()[at]![0] !== before[at]![0]);
    });
    expect(moved).toEqual([
      [true, true, true, true, true, true, true],
      [true, true, false, true, true, true, true],
    ]);
  });

  test('gradients of mix layers are taken by choice and option', () => {
    const reported = new Map([
      ['two.mix', Float32Array.of(0.5)],
      ['one.mix', Float32Array.of(1, 2)],
    ]);
    expect(
      gateGradients(
        [
          { layer: 'one.mix', choice: 'one.kernel', options: [0, 2] },
          { layer: 'two.mix', choice: 'two.block', options: [0] },
        ],
        reported,
      ),
    ).toEqual(
      new Map([
        [
          'one.kernel',
          new Map([
            [0, 1],
            [2, 2],
          ]),
        ],
        ['two.block', new Map([[0, 0.5]])],
      ]),
    );
  });

  test('a permanent sequence', () => {
    const search = pathGates(mainSpace, createRng(7), { mode: 'two' });
    expect(search.propose(createRng(7)).encoding.join('')).toBe('1010101011112012011000120201');
    expect(search.sample(createRng(8)).join('')).toBe('0001111100001101200100001110');
  });
});

describe('path gates by REINFORCE', () => {
  const make = (options: Partial<PathGatesOptions> = {}): PathGates =>
    pathGates(smallSpace, createRng(6), { mode: 'full', deviation: 0.5, ...options });
  /** A made-up reward of an architecture. */
  const rewardOf = (encoding: Encoding): number =>
    Math.cos(encoding.reduce((sum, option, at) => sum + (at + 1) * option, 0));
  /** Probability of an architecture: that of the choices that decide something in it. */
  const probability = (alphas: readonly (readonly number[])[], encoding: Encoding): number =>
    activeChoices({ choices }, encoding).reduce(
      (product, active, at) => (active ? product * softmax(alphas[at]!)[encoding[at]!]! : product),
      1,
    );

  test('the expectation of the update is the gradient of the expected reward, whatever the baseline', () => {
    const every = architectures(smallSpace);
    const alphas = alphasOf(make());
    const expected = (moved: readonly (readonly number[])[]): number =>
      every.reduce((sum, encoding) => sum + probability(moved, encoding) * rewardOf(encoding), 0);
    for (const baseline of [0, 0.7]) {
      const mean = alphas.map((alpha) => alpha.map(() => 0));
      for (const encoding of every) {
        const gates = make({ adam: plain });
        const { state, tensors } = gates.save();
        gates.restore({ state: { ...(state as object), baseline } as typeof state, tensors });
        gates.reinforce([{ encoding, reward: rewardOf(encoding) }], 1, epsilon);
        for (const [at, alpha] of alphasOf(gates).entries()) {
          for (const [k, value] of alpha.entries()) {
            mean[at]![k]! += probability(alphas, encoding) * (value - alphas[at]![k]!);
          }
        }
      }
      for (const [at, alpha] of alphas.entries()) {
        for (const k of alpha.keys()) {
          const nudged = (by: number) =>
            expected(alphas.map((row, i) => row.map((a, j) => (i === at && j === k ? a + by : a))));
          expect(mean[at]![k]!).toBeCloseTo((nudged(1e-4) - nudged(-1e-4)) / 2e-4, 5);
        }
      }
    }
  });

  test('the baseline starts at the first mean, is moved before it is used, and a lone first reward moves nothing', () => {
    const gates = make();
    const before = gates.distribution();
    const encoding: Encoding = [0, 0, 0, 0, 0, 0, 0];
    expect(gates.reinforce([{ encoding, reward: 0.4 }], 0.25, 0.1)).toEqual({ reward: 0.4, baseline: 0.4 });
    expect(gates.distribution()).toEqual(before);
    const second = gates.reinforce([{ encoding, reward: 0.8 }], 0.25, 0.1);
    expect(second.baseline).toBeCloseTo(0.25 * 0.4 + 0.75 * 0.8, 12);
    for (const [at, p] of gates.distribution().entries()) expect(p[0]!).toBeGreaterThan(before[at]![0]!);
  });

  test('a restored search goes on exactly, baseline included, and learns a toy objective', () => {
    const goal: Encoding = [1, 2, 0, 1, 1, 1, 1];
    const [one, two] = [make({ deviation: 1e-3 }), make({ deviation: 1e-3 })];
    const run = (search: PathGates, from: number, to: number): void => {
      for (let step = from; step < to; step++) {
        const rng = createRng(step);
        const batch = Array.from({ length: 10 }, (_, k) => {
          const encoding = search.sample(rng.fork(k));
          return { encoding, reward: encoding.filter((option, at) => option === goal[at]).length };
        });
        search.reinforce(batch, 0.9, 0.05);
      }
    };
    run(one, 0, 7);
    const saved = one.save();
    two.restore({ state: JSON.parse(canonicalJson(saved.state)), tensors: saved.tensors });
    run(one, 7, 200);
    run(two, 7, 200);
    expect(two.save()).toEqual(one.save());
    expect(one.derive()).toEqual(goal);
  });
});
