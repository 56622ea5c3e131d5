import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import { openCpuBackend } from '../../src/cpu/index.ts';
import type { Encoding, MobilenetSpace } from '../../src/nas/index.ts';
import {
  childNetwork,
  choiceBlocks,
  gateGradients,
  gatePath,
  inheritWeights,
  profileItems,
  supernetPath,
  supernetWeights,
  warmupPath,
} from '../../src/nas/index.ts';
import type { Backend, Batch, Model, Network } from '../../src/net/index.ts';
import { forward, randomWeights } from './forward.ts';
import { smallSpace as kinked } from './spaces.ts';

/** Without the kinks of ReLU, so that difference quotients mean something. */
const smallSpace: MobilenetSpace = {
  ...kinked,
  stem: { ...kinked.stem, activation: 'swish' },
  blocks: kinked.blocks.map((block) => ({ ...block, activation: 'swish' })),
};
const specs = supernetWeights(smallSpace);
const supernet = randomWeights(specs, 5);
const plain = { kind: 'sgd', momentum: 0, nesterov: false, ema: false } as const;
const size = 6;
const rng = createRng(4);
const batch: Batch = {
  size,
  images: Float32Array.from({ length: size * 5 * 6 * 2 }, () => rng.normal()),
  labels: Int32Array.from({ length: size }, (_, i) => i % 3),
};
const sample: Encoding = [1, 2, 0, 2, 1, 1, 0];
const everything = new Set(choiceBlocks(smallSpace).map(({ id }) => id));

describe('paths on a backend', () => {
  let backend: Backend;
  let model: Model;

  beforeAll(async () => {
    backend = await openCpuBackend({ threads: 1 });
    model = await backend.build(specs, plain);
    await model.write(supernet);
  });

  afterAll(async () => {
    await model.close();
    await backend.close();
  });

  const logits = async (network: Network): Promise<Float32Array> =>
    model.evaluate(network, batch, { statistics: 'moving' });

  const expectNear = (got: ArrayLike<number>, wanted: ArrayLike<number>): void => {
    const scale = Math.max(...Array.from(wanted, Math.abs));
    for (let i = 0; i < wanted.length; i++) expect(Math.abs(got[i]! - wanted[i]!)).toBeLessThan(2e-5 * scale);
  };

  test.each([
    ['a path', supernetPath(smallSpace, sample)],
    ['a warm-up path', warmupPath(smallSpace, sample, everything)],
    ['a gate path', gatePath(smallSpace, sample).network],
  ])('%s computes what its layers say', async (_, network) => {
    const got = await logits(network);
    for (let image = 0; image < size; image++) {
      const pixels = Float64Array.from(batch.images.subarray(image * 60, (image + 1) * 60));
      expectNear(got.subarray(image * 3, image * 3 + 3), forward(network, supernet, pixels));
    }
  });

  test('a child with inherited weights says what its path says', async () => {
    const child = childNetwork(smallSpace, sample);
    const alone = await backend.build(child.weights, plain);
    await alone.write(inheritWeights(smallSpace, sample, supernet));
    expectNear(
      await alone.evaluate(child, batch, { statistics: 'moving' }),
      await logits(supernetPath(smallSpace, sample)),
    );
    await alone.close();
  });

  test('gate gradients are difference quotients of the loss, also where a block is left out', async () => {
    for (const encoding of [sample, [1, 2, 1, 2, 1, 1, 0]]) {
      const { network, gates } = gatePath(smallSpace, encoding);
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
          const quotient = ((await loss(3e-3)) - (await loss(-3e-3))) / 6e-3;
          const gradient = byChoice.get(choice)!.get(option)!;
          expect(Math.abs(gradient - quotient)).toBeLessThan(2e-4 + 0.005 * Math.abs(quotient));
        }
      }
    }
  });

  test('a warm-up step reaches every weight of the supernet', async () => {
    const step = { learningRate: 0.1, weightDecay: 1e-3, labelSmoothing: 0, emaDecay: 0, dropoutSeed: 1 };
    await model.step(warmupPath(smallSpace, sample, everything), batch, step);
    const after = await model.read();
    await model.write(supernet);
    for (const [name, { data }] of supernet) {
      // A shift before a linear convolution and batch normalisation changes nothing: its gradient is 0.
      if (name.endsWith('project.bn.beta')) continue;
      expect(
        data.some((value, i) => value !== after.get(name)!.data[i]),
        name,
      ).toBe(true);
    }
  });

  test('every piece of a latency profile can be timed', async () => {
    for (const { network } of profileItems(smallSpace).slice(0, 6)) {
      expect(await backend.time(network, { batch: 1, warmup: 1, repeats: 2 })).toHaveLength(2);
    }
  });
});
