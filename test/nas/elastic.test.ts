import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import { openCpuBackend } from '../../src/cpu/index.ts';
import type { Encoding, Shrunk } from '../../src/nas/index.ts';
import {
  checkSpace,
  childNetwork,
  choiceBlocks,
  choicesOf,
  inheritWeights,
  ofaMobilenetV3Space,
  randomEncoding,
  shrunkEncoding,
  sortChannels,
  supernetPath,
  supernetWeights,
  trainedValues,
} from '../../src/nas/index.ts';
import type { Backend, Batch, Model, Network, Tensors } from '../../src/net/index.ts';
import { countNetwork, together } from '../../src/net/index.ts';
import { randomWeights } from './forward.ts';
import { elasticSpace } from './spaces.ts';

const specs = supernetWeights(elasticSpace);
const supernet = randomWeights(specs, 5);
const whole: Shrunk = { kernel: null, depth: null, expansion: null };
const momentum = { kind: 'sgd', momentum: 0.9, nesterov: false, ema: false } as const;
const size = 6;
const rng = createRng(4);
const batch: Batch = {
  size,
  images: Float32Array.from({ length: size * 5 * 6 * 2 }, () => rng.normal()),
  labels: Int32Array.from({ length: size }, (_, i) => i % 3),
  teacher: Float32Array.from({ length: size * 3 }, (_, i) => [0.2, 0.5, 0.3][i % 3]!),
};
const encodings = Array.from({ length: 6 }, (_, k) => randomEncoding(elasticSpace, createRng(k)));

describe('elastic networks on a backend', () => {
  let backend: Backend;
  let model: Model;
  beforeAll(async () => {
    backend = await openCpuBackend({ threads: 1 });
    model = await backend.build(specs, momentum);
    await model.write(supernet);
  });
  afterAll(async () => {
    await model.close();
    await backend.close();
  });

  const logits = (of: Model, network: Network): Promise<Float32Array> =>
    of.evaluate(network, batch, { statistics: 'moving' });
  const expectNear = (got: ArrayLike<number>, wanted: ArrayLike<number>): void => {
    const scale = Math.max(...Array.from(wanted, Math.abs));
    for (let i = 0; i < wanted.length; i++) expect(Math.abs(got[i]! - wanted[i]!)).toBeLessThan(2e-5 * scale);
  };
  const on = async (weights: Tensors, path: Network): Promise<Float32Array> => {
    const other = await backend.build(specs, momentum);
    await other.write(weights);
    const found = await logits(other, path);
    await other.close();
    return found;
  };

  test('a sub-network is the stand-alone child with derived weights, an ordinary network', async () => {
    const kernels = new Set<string>();
    for (const encoding of encodings) {
      const child = childNetwork(elasticSpace, encoding);
      expect(child.layers.some((layer) => layer.op === 'depthwise' && layer.derived)).toBe(false);
      const alone = await backend.build(child.weights, momentum);
      await alone.write(inheritWeights(elasticSpace, encoding, supernet));
      const path = supernetPath(elasticSpace, encoding);
      expectNear(await logits(alone, child), await logits(model, path));
      await alone.close();
      for (const layer of path.layers) {
        if (layer.op === 'depthwise') kernels.add(`${layer.kernel} ${layer.derived?.steps.length ?? 0}`);
      }
    }
    expect([...kernels].sort()).toEqual(['3 2', '5 1', '7 0']);
  });

  test('sorting puts what matters first and leaves what was trained as it is', async () => {
    const full = supernetPath(elasticSpace, shrunkEncoding(elasticSpace, whole, createRng(0)));
    const sorted = sortChannels(elasticSpace, supernet, [4]);
    expectNear(await on(sorted, full), await logits(model, full));
    const important = (weights: Tensors, name: string): number[] => {
      const { shape, data } = weights.get(name)!;
      const [channels, outputs] = [shape[2]!, shape[3]!];
      return Array.from({ length: channels }, (_, c) =>
        data.slice(c * outputs, (c + 1) * outputs).reduce((sum, value) => sum + Math.abs(value), 0),
      );
    };
    for (const id of ['s0l0', 's0l1', 's1l0', 's1l1']) {
      const name = `${id}.project.conv.weight`;
      const before = important(supernet, name);
      expect(important(sorted, name)).toEqual(before.sort((a, b) => b - a));
    }
    const narrow = encodings.find((encoding) => expansions(encoding).every((each) => each >= 3))!;
    const path = supernetPath(elasticSpace, narrow);
    const twice = sortChannels(elasticSpace, supernet, [3, 4]);
    expectNear(await on(twice, path), await logits(model, path));
    expect(twice.get('s0l0.project.conv.weight')).not.toEqual(supernet.get('s0l0.project.conv.weight'));
    expect(Math.abs((await on(sorted, path))[0]! - (await logits(model, path))[0]!)).toBeGreaterThan(1e-3);
  });

  test('slots move with their weights', () => {
    const slots = new Map([...supernet].map(([name, tensor]) => [`momentum:${name}`, tensor] as const));
    const moved = sortChannels(elasticSpace, new Map([...supernet, ...slots]), [4]);
    for (const { name } of specs) expect(moved.get(`momentum:${name}`)).toEqual(moved.get(name));
  });

  test('together: the gradients and losses of several sub-networks, teacher included, are added up', async () => {
    const asked = {
      labelSmoothing: 0.1,
      teacherRatio: 0.7,
      weights: specs.flatMap((each) => (each.trainable ? [each.name] : [])),
    };
    const paths = encodings.slice(0, 3).map((encoding) => supernetPath(elasticSpace, encoding));
    const each = await Promise.resolve().then(async () => {
      const found = [];
      for (const path of paths) found.push(await model.gradients(path, batch, asked));
      return found;
    });
    const all = await model.gradients(together(paths), batch, asked);
    expect(all.loss).toBeCloseTo(
      each.reduce((sum, { loss }) => sum + loss, 0),
      4,
    );
    // Gradients that nearly cancel are as uncertain as what they are made of: measured against all of it.
    const length = Math.hypot(...[...all.weights.values()].map(({ data }) => Math.hypot(...data)));
    for (const name of asked.weights) {
      const got = all.weights.get(name)!.data;
      const wanted = got.map((_, i) =>
        each.reduce((sum, { weights }) => sum + weights.get(name)!.data[i]!, 0),
      );
      expect(Math.hypot(...got.map((value, i) => value - wanted[i]!)), name).toBeLessThan(2e-5 * length);
    }
    expect(together([paths[0]!])).toBe(paths[0]);
  });
});

