import { describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import type { Encoding } from '../../src/nas/index.ts';
import {
  childNetwork,
  choiceBlocks,
  gatePath,
  inheritWeights,
  profileItems,
  randomEncoding,
  supernetPath,
  supernetWeights,
  warmupPath,
} from '../../src/nas/index.ts';
import type { Mix, Network } from '../../src/net/index.ts';
import { checkNetwork, countNetwork } from '../../src/net/index.ts';
import { architectures } from './enumerate.ts';
import { forward, randomWeights } from './forward.ts';
import { mainSpace, smallSpace } from './spaces.ts';

const specs = supernetWeights(smallSpace);
const supernet = randomWeights(specs, 5);
const image = Float64Array.from({ length: 5 * 6 * 2 }, (_, i) => Math.sin(i));
const output = (network: Network): number[] => [...forward(network, supernet, image)];

const expectClose = (got: readonly number[], wanted: readonly number[]): void => {
  for (const [i, value] of wanted.entries()) expect(got[i]).toBeCloseTo(value, 9);
};

const mixes = (network: Network): Mix[] => network.layers.filter((layer) => layer.op === 'mix');

/** The same network with other coefficients in one mix. */
const withCoefficients = (network: Network, id: string, coefficients: readonly number[]): Network => ({
  ...network,
  layers: network.layers.map((layer) =>
    layer.op === 'mix' && layer.id === id ? { ...layer, coefficients } : layer,
  ),
});

describe('child networks and paths', () => {
  test('shared weights: depthwise kernels of their own, all else at maximum width', () => {
    const shapes = Object.fromEntries(specs.map(({ name, shape }) => [name, shape]));
    expect(Object.keys(shapes).filter((name) => name.includes('depthwise.k'))).toEqual([
      'one.depthwise.k3.weight',
      'one.depthwise.k5.weight',
      'two.depthwise.k3.weight',
      'two.depthwise.k5.weight',
      'two.depthwise.k7.weight',
      'three.depthwise.k3.weight',
    ]);
    expect(shapes['one.expand.conv.weight']).toEqual([1, 1, 8, 32]);
    expect(shapes['two.depthwise.k5.weight']).toEqual([5, 5, 24, 1]);
    expect(shapes['two.se.reduce.weight']).toEqual([24, 8]);
    expect(shapes['two.project.conv.weight']).toEqual([1, 1, 24, 8]);
    expect(
      specs.every(({ name, init }) => name.endsWith('weight') === ('fan' in init || 'deviation' in init)),
    ).toBe(true);
  });

  test('a child with inherited weights computes what its path computes', () => {
    const some = architectures(smallSpace).filter((_, index) => index % 7 === 0);
    for (const encoding of some) {
      const child = childNetwork(smallSpace, encoding);
      const path = supernetPath(smallSpace, encoding);
      expect(checkNetwork(child).ok).toBe(true);
      expect(checkNetwork(path).ok).toBe(true);
      expect(path.layers).toEqual(child.layers);
      expect(countNetwork(path)).toEqual(countNetwork(child));
      const inherited = inheritWeights(smallSpace, encoding, supernet);
      expect(child.weights.map(({ name, shape }) => [name, shape])).toEqual(
        [...inherited].map(([name, { shape }]) => [name, shape]),
      );
      expectClose(output(path), [...forward(child, inherited, image)]);
    }
  });

  test('every weight of the supernet is on some path, and every path uses only those', () => {
    const rng = createRng(1);
    const names = new Set(supernetWeights(mainSpace).map(({ name }) => name));
    const reached = new Set<string>();
    for (let k = 0; k < 60; k++) {
      const path = supernetPath(mainSpace, randomEncoding(mainSpace, rng));
      for (const { name } of path.weights) reached.add(name);
    }
    expect([...reached].sort()).toEqual([...names].sort());
  });

  test('every distinct layer shape of a space is listed once, and all pieces are sound', () => {
    const items = profileItems(mainSpace);
    expect(items).toHaveLength(146);
    expect(new Set(items.map(({ key }) => key)).size).toBe(146);
    for (const { network } of items) expect(checkNetwork(network).ok).toBe(true);
    expect(items.map(({ key }) => key)).toContain('mbconv 28x28x16 e64 k5 s1 o16 se16 relu residual');
    expect(items.at(-1)!.key).toBe('stem 28x28x1 k3 s1 o16 h-swish');
  });
});

describe('op warm-up', () => {
  const encoding: Encoding = [0, 0, 0, 1, 0, 1, 0];

  test('nothing mixed is the path itself', () => {
    expect(warmupPath(smallSpace, encoding, new Set())).toEqual(supernetPath(smallSpace, encoding));
  });

  test('operations are uniform means, filters the largest', () => {
    const all = new Set(choiceBlocks(smallSpace).map(({ id }) => id));
    const path = warmupPath(smallSpace, encoding, all);
    expect(checkNetwork(path).ok).toBe(true);
    expect(mixes(path).map(({ id, coefficients, gates }) => [id, coefficients, gates])).toEqual([
      ['one.depthwise.mix', [1 / 2, 1 / 2], false],
      ['two.depthwise.mix', [1 / 3, 1 / 3, 1 / 3], false],
      ['two.se.mix', [1 / 2, 1 / 2], false],
      ['two.mix', [1 / 2], false],
      ['three.se.mix', [1 / 2, 1 / 2], false],
    ]);
    const widths = Object.fromEntries(path.layers.map(({ id, output }) => [id, output.c]));
    expect([widths['one.expand.conv'], widths['two.expand.conv']]).toEqual([32, 24]);
    expect(path.weights.map(({ name }) => name).sort()).toEqual(specs.map(({ name }) => name).sort());
  });

  test('a mix of one option alone is the path of that option', () => {
    const mixed = warmupPath(
      smallSpace,
      encoding,
      new Set(['two.kernel', 'two.squeeze-excite', 'two.block']),
    );
    for (const [kernel, se, block] of [
      [0, 0, 0],
      [2, 1, 0],
      [1, 1, 1],
    ] as const) {
      const oneHot = (n: number, k: number): number[] =>
        Array.from({ length: n }, (_, i) => (i === k ? 1 : 0));
      let single = withCoefficients(mixed, 'two.depthwise.mix', oneHot(3, kernel));
      single = withCoefficients(single, 'two.se.mix', oneHot(2, se));
      single = withCoefficients(single, 'two.mix', [1 - block]);
      expectClose(output(single), output(supernetPath(smallSpace, [0, 0, block, kernel, 0, se, 0])));
    }
  });
});

describe('path gates', () => {
  const sample: Encoding = [1, 2, 0, 2, 1, 1, 1];

  test('every choice block has its gates, and the network computes the path', () => {
    const { network, gates } = gatePath(smallSpace, sample);
    expect(checkNetwork(network).ok).toBe(true);
    expect(gates).toEqual([
      { layer: 'one.depthwise.mix', choice: 'one.kernel', options: [0, 1] },
      { layer: 'one.expansion.mix', choice: 'one.expansion', options: [0, 1, 2] },
      { layer: 'two.depthwise.mix', choice: 'two.kernel', options: [0, 1, 2] },
      { layer: 'two.se.mix', choice: 'two.squeeze-excite', options: [0, 1] },
      { layer: 'two.expansion.mix', choice: 'two.expansion', options: [0, 1] },
      { layer: 'two.mix', choice: 'two.block', options: [0] },
      { layer: 'three.se.mix', choice: 'three.squeeze-excite', options: [0, 1] },
    ]);
    expect(mixes(network).map(({ id }) => id)).toEqual(gates.map(({ layer }) => layer));
    expect(mixes(network).every(({ gates }) => gates)).toBe(true);
    expectClose(output(network), output(supernetPath(smallSpace, sample)));
  });

  test('moving a gate to another option gives the path of that option, the rest held', () => {
    const { network, gates } = gatePath(smallSpace, sample);
    const position = new Map(choiceBlocks(smallSpace).map(({ id }, at) => [id, at]));
    for (const { layer, choice, options } of gates) {
      for (const option of options) {
        const moved = [...sample];
        moved[position.get(choice)!] = option;
        const oneHot = options.map((other) => (other === option ? 1 : 0));
        expectClose(
          output(withCoefficients(network, layer, oneHot)),
          output(supernetPath(smallSpace, moved)),
        );
      }
    }
    const left = [...sample];
    left[2] = 1;
    expectClose(output(withCoefficients(network, 'two.mix', [0])), output(supernetPath(smallSpace, left)));
  });

  test('a block that is left out keeps its own gate, at 0', () => {
    const left: Encoding = [1, 2, 1, 2, 1, 1, 1];
    const { network, gates } = gatePath(smallSpace, left);
    expect(gates.filter(({ choice }) => choice.startsWith('two.'))).toEqual([
      { layer: 'two.mix', choice: 'two.block', options: [0] },
    ]);
    expectClose(output(network), output(supernetPath(smallSpace, left)));
    expectClose(output(withCoefficients(network, 'two.mix', [1])), output(supernetPath(smallSpace, sample)));
  });

  test('two alternatives a choice block', () => {
    const { network, gates } = gatePath(
      smallSpace,
      sample,
      new Map([
        ['one.expansion', [0, 2]],
        ['two.kernel', [0, 2]],
      ]),
    );
    expect(gates).toEqual([
      { layer: 'one.expansion.mix', choice: 'one.expansion', options: [0, 2] },
      { layer: 'two.depthwise.mix', choice: 'two.kernel', options: [0, 2] },
    ]);
    expectClose(output(network), output(supernetPath(smallSpace, sample)));
    expect(() => gatePath(smallSpace, sample, new Map([['two.kernel', [0, 1]]]))).toThrow(
      'internal error: expected the active option of two.kernel among [0,1], got 2',
    );
  });
});
