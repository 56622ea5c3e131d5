import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import { bestKernels, chooseKernels, openCpuBackend } from '../../src/cpu/index.ts';
import type { Encoding, GatedSpace, GateLossSpec } from '../../src/nas/index.ts';
import {
  checkSpace,
  choiceBlocks,
  enasMacroSpace,
  gateGradients,
  gatePath,
  macsCost,
  pathGates,
  randomChoices,
  supernetPath,
  supernetWeights,
} from '../../src/nas/index.ts';
import type { Backend, Batch, Model, Network } from '../../src/net/index.ts';
import { checkNetwork } from '../../src/net/index.ts';
import { randomWeights } from './forward.ts';
import { elasticSpace, sidedSpace, sortedSpace, variedSpace } from './spaces.ts';

const macro = enasMacroSpace({ input: elasticSpace.input, classes: 3, layers: 4, filters: 4 });
const spaces = [
  variedSpace,
  sortedSpace,
  elasticSpace,
  macro,
  { ...macro, name: 'enas-macro, final', form: 'final' as const },
].map((space) => [space.name, space] as const);

const size = 6;
const rng = createRng(4);
const batch: Batch = {
  size,
  images: Float32Array.from({ length: size * 5 * 6 * 2 }, () => rng.normal()),
  labels: Int32Array.from({ length: size }, (_, i) => i % 3),
};
const plain = { kind: 'sgd', momentum: 0, nesterov: false, ema: false } as const;

/** The same network with other coefficients in one mix. */
const withCoefficients = (network: Network, id: string, coefficients: readonly number[]): Network => ({
  ...network,
  layers: network.layers.map((layer) =>
    layer.op === 'mix' && layer.id === id ? { ...layer, coefficients } : layer,
  ),
});

/** Encodings as gates draw them: not canonical. */
const samples = (space: GatedSpace, count: number): Encoding[] =>
  Array.from({ length: count }, (_, k) => randomChoices(space, createRng(k + 1)));

const moved = (encoding: Encoding, at: number, option: number): Encoding =>
  encoding.map((own, position) => (position === at ? option : own));

describe.each(spaces)('path gates, %s', (_, space) => {
  const choices = choiceBlocks(space);
  const specs = supernetWeights(space);
  let backend: Backend;
  let model: Model;
  beforeAll(async () => {
    backend = await openCpuBackend({ threads: 1 });
    model = await backend.build(specs, plain);
    await model.write(randomWeights(specs, 5));
  });
  afterAll(async () => {
    await model.close();
    await backend.close();
  });
  const output = async (network: Network): Promise<number[]> => [
    ...(await model.evaluate(network, batch, { statistics: 'moving' })),
  ];
  const outputs = new Map<string, number[]>();
  const ofArchitecture = async (encoding: Encoding): Promise<number[]> => {
    const path = supernetPath(space, encoding);
    const key = JSON.stringify(path.layers);
    const known = outputs.get(key) ?? (await output(path));
    outputs.set(key, known);
    return known;
  };
  /** To what fused operations round. */
  const expectNear = (got: readonly number[], wanted: readonly number[]): void => {
    const scale = Math.max(...wanted.map(Math.abs));
    for (const [i, value] of wanted.entries()) expect(Math.abs(got[i]! - value)).toBeLessThan(1e-5 * scale);
  };

  test('opening another gate gives the architecture with that option, all else held', async () => {
    const seen = new Set<string>();
    for (const encoding of samples(space, 4)) {
      const { network, gates } = gatePath(space, encoding);
      expect(checkNetwork(network).ok).toBe(true);
      expectNear(await output(network), await ofArchitecture(encoding));
      for (const [at, { id, options }] of choices.entries()) {
        const gate = gates.find(({ choice }) => choice === id);
        if (gate === undefined) {
          // a choice without gates decides nothing here
          for (const option of options.keys()) {
            expect(await ofArchitecture(moved(encoding, at, option))).toEqual(await ofArchitecture(encoding));
          }
          continue;
        }
        seen.add(id);
        expect(gate.options).toEqual([...options.keys()]);
        for (const option of options.keys()) {
          const open = withCoefficients(
            network,
            gate.layer,
            options.map((_, k) => (k === option ? 1 : 0)),
          );
          expectNear(await output(open), await ofArchitecture(moved(encoding, at, option)));
        }
      }
    }
    expect(seen).toEqual(new Set(choices.map(({ id }) => id)));
  });

  test('two alternatives a choice block, the active one among them', async () => {
    const [encoding] = samples(space, 1);
    const two = new Map(choices.map(({ id, options }, at) => [id, pairOf(encoding![at]!, options.length)]));
    const { network, gates } = gatePath(space, encoding!, two);
    expectNear(await output(network), await ofArchitecture(encoding!));
    for (const { choice, options } of gates) expect(options).toEqual(two.get(choice));
    const { id, options } = choices[0]!;
    const other = options.map((_, k) => k + 1);
    expect(() => gatePath(space, moved(encoding!, 0, 0), new Map([[id, other]]))).toThrow(
      `internal error: expected the active option of ${id} among [${other}], got 0`,
    );
  });

  test('mode two leaves the other options’ probabilities where they were', () => {
    const search = pathGates(space, createRng(6), { mode: 'two', deviation: 0.5 });
    const cost = macsCost(space);
    const loss: GateLossSpec = { kind: 'add#linear', reference: cost.range().min };
    let held = 0;
    for (let k = 0; k < 10; k++) {
      const proposal = search.propose(createRng(k));
      const { gates } = gatePath(space, proposal.encoding, proposal.alternatives);
      const reported = new Map(
        gates.map(({ layer, options }, at) => [
          layer,
          Float32Array.from(options, (o) => Math.sin(at + 5 * o)),
        ]),
      );
      const before = search.distribution();
      search.feedback(proposal, { crossEntropy: 1, gates: gateGradients(gates, reported) }, loss, cost, 0.1);
      for (const [at, p] of search.distribution().entries()) {
        const listed = proposal.alternatives.get(choices[at]!.id)!;
        for (const [option, value] of p.entries()) {
          if (listed.includes(option)) continue;
          held++;
          expect(value).toBeCloseTo(before[at]![option]!, 6);
        }
      }
      expect(search.distribution()).not.toEqual(before);
    }
    expect(held > 0).toBe(choices.some(({ options }) => options.length > 2));
  });
});

