import { describe, expect, test } from 'vitest';
import type { Layer, Network } from '../../src/net/index.ts';
import {
  checkNetwork,
  convBnAct,
  countNetwork,
  describeNetwork,
  head,
  makeDivisible,
  mbconv,
  NetworkBuilder,
  prefix,
} from '../../src/net/index.ts';

const batchNorm = { decay: 0.9, epsilon: 1e-3 };

function tiny(): Network {
  const builder = new NetworkBuilder({ h: 7, w: 5, c: 2 });
  let x = convBnAct(builder, 'stem', builder.input, {
    filters: 8,
    kernel: 3,
    stride: 2,
    activation: 'relu',
    batchNorm,
  });
  x = mbconv(builder, 'b1', x, {
    expanded: 16,
    output: 8,
    kernel: 5,
    stride: 1,
    activation: 'h-swish',
    squeezeExcite: { squeeze: 4, gate: 'hard-sigmoid' },
    batchNorm,
  });
  x = builder.pool('small', x, { fn: 'max', kernel: 3, stride: 2 });
  const options = {
    filters: 12,
    hidden: 6,
    activation: 'relu',
    dropout: 0.5,
    classes: 3,
    batchNorm,
  } as const;
  return builder.finish(head(builder, x, options));
}

describe('builder', () => {
  test('infers shapes with SAME padding and declares weights at exact widths', () => {
    const network = tiny();
    const shapes = Object.fromEntries(
      network.layers.map(({ id, output }) => [id, [output.h, output.w, output.c]]),
    );
    expect(shapes).toMatchObject({
      'stem.conv': [4, 3, 8],
      'b1.expand.act': [4, 3, 16],
      'b1.se': [4, 3, 16],
      'b1.add': [4, 3, 8],
      small: [2, 2, 8],
      pool: [1, 1, 12],
      hidden: [1, 1, 6],
      classifier: [1, 1, 3],
    });
    const weights = Object.fromEntries(network.weights.map(({ name, ...spec }) => [name, spec]));
    expect(weights['b1.depthwise.conv.weight']).toEqual({
      shape: [5, 5, 16, 1],
      init: { kind: 'he-normal', fan: 25 },
      trainable: true,
      decay: true,
    });
    expect(weights['b1.se.reduce.weight']!.shape).toEqual([16, 4]);
    expect(weights['stem.bn.moving-variance']).toEqual({
      shape: [8],
      init: { kind: 'ones' },
      trainable: false,
      decay: false,
    });
    expect(weights['hidden.bias']).toMatchObject({ shape: [6], init: { kind: 'zeros' }, decay: false });
    expect(weights['classifier.weight']!.init).toEqual({ kind: 'normal', deviation: 0.01 });
  });

  test('each layer may say how its weights start', () => {
    const b = new NetworkBuilder({ h: 4, w: 4, c: 3 });
    const init = { kind: 'truncated-normal', deviation: 0.1 } as const;
    let x = b.conv('conv', b.input, { filters: 4, kernel: 3, init });
    x = b.depthwise('depthwise', x, { kernel: 3, init });
    x = b.batchNorm('bn', x, { ...batchNorm, init: { kind: 'zeros' } });
    x = b.squeezeExcite('se', x, { squeeze: 2, gate: 'sigmoid', init });
    x = b.scale('scale', x, { initial: 1e-5 });
    const { weights } = b.finish(b.dense('dense', b.globalPool('pool', x), { units: 2, init }));
    const starts = Object.fromEntries(weights.map(({ name, init: { kind } }) => [name, kind]));
    expect(starts).toMatchObject({
      'conv.weight': 'truncated-normal',
      'depthwise.weight': 'truncated-normal',
      'bn.gamma': 'zeros',
      'bn.beta': 'zeros',
      'se.reduce.weight': 'truncated-normal',
      'se.expand.weight': 'truncated-normal',
      'scale.weight': 'constant',
      'dense.weight': 'truncated-normal',
      'dense.bias': 'zeros',
    });
  });

  test('layers of one name share a weight, which counts once', () => {
    const builder = new NetworkBuilder({ h: 4, w: 4, c: 3 });
    const a = builder.conv('a', builder.input, { filters: 5, kernel: 1, name: 'shared' });
    const b = builder.conv('b', builder.input, { filters: 5, kernel: 1, name: 'shared' });
    const network = builder.finish(builder.add('sum', a, b));
    expect(network.weights.map(({ name }) => name)).toEqual(['shared.weight']);
    expect(countNetwork(network)).toMatchObject({ params: 15, macs: 2 * 15 * 16 });
  });

  test('over shared weights, layers use prefixes and only what they name is listed', () => {
    const wide = new NetworkBuilder({ h: 4, w: 4, c: 3 });
    const x = wide.conv('a', wide.input, { filters: 10, kernel: 3 });
    const weights = wide.finish(wide.conv('b', x, { filters: 4, kernel: 1 })).weights;
    const narrow = new NetworkBuilder(
      { h: 4, w: 4, c: 3 },
      new Map(weights.map((spec) => [spec.name, spec])),
    );
    const path = narrow.finish(narrow.conv('a', narrow.input, { filters: 6, kernel: 3 }));
    expect(path.weights).toEqual([weights[0]]);
    expect(countNetwork(path).params).toBe(27 * 6);
    expect(checkNetwork(path).ok).toBe(true);
    expect(() => narrow.conv('c', narrow.input, { filters: 11, kernel: 3, name: 'a' })).toThrow(
      'internal error: expected a.weight to hold [3,3,3,11], got [3,3,3,10]',
    );
    expect(() => narrow.conv('d', narrow.input, { filters: 1, kernel: 1 })).toThrow(
      'internal error: expected a shared weight d.weight, got none',
    );
  });

  test('channels divisible by 8', () => {
    expect([1, 12, 18, 24, 28, 83.9, 84, 184].map(makeDivisible)).toEqual([8, 16, 24, 24, 32, 80, 88, 184]);
  });
});

