import { describe, expect, test } from 'vitest';
import {
  auxiliaryHead,
  channelMask,
  checkNetwork,
  countNetwork,
  describeNetwork,
  factorizedReduction,
  type Handle,
  NetworkBuilder,
  rowThenColumn,
  separable,
  squeezeUnits,
  universalBottleneck,
  withoutAuxiliary,
} from '../../src/net/index.ts';

const batchNorm = { decay: 0.9, epsilon: 1e-3 };

function built(make: (builder: NetworkBuilder, from: Handle) => Handle, c = 16) {
  const builder = new NetworkBuilder({ h: 7, w: 8, c });
  const network = builder.finish(make(builder, builder.input));
  expect(checkNetwork(network)).toEqual({ ok: true, value: network });
  const { params, macs } = countNetwork(network);
  const ids = network.layers.map(({ id }) => id);
  return { output: network.layers.at(-1)!.output, params, macs, ids };
}

describe('blocks of cells', () => {
  test('factorised reduction: in·out weights and two a channel, whatever the stride', () => {
    const strided = built((b, x) => factorizedReduction(b, 'fr', x, { filters: 24, batchNorm }));
    expect(strided).toMatchObject({
      output: { h: 4, w: 4, c: 24 },
      params: 16 * 24 + 48,
      macs: 16 * 24 * 16,
    });
    const plain = built((b, x) => factorizedReduction(b, 'fr', x, { filters: 24, stride: 1, batchNorm }));
    expect(plain).toMatchObject({ output: { h: 7, w: 8, c: 24 }, params: 16 * 24 + 48 });
    expect(() => built((b, x) => factorizedReduction(b, 'fr', x, { filters: 5, batchNorm }))).toThrow(
      'internal error: expected even filters of fr, got 5',
    );
  });

  test('separable stack: depthwise and pointwise twice, the first takes the stride', () => {
    const made = built((b, x) =>
      separable(b, 's', x, { filters: 20, kernel: 5, stride: 2, activation: 'relu', batchNorm }),
    );
    expect(made.output).toEqual({ h: 4, w: 4, c: 20 });
    expect(made.params).toBe(25 * 16 + 16 * 20 + 40 + 25 * 20 + 20 * 20 + 40);
    expect(made.ids.slice(0, 4)).toEqual(['s.1.act', 's.1.depthwise', 's.1.pointwise', 's.1.bn']);
  });

  test('1x7 and then 7x1', () => {
    const made = built((b, x) =>
      rowThenColumn(b, 'rc', x, { filters: 10, side: 7, activation: 'relu', batchNorm }),
    );
    expect(made.params).toBe(7 * 16 * 10 + 7 * 10 * 10 + 20);
    expect(made.macs).toBe((7 * 16 * 10 + 7 * 10 * 10) * 56);
  });

  test('the auxiliary head of ENAS on 8x8 pixels; it counts nothing, and is gone after training', () => {
    const b = new NetworkBuilder({ h: 8, w: 8, c: 16 });
    const x = b.conv('front', b.input, { filters: 20, kernel: 1 });
    const head = b.dense('head', b.globalPool('pool', x), { units: 10 });
    const network = b.finish(head, [
      { output: auxiliaryHead(b, 'aux', x, { classes: 10, batchNorm }), weight: 0.4 },
    ]);
    expect(checkNetwork(network)).toEqual({ ok: true, value: network });
    const sizes = network.weights.filter(({ name, trainable }) => name.startsWith('aux') && trainable);
    const params = sizes.reduce((sum, { shape }) => sum + shape.reduce((product, side) => product * side), 0);
    expect(params).toBe(20 * 128 + 2 * 128 + 4 * 128 * 768 + 2 * 768 + 768 * 10 + 10);
    expect(countNetwork(network).params).toBe(16 * 20 + 210);
    const deployed = withoutAuxiliary(network);
    expect(deployed.layers.map(({ id }) => id)).toEqual(['front', 'pool', 'head']);
    expect(deployed.weights.map(({ name }) => name)).toEqual(['front.weight', 'head.weight', 'head.bias']);
    const wrong = { ...network, auxiliary: [{ output: 'front', weight: -1 }] };
    const checked = checkNetwork(wrong);
    expect(checked.ok ? [] : checked.failures.map(({ message }) => message)).toEqual([
      'the auxiliary output front is 8x8x20, not 1x1x10',
      'the auxiliary output front has a weight of -1',
    ]);
  });

  test('a channel mask keeps the shape', () => {
    expect(built((b, x) => channelMask(b, 'mask', x, 6)).output.c).toBe(16);
    expect(built((b, x) => channelMask(b, 'mask', x, 16)).ids).toEqual(['mask']);
  });

  test('squeeze units by both rules', () => {
    expect([96, 72, 16].map((c) => squeezeUnits('expanded', c))).toEqual([24, 24, 8]);
    expect([24, 40, 3].map((c) => squeezeUnits('input', c))).toEqual([6, 10, 1]);
  });

  test.each([
    [0, 3, ['expand.conv', 'middle.conv', 'project.conv'], 16 * 32 + 9 * 32 + 32 * 16 + 64 + 64 + 32],
    [5, 0, ['start.conv', 'expand.conv', 'project.conv'], 25 * 16 + 32 + 2 * 16 * 32 + 64 + 32],
    [
      3,
      5,
      ['start.conv', 'expand.conv', 'middle.conv', 'project.conv'],
      9 * 16 + 32 + 25 * 32 + 64 + 1024 + 96,
    ],
    [0, 0, ['expand.conv', 'project.conv'], 1024 + 96],
  ])('universal bottleneck, depthwise %i and %i', (start, middle, convolutions, params) => {
    const options = { start, middle, expanded: 32, output: 16, activation: 'relu', batchNorm } as const;
    const made = built((b, x) => universalBottleneck(b, 'u', x, { ...options, stride: 1 }));
    expect(made.ids.filter((id) => id.endsWith('.conv'))).toEqual(convolutions.map((name) => `u.${name}`));
    expect(made.params).toBe(params);
    expect(made.ids.at(-1)).toBe('u.add');
    if (start + middle === 0) return;
    const strided = built((b, x) => universalBottleneck(b, 'u', x, { ...options, stride: 2 }));
    expect(strided.output).toEqual({ h: 4, w: 4, c: 16 });
    expect(strided.ids.at(-1)).toBe('u.project.bn');
  });

  test('layer scale counts a parameter a channel; drop-path stands before the sum', () => {
    const made = built((b, x) =>
      universalBottleneck(b, 'u', x, {
        start: 0,
        middle: 0,
        stride: 1,
        expanded: 32,
        output: 16,
        activation: 'relu',
        batchNorm,
        layerScale: 1e-5,
        dropPath: 0.1,
      }),
    );
    expect(made.params).toBe(1024 + 96 + 16);
    expect(made.ids.slice(-3)).toEqual(['u.scale', 'u.drop', 'u.add']);
  });
});

