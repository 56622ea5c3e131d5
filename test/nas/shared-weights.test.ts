import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import { openCpuBackend } from '../../src/cpu/index.ts';
import {
  canonicalEncoding,
  childNetwork,
  choiceBlocks,
  inheritWeights,
  randomChoices,
  randomEncoding,
  supernetPath,
  supernetWeights,
  warmupPath,
} from '../../src/nas/index.ts';
import type { Backend, Batch, Network, Tensors } from '../../src/net/index.ts';
import { checkNetwork, countNetwork } from '../../src/net/index.ts';
import { openOracle } from '../contract/backend.ts';
import { randomWeights } from './forward.ts';
import { smallNamedSpaces } from './small-spaces.ts';

const input = { h: 8, w: 8, c: 2 };
const spaces = smallNamedSpaces({ input, classes: 3 });

const size = 4;
const draws = createRng(4);
const batch: Batch = {
  size,
  images: Float32Array.from({ length: size * 128 }, () => draws.normal()),
  labels: Int32Array.from({ length: size }, (_, i) => i % 3),
};
const plain = { kind: 'sgd', momentum: 0, nesterov: false, ema: false } as const;
const step = { learningRate: 0.1, weightDecay: 0, labelSmoothing: 0, emaDecay: 0, dropoutSeed: 1 };

let cpu: Backend;
let oracle: Backend;
beforeAll(async () => {
  cpu = await openCpuBackend({ threads: 1 });
  oracle = await openOracle();
});
afterAll(async () => {
  await cpu.close();
  await oracle.close();
});

const logitsOf = async (
  backend: Backend,
  weights: Tensors,
  specs: Network['weights'],
  path: Network,
): Promise<Float32Array> => {
  const model = await backend.build(specs, plain);
  await model.write(weights);
  const logits = await model.evaluate(path, batch, { statistics: 'moving' });
  await model.close();
  return logits;
};

const expectNear = (got: ArrayLike<number>, wanted: ArrayLike<number>): void => {
  const scale = Math.max(...Array.from(wanted, Math.abs));
  expect(scale).toBeGreaterThan(0);
  for (let i = 0; i < wanted.length; i++) expect(Math.abs(got[i]! - wanted[i]!)).toBeLessThan(1e-4 * scale);
};

describe.each(spaces)('%s', (_, space) => {
  const specs = supernetWeights(space);
  const all = new Set(choiceBlocks(space).map(({ id }) => id));

  test('a path computes what its child computes with inherited weights', async () => {
    const supernet = randomWeights(specs, 5);
    for (let seed = 0; seed < 3; seed++) {
      const encoding = randomEncoding(space, createRng(seed));
      const [path, child] = [supernetPath(space, encoding), childNetwork(space, encoding)];
      expect(checkNetwork(path).ok).toBe(true);
      // a path computes channels in front of a range, too
      const extra = countNetwork(path).macs - countNetwork(child).macs;
      expect(space.grammar === 'macro' && space.partition > 0 ? Math.min(extra, 0) : extra).toBe(0);
      const inherited = inheritWeights(space, encoding, supernet);
      expect([...inherited].map(([name, { shape }]) => [name, shape])).toEqual(
        child.weights.map(({ name, shape }) => [name, shape]),
      );
      const wanted = await logitsOf(cpu, inherited, child.weights, child);
      expectNear(await logitsOf(cpu, supernet, specs, path), wanted);
      if (seed > 0) continue;
      expectNear(await logitsOf(oracle, supernet, specs, path), wanted);
      expectNear(await logitsOf(oracle, inherited, child.weights, child), wanted);
    }
  });

  test('every weight is on some path or average of several, and none is used that is not there', () => {
    const rng = createRng(1);
    const reached = new Set<string>();
    for (let k = 0; k < 16; k++) {
      const encoding =
        k < 8
          ? randomChoices(space, rng)
          : choiceBlocks(space).map(({ options }) => Math.min(k - 8, options.length - 1));
      const mixed = new Set([...all].filter(() => rng.uniform() < (k < 4 || k > 11 ? 0.9 : 0)));
      const path = warmupPath(space, encoding, mixed);
      const sound = checkNetwork(path);
      expect(sound.ok ? [] : sound.failures).toEqual([]);
      for (const { name } of path.weights) reached.add(name);
    }
    expect([...reached].sort()).toEqual(specs.map(({ name }) => name).sort());
  });

  test('an average of nothing is the path; one of everything learns', async () => {
    const encoding = randomChoices(space, createRng(2));
    expect(warmupPath(space, encoding, new Set())).toEqual(
      supernetPath(space, canonicalEncoding(space, encoding)),
    );
    const model = await cpu.build(specs, plain);
    await model.write(randomWeights(specs, 5));
    const { loss } = await model.step(warmupPath(space, encoding, all), batch, step);
    expect(loss).toBeGreaterThan(0);
    await model.close();
  });
});
