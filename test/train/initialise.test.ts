import { describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/rng.ts';
import type { KernelInitialiser } from '../../src/net/kernel-start.ts';
import type { Initialiser, WeightSpec } from '../../src/net/network.ts';
import { initialise } from '../../src/train/initialise.ts';

const spec = (name: string, init: Initialiser, shape: readonly number[] = [200, 200]): WeightSpec => ({
  name,
  shape,
  init,
  trainable: true,
  decay: true,
});

const moments = (values: Float32Array) => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, variance, largest: values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) };
};

const draw = (init: Initialiser) => initialise([spec('w', init)], createRng(5)).get('w')!.data;

describe('variance', () => {
  test.each([
    ['normal', { kind: 'normal', deviation: 0.1 } as const, 0.01],
    ['he-normal', { kind: 'he-normal', fan: 50 } as const, 2 / 50],
    ['he-uniform', { kind: 'he-uniform', fan: 50 } as const, 2 / 50],
    ['he-truncated', { kind: 'he-truncated', fan: 50 } as const, 2 / 50],
    ['glorot-normal', { kind: 'glorot-normal', fan: 30 + 70 } as const, 2 / 100],
    ['glorot-uniform', { kind: 'glorot-uniform', fan: 30 + 70 } as const, 2 / 100],
    ['glorot-truncated', { kind: 'glorot-truncated', fan: 30 + 70 } as const, 2 / 100],
    [
      'truncated-normal',
      { kind: 'truncated-normal', deviation: 0.1 } as const,
      0.01 * 0.8796256610342398 ** 2,
    ],
  ])('%s', (_, init, variance) => {
    const drawn = moments(draw(init));
    expect(drawn.variance / variance).toBeCloseTo(1, 1);
    expect(Math.abs(drawn.mean)).toBeLessThan((4 * Math.sqrt(variance)) / 200);
  });

  test('uniform ones stay within their limit and reach for it', () => {
    const { largest } = moments(draw({ kind: 'he-uniform', fan: 6 }));
    expect(largest).toBeLessThanOrEqual(1);
    expect(largest).toBeGreaterThan(0.999);
  });
});

test('truncated ones stay within two of their deviations before the cut and reach for them', () => {
  const { largest } = moments(draw({ kind: 'truncated-normal', deviation: 0.5 }));
  expect(largest).toBeLessThanOrEqual(1);
  expect(largest).toBeGreaterThan(0.999);
});

test('constants', () => {
  expect(draw({ kind: 'constant', value: 0.25 }).every((value) => value === 0.25)).toBe(true);

  expect(draw({ kind: 'zeros' }).every((value) => value === 0)).toBe(true);
  expect(draw({ kind: 'ones' }).every((value) => value === 1)).toBe(true);
});

test('a weight depends on its name only, not on its neighbours', () => {
  const he: Initialiser = { kind: 'he-normal', fan: 9 };
  const alone = initialise([spec('b', he)], createRng(1)).get('b');
  const among = initialise([spec('a', he), spec('b', he), spec('c', he)], createRng(1));
  expect(among.get('b')).toEqual(alone);
  expect(among.get('a')!.data).not.toEqual(among.get('b')!.data);
  expect([...among.keys()]).toEqual(['a', 'b', 'c']);
});

test('never changes: initial weights are part of what training computes', () => {
  const first = (init: Initialiser) => [
    ...initialise([spec('stem', init, [4])], createRng(7)).get('stem')!.data,
  ];
  expect(first({ kind: 'he-normal', fan: 27 })).toEqual([
    -0.04717060178518295, -0.2561589479446411, -0.1229090616106987, -0.013885601423680782,
  ]);
  expect({
    'he-uniform': first({ kind: 'he-uniform', fan: 27 }),
    'he-truncated': first({ kind: 'he-truncated', fan: 4 }),
    'truncated-normal': first({ kind: 'truncated-normal', deviation: 1 }),
    normal: first({ kind: 'normal', deviation: 1 }),
  }).toMatchInlineSnapshot(`
    {
      "he-truncated": [
        -0.13932383060455322,
        -0.7565951347351074,
        -0.36302614212036133,
        -0.041012730449438095,
      ],
      "he-uniform": [
        0.33087149262428284,
        -0.1891888678073883,
        0.03129064291715622,
        0.0862717255949974,
      ],
      "normal": [
        -0.1733158528804779,
        -0.9411880970001221,
        -0.451596736907959,
        -0.051018957048654556,
      ],
      "truncated-normal": [
        -0.1733158528804779,
        -0.9411880970001221,
        -0.451596736907959,
        -0.051018957048654556,
      ],
    }
  `);
});

test('a fan of 0 is our bug', () => {
  expect(() => draw({ kind: 'he-normal', fan: 0 })).toThrow('internal error: expected a positive fan, got 0');
});

describe('chosen for all kernels', () => {
  const he: Initialiser = { kind: 'he-normal', fan: 9 * 40 };
  const kernel = spec('kernel', he, [3, 3, 40, 60]);
  const started = (kernels: KernelInitialiser, weight = kernel) =>
    initialise([weight], createRng(2), kernels).get(weight.name)!.data;

  test('by fan-in, or by fan-in and fan-out', () => {
    expect(moments(started('he-uniform')).largest).toBeCloseTo(Math.sqrt(6 / 360), 3);
    expect(moments(started('glorot-uniform')).largest).toBeCloseTo(Math.sqrt(6 / (360 + 540)), 3);
    expect(started('he-normal')).toEqual(unchosen(kernel));
    expect(moments(started('he-uniform-fan-out')).largest).toBeCloseTo(Math.sqrt(6 / 540), 3);
    expect(moments(started('he-normal-fan-out')).variance / (2 / 540)).toBeCloseTo(1, 1);
    expect(moments(started('glorot-normal')).variance / (2 / 900)).toBeCloseTo(1, 1);
    expect(moments(started('he-truncated-fan-out')).variance / (2 / 540)).toBeCloseTo(1, 1);
    expect(moments(started('glorot-truncated')).largest).toBeLessThanOrEqual(
      (2 * Math.sqrt(2 / 900)) / 0.87962,
    );
  });

  test('the fan-out of a matrix is its units', () => {
    const matrix = spec('matrix', { kind: 'he-normal', fan: 200 }, [200, 100]);
    expect(moments(started('glorot-uniform', matrix)).largest).toBeCloseTo(Math.sqrt(6 / 300), 3);
    const depthwise = spec('depthwise', { kind: 'he-normal', fan: 25 }, [5, 5, 400, 1]);
    expect(moments(started('he-uniform-fan-out', depthwise)).largest).toBeCloseTo(Math.sqrt(6 / 25), 2);
  });

  test('a layer that says how it starts keeps that', () => {
    const own = spec('own', { kind: 'normal', deviation: 0.01 });
    expect(started('glorot-uniform', own)).toEqual(unchosen(own));
  });

  const unchosen = (weight: WeightSpec) => initialise([weight], createRng(2)).get(weight.name)!.data;
});