const expansions = (encoding: Encoding): number[] =>
  Object.entries(choicesOf(elasticSpace, encoding)).flatMap(([id, option]) =>
    id.endsWith('.expansion') ? [Number(option)] : [],
  );

test('a phase draws its options only, and all of them', () => {
  const shrunk: Shrunk = { kernel: 5, depth: 1, expansion: null };
  const seen = new Map<string, Set<string>>();
  for (let k = 0; k < 60; k++) {
    for (const [id, option] of Object.entries(
      choicesOf(elasticSpace, shrunkEncoding(elasticSpace, shrunk, createRng(k))),
    )) {
      const what = id.split('.')[1]!;
      seen.set(what, (seen.get(what) ?? new Set()).add(option));
    }
  }
  const drawn = Object.fromEntries([...seen].map(([what, options]) => [what, [...options].sort()]));
  expect(drawn).toEqual({ kernel: ['5', '7'], depth: ['1', '2'], expansion: ['4'] });
  expect(trainedValues(elasticSpace, 'kernel', shrunk)).toEqual([5, 7]);
  expect(trainedValues(elasticSpace, 'expansion', { ...shrunk, expansion: 3 })).toEqual([3, 4]);
});

test('Once-for-All shares one kernel a layer, and counts of its networks do not know of it', () => {
  const space = ofaMobilenetV3Space({ input: { h: 32, w: 32, c: 3 }, classes: 10 });
  const kernels = supernetWeights(space).filter(({ name }) => /depthwise\.k\d/.test(name));
  expect(
    kernels
      .filter(({ name }) => name.startsWith('s3l1.'))
      .map(({ name, shape }) => [name, shape[0], shape[1]]),
  ).toEqual([
    ['s3l1.depthwise.k7.weight', 7, 7],
    ['s3l1.depthwise.k7.7to5', 25, 25],
    ['s3l1.depthwise.k7.5to3', 9, 9],
  ]);
  const { derivedKernels: _, ...apart } = space;
  const encoding = choiceBlocks(space).map(() => 0);
  expect(countNetwork(childNetwork(space, encoding))).toEqual(countNetwork(childNetwork(apart, encoding)));
});

test('kernels that are derived from one another must differ by even numbers', () => {
  const stacks = elasticSpace.stacks.map((stack) => ({
    ...stack,
    depth: [1],
    others: [],
    first: stack.first.map((candidate) => ({ ...candidate, kernel: [3, 4] })),
  })) as typeof elasticSpace.stacks;
  expect(checkSpace({ ...elasticSpace, stacks })).toMatchObject({
    failures: [
      {
        code: 'odd-kernels',
        message:
          'the first layer of s0 derives kernels of the sides 3, 4 from one another; they must differ by even numbers',
      },
      { code: 'odd-kernels' },
    ],
  });
});
