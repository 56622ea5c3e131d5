import { describe, expect, it } from 'vitest';
import { createRng, philox } from '../../src/base/rng.ts';

const block = (...words: [number, number, number, number, number, number]): string[] => {
  const out = new Uint32Array(4);
  philox(out, ...words);
  return [...out].map((word) => word.toString(16).padStart(8, '0'));
};

describe('philox', () => {
  it('gives the known answers of Random123 for philox4x32-10', () => {
    expect(block(0, 0, 0, 0, 0, 0)).toEqual(['6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8']);
    const ones = 0xffffffff;
    expect(block(ones, ones, ones, ones, ones, ones)).toEqual([
      '408f276d',
      '41c83b0e',
      'a20bc7c6',
      '6d5451fd',
    ]);
    expect(block(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0)).toEqual([
      'd16cfe09',
      '94fdcceb',
      '5001e420',
      '24126ea1',
    ]);
  });
});

describe('createRng', () => {
  it('pins its sequence for good', () => {
    const rng = createRng(7);
    expect([rng.bits(), rng.bits(), rng.bits(), rng.bits(), rng.bits()]).toMatchInlineSnapshot(`
      [
        3210553788,
        4107981499,
        3015345580,
        3895650217,
        1885036733,
      ]
    `);
    expect([...createRng(7).fork('data').fork(3).permutation(8)]).toMatchInlineSnapshot(`
      [
        0,
        5,
        7,
        2,
        6,
        1,
        4,
        3,
      ]
    `);
  });

  it('forks by label without advancing', () => {
    const a = createRng(1);
    const before = a.fork('x').bits();
    a.bits();
    expect(a.fork('x').bits()).toBe(before);
    expect(a.fork('y').bits()).not.toBe(before);
    expect(a.fork(1).bits()).not.toBe(a.fork('1').bits());
  });

  it('draws uniform integers, normals and categories in proportion', () => {
    const rng = createRng(3);
    const counts = [0, 0, 0, 0, 0];
    for (let i = 0; i < 50_000; i++) counts[rng.integer(5)]!++;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);

    let sum = 0;
    let squares = 0;
    for (let i = 0; i < 50_000; i++) {
      const x = rng.normal();
      sum += x;
      squares += x * x;
    }
    expect(Math.abs(sum / 50_000)).toBeLessThan(0.03);
    expect(Math.abs(squares / 50_000 - 1)).toBeLessThan(0.04);

    const drawn = [0, 0, 0];
    for (let i = 0; i < 30_000; i++) drawn[rng.categorical([1, 0, 2])]!++;
    expect(drawn[1]).toBe(0);
    expect(Math.abs(drawn[2]! - 20_000)).toBeLessThan(600);
  });

  it('permutes without loss', () => {
    expect([...createRng(5).permutation(100)].sort((a, b) => a - b)).toEqual([...Array(100).keys()]);
  });

  it('refuses seeds and bounds that it cannot honour', () => {
    expect(() => createRng(-1)).toThrow('internal error: expected a non-negative safe integer seed, got -1');
    expect(() => createRng(1).integer(0)).toThrow('internal error: expected n in 1…2^32, got 0');
    expect(() => createRng(1).categorical([0, 0])).toThrow('internal error: expected positive weights');
  });
});