describe('checkNetwork', () => {
  const change = (id: string, what: object): Network => {
    const network = tiny();
    return {
      ...network,
      layers: network.layers.map((l) => (l.id === id ? ({ ...l, ...what } as Layer) : l)),
    };
  };
  const messages = (network: Network): string[] => {
    const checked = checkNetwork(network);
    return checked.ok ? [] : checked.failures.map(({ code, message }) => `${code}: ${message}`);
  };

  test('accepts what the builder makes', () => {
    expect(checkNetwork(tiny())).toEqual({ ok: true, value: tiny() });
  });

  test.each<[string, Network, string[]]>([
    [
      'an input that nothing produces',
      change('b1.se', { inputs: ['b1.depthwise.swish'] }),
      ['unknown-input: layer b1.se reads b1.depthwise.swish, which no earlier layer produces'],
    ],
    [
      'a wrong output shape',
      change('small', { output: { h: 3, w: 2, c: 8 } }),
      [
        'wrong-shape: layer small makes 2x2x8, not 3x2x8',
        'wrong-shape: layer head.conv makes 3x2x12, not 2x2x12',
      ],
    ],
    [
      'tensors of two shapes in a sum',
      change('b1.add', { inputs: ['stem.act', 'b1.se'] }),
      ['wrong-shape: layer b1.add combines 4x3x8 with 4x3x16'],
    ],
    [
      'a missing input',
      change('b1.add', { inputs: ['stem.act'] }),
      ['wrong-arity: layer b1.add (add) reads 1 tensors instead of 2'],
    ],
    [
      'a weight that is too small',
      change('b1.depthwise.conv', { kernel: 7 }),
      [
        'weight-too-small: layer b1.depthwise.conv uses [7,7,16,1] of b1.depthwise.conv.weight, which is [5,5,16,1]',
      ],
    ],
    [
      'a weight that is not there',
      change('classifier', { weight: 'final.weight' }),
      ['missing-weight: layer classifier uses final.weight, which is not listed'],
    ],
    [
      'a broken stride',
      change('stem.conv', { stride: 0.5 }),
      [
        'bad-value: layer stem.conv has a kernel, stride, width or group count of 0.5',
        'wrong-shape: layer stem.conv makes 14x10x8, not 4x3x8',
      ],
    ],
    [
      'a rate of 1',
      change('dropout', { rate: 1 }),
      ['bad-value: layer dropout has a dropout rate of 1; it must be at least 0 and below 1'],
    ],
    [
      'batch normalisation without an epsilon',
      change('stem.bn', { epsilon: 0, decay: 1.5 }),
      [
        'bad-value: layer stem.bn has a decay of 1.5, outside 0…1',
        'bad-value: layer stem.bn has an epsilon of 0, which is not above 0',
      ],
    ],
    [
      'an output that is not there',
      { ...tiny(), output: 'softmax' },
      ['unknown-output: the output is softmax, which no layer produces'],
    ],
  ])('%s', (_, network, expected) => {
    expect(messages(network)).toEqual(expected);
  });
});

test('describeNetwork: one aligned line a layer, and totals', () => {
  const lines = describeNetwork(tiny()).split('\n');
  expect(lines).toHaveLength(tiny().layers.length + 2);
  expect(lines[0]).toBe('layer              what              output  params    MACs');
  expect(lines[1]).toBe('stem.conv          conv 3x3 s2       4x3x8      144   1,728');
  expect(lines.find((line) => line.startsWith('b1.se'))).toBe(
    'b1.se              squeeze-excite 4  4x3x16     148     128',
  );
  expect(lines.at(-1)).toMatch(/^total +1,\d{3} +\d+,\d{3}$/);
});

test('prefix: the first entries along every axis', () => {
  const tensor = { shape: [2, 3, 4], data: Float32Array.from({ length: 24 }, (_, i) => i) };
  expect(prefix(tensor, [2, 2, 3])).toEqual({
    shape: [2, 2, 3],
    data: Float32Array.of(0, 1, 2, 4, 5, 6, 12, 13, 14, 16, 17, 18),
  });
  expect([...prefix({ shape: [3], data: Float32Array.of(1, 2, 3) }, [2]).data]).toEqual([1, 2]);
  expect(() => prefix(tensor, [2, 4, 1])).toThrow(
    'internal error: expected a tensor that holds [2,4,1], got [2,3,4]',
  );
});