function pairOf(active: number, count: number): number[] {
  const other = active === 0 ? count - 1 : 0;
  return [active, other].sort((a, b) => a - b);
}

describe('path gates of stacks', () => {
  test('the spaces of these tests are ones that a user may write', () => {
    for (const [, space] of spaces) expect(checkSpace(space).ok).toBe(true);
  });

  test('a gate stands where its options are one network again', () => {
    const encoding = choiceBlocks(variedSpace).map(() => 0);
    const { network, gates } = gatePath(variedSpace, encoding);
    const read = new Map(
      gates.map(({ layer, choice }) => [choice as string, reads(network, layer).join(', ')]),
    );
    expect(Object.fromEntries(read)).toMatchInlineSnapshot(`
      {
        "a.op": "a.project.bn, stem.kernel.mix",
        "b.depth": "stem.filters.mix, b.depth.or1.bl1.act",
        "b.filters": "cl0.project.bn, b.filters.or1.cl0.project.bn",
        "b.op": "b.depth.mix, b.op.or1.bl0.project.bn",
        "b.skip": "b.op.mix, b.skip.or1.bl0.add",
        "c.filters": "classifier, c.filters.or1.classifier",
        "cl0.start": "b.filters.mix, cl0.start.or1.cl0.project.bn",
        "cl1.op": "cl1.add, cl0.start.mix",
        "cl1.squeeze-excite": "cl1.op.mix, cl1.squeeze-excite.or1.cl1.add",
        "head.filters": "c.filters.mix, head.filters.or1.classifier",
        "stem.filters": "bl0.act, stem.filters.or1.bl0.act",
        "stem.kernel": "stem.act, stem.kernel.or1.stem.act",
      }
    `);
  });

  test('images of several sides are not mixed', () => {
    expect(() =>
      gatePath(
        sidedSpace,
        choiceBlocks(sidedSpace).map(() => 0),
      ),
    ).toThrow('internal error: expected images of one side, got several');
  });

  test('the release does not update an operation whose sample leaves its layer out', () => {
    const choices = choiceBlocks(variedSpace);
    const at = choices.findIndex(({ id }) => id === 'cl1.op');
    const encoding = moved(
      choices.map(() => 0),
      at,
      1,
    );
    const alternatives = new Map(choices.map(({ id, options }) => [id, [...options.keys()]]));
    const cost = macsCost(variedSpace);
    const held = [true, false].map((updateIdentity) => {
      const search = pathGates(variedSpace, createRng(6), { mode: 'full', updateIdentity });
      const before = search.distribution();
      const loss: GateLossSpec = { kind: 'add#linear', reference: 1000 };
      search.feedback({ encoding, alternatives }, { crossEntropy: 1, gates: new Map() }, loss, cost, 0.1);
      const after = search.distribution();
      return choices.flatMap(({ id }, k) => (after[k]![0] === before[k]![0] ? [id] : []));
    });
    expect(held[1]!.filter((id) => !held[0]!.includes(id))).toEqual(['cl1.op']);
  });
});

/** What a mix reads. */
function reads(network: Network, id: string): readonly string[] {
  return network.layers.find((layer) => layer.id === id)!.inputs;
}

describe.each(['the best build here', 'wasm'] as const)('gate gradients of stacks, %s', (build) => {
  const specs = supernetWeights(variedSpace);
  let backend: Backend;
  let model: Model;
  beforeAll(async () => {
    const wasm = await chooseKernels('wasm');
    if (!wasm.ok) throw new Error(wasm.failures[0]!.message);
    const kernels = build === 'wasm' ? wasm.value : await bestKernels();
    backend = await openCpuBackend({ threads: 1, kernels });
    model = await backend.build(specs, plain);
    await model.write(randomWeights(specs, 5));
  });
  afterAll(async () => {
    await model.close();
    await backend.close();
  });

  test.each(samples(variedSpace, 2))('are difference quotients of the loss at %#', async (...encoding) => {
    const { network, gates } = gatePath(variedSpace, encoding);
    const reported = await model.gradients(network, batch, { labelSmoothing: 0 });
    const byChoice = gateGradients(gates, reported.gates);
    for (const { layer, choice, options } of gates) {
      for (const [k, option] of options.entries()) {
        const loss = async (by: number): Promise<number> => {
          const layers = network.layers.map((own) => {
            if (own.op !== 'mix' || own.id !== layer) return own;
            return { ...own, coefficients: own.coefficients.map((c, i) => (i === k ? c + by : c)) };
          });
          return (await model.gradients({ ...network, layers }, batch, { labelSmoothing: 0 })).loss;
        };
        const quotient = ((await loss(1e-3)) - (await loss(-1e-3))) / 2e-3;
        const gradient = byChoice.get(choice)!.get(option)!;
        expect(Math.abs(gradient - quotient), `${choice} ${option}`).toBeLessThan(
          4e-4 + 0.01 * Math.abs(quotient),
        );
      }
    }
  });
});
