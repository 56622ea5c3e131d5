import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import { drawBalanced } from '../../src/data/index.ts';

const classes = ['a', 'b', 'c'];

const draw = (labels: Uint8Array, sizes: number[], seed = 1): readonly Uint32Array[] => {
  const drawn = drawBalanced(labels, classes, sizes, createRng(seed));
  if (!drawn.ok) throw new Error(drawn.failures[0]!.message);
  return drawn.value;
};

/** 20 labels of each class, in an order of their own. */
const labels = Uint8Array.from({ length: 60 }, (_, i) => (i * 7) % 3);

describe('drawBalanced', () => {
  test('parts are disjoint, ascending, of the wanted sizes and balanced to one', () => {
    fc.assert(
      fc.property(fc.nat(30), fc.nat(27), fc.nat(), (first, second, seed) => {
        const parts = draw(labels, [first, second], seed);
        expect(parts.map((part) => part.length)).toEqual([first, second]);
        const all = parts.flatMap((part) => [...part]);
        expect(new Set(all).size).toBe(first + second);
        for (const part of parts) {
          expect([...part]).toEqual([...part].sort((a, b) => a - b));
          const counts = classes.map((_, c) => part.filter((index) => labels[index] === c).length);
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test('a part does not depend on those after it, and a larger part holds the smaller', () => {
    const [alone] = draw(labels, [12]);
    const [first, second] = draw(labels, [12, 9]);
    const [, larger] = draw(labels, [12, 30]);
    expect(first).toEqual(alone);
    expect([...second!].every((index) => larger!.includes(index))).toBe(true);
  });

  test('the last part takes the rest when all are asked for, balanced or not', () => {
    const uneven = Uint8Array.of(0, 0, 0, 0, 0, 1, 1, 2, 2, 2);
    const [first, rest] = draw(uneven, [3, 7]);
    expect([...first!].map((index) => uneven[index])).toEqual([0, 1, 2]);
    expect([...first!, ...rest!].sort()).toEqual([...uneven.keys()]);
    expect([...draw(uneven, [10])[0]!]).toEqual([...uneven.keys()]);
    expect(drawBalanced(uneven, classes, [9, 1], createRng(1)).ok).toBe(false);
  });

  test('the draw of a seed is permanent', () => {
    expect(draw(labels, [6, 3], 7).map((part) => [...part])).toMatchInlineSnapshot(`
      [
        [
          7,
          18,
          34,
          36,
          41,
          53,
        ],
        [
          0,
          2,
          37,
        ],
      ]
    `);
  });

  test('a class with too few examples is named', () => {
    expect(drawBalanced(labels, classes, [30, 32], createRng(1))).toEqual({
      ok: false,
      failures: [
        {
          code: 'too-few-images',
          message:
            '62 images in equal shares of 3 classes need 21 of class "a", and there are 20; ask for fewer',
        },
      ],
    });
  });
});