test('the table says what the layers are', () => {
  const b = new NetworkBuilder({ h: 8, w: 8, c: 4 });
  const x = b.conv('conv', b.input, { filters: 8, kernel: { h: 1, w: 7 }, dilation: 2, groups: 2 });
  const y = b.batchNorm('frozen', b.slice('slice', x, 2, 4), { ...batchNorm, mode: 'frozen' });
  const z = b.batchNorm('stateless', b.zero('zero', y.shape), { ...batchNorm, mode: 'stateless' });
  const all = b.concat('all', [y, b.identity('same', z)]);
  const small = b.subsample('sub', b.dropPath('drop', b.scale('scale', all, { initial: 1 }), 0.2), {
    stride: 2,
    offset: 1,
  });
  const out = b.pool('pool', small, { fn: 'average', kernel: { h: 3, w: 2 }, stride: 3, padding: 'valid' });
  const lines = describeNetwork(b.finish(out)).split('\n').slice(1, -1);
  expect(lines.map((line) => line.trim().replace(/ {2,}/g, ' | '))).toEqual([
    'conv | conv 1x7 d2 g2 | 8x8x8 | 112 | 7,168',
    'slice | channels 2 to 5 | 8x8x4',
    'frozen | batch-norm frozen | 8x8x4 | 8',
    'zero | zero | 8x8x4',
    'stateless | batch-norm stateless | 8x8x4 | 8',
    'same | identity | 8x8x4',
    'all | concat of 2 | 8x8x8',
    'scale | scale | 8x8x8 | 8',
    'drop | drop-path 0.2 | 8x8x8',
    'sub | subsample s2 from 1 | 4x4x8',
    'pool | average pool 3x2 s3 valid | 1x1x8',
  ]);
});

describe('checkNetwork of layers from outside', () => {
  const network = () => {
    const b = new NetworkBuilder({ h: 8, w: 8, c: 4 });
    const x = b.batchNorm('bn', b.slice('slice', b.input, 1, 2), batchNorm);
    const all = b.concat('all', [x, b.zero('zero', x.shape)]);
    return b.finish(b.depthwise('dw', all, { kernel: 3, padding: 'valid' }));
  };
  test.each([
    ['slice', { first: 3 }, 'wrong-shape: layer slice makes 8x8x1, not 8x8x2'],
    ['slice', { first: -1 }, 'bad-value: layer slice begins at -1, which is not a whole number'],
    ['zero', { inputs: ['bn'] }, 'wrong-arity: layer zero (zero) reads 1 tensors instead of 0'],
    ['zero', { output: { h: 4, w: 8, c: 2 } }, 'wrong-shape: layer all combines 8x8x2 with 4x8x2'],
    ['all', { output: { h: 8, w: 8, c: 5 } }, 'wrong-shape: layer all makes 8x8x4, not 8x8x5'],
    ['all', { inputs: [] }, 'wrong-arity: layer all (concat) reads 0 tensors; at least 1 is needed'],
    ['dw', { dilation: 0.5 }, 'bad-value: layer dw has a kernel, stride, width or group count of 0.5'],
    [
      'dw',
      { derived: { side: 6, steps: [{ side: 3, weight: 'matrix' }] } },
      'bad-value: layer dw derives its kernel through sides 6, 3; each must be smaller than the one before by an even number',
    ],
    [
      'dw',
      { derived: { side: 7, steps: [{ side: 5, weight: 'matrix' }] } },
      'bad-value: layer dw has a kernel of 3x3, but derives one of side 5',
    ],
    [
      'dw',
      { derived: { side: 7, steps: [{ side: 3, weight: 'matrix' }] } },
      'missing-weight: layer dw uses matrix, which is not listed',
    ],
    ['dw', { kernel: 9 }, 'wrong-shape: layer dw makes 0x0x4, not 6x6x4'],
    [
      'bn',
      { movingMean: undefined },
      'bad-value: layer bn has one of moving mean and moving variance; both or none are needed',
    ],
    [
      'bn',
      { movingMean: undefined, movingVariance: undefined, frozen: true },
      'bad-value: layer bn is frozen, but has no moving statistics',
    ],
  ])('%s with %o', (id, change, message) => {
    const from = network();
    const layers = from.layers.map((layer) => (layer.id === id ? { ...layer, ...change } : layer));
    const checked = checkNetwork({ ...from, layers } as typeof from);
    expect(checked.ok ? [] : checked.failures.map((each) => `${each.code}: ${each.message}`)).toContain(
      message,
    );
  });
});
