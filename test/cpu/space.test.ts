import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planPath } from '../../src/cpu/plan/plan.ts';
import { ALIGNMENT, Space } from '../../src/cpu/plan/space.ts';
import { mobilenetV2 } from '../../src/net/index.ts';

const BASE = 4096;
const bytesOf = (floats: number): number => Math.ceil((floats * 4) / ALIGNMENT) * ALIGNMENT;

describe('buffers of a plan', () => {
  test('live ones never overlap, whatever is taken, held, shrunk and released', () => {
    const action = fc.record({
      what: fc.constantFrom('take', 'take', 'release', 'hold', 'shrink'),
      floats: fc.integer({ min: 1, max: 400 }),
      which: fc.nat(),
    });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 80 }), (actions) => {
        const space = new Space(BASE);
        const live: { at: number; bytes: number; holders: number }[] = [];
        for (const { what, floats, which } of actions) {
          const chosen = live[which % Math.max(1, live.length)];
          if (what === 'take') live.push({ at: space.floats(floats), bytes: bytesOf(floats), holders: 1 });
          else if (chosen === undefined) continue;
          else if (what === 'hold') {
            space.hold(chosen.at);
            chosen.holders++;
          } else if (what === 'shrink') {
            space.shrink(chosen.at, Math.min(floats, chosen.bytes / 4));
            chosen.bytes = Math.min(chosen.bytes, bytesOf(floats));
          } else {
            space.release(chosen.at);
            if (--chosen.holders === 0) live.splice(live.indexOf(chosen), 1);
          }
          const sorted = live.toSorted((a, b) => a.at - b.at);
          for (const [i, { at, bytes }] of sorted.entries()) {
            expect(at % ALIGNMENT).toBe(0);
            expect(at + bytes).toBeLessThanOrEqual(sorted[i + 1]?.at ?? BASE + space.bytes);
          }
        }
      }),
    );
  });

  test('the smallest gap that is large enough is used; at the end it grows', () => {
    const space = new Space(BASE);
    const [large, , small, , last] = [160, 16, 48, 16, 16].map((floats) => space.floats(floats)) as [
      number,
      number,
      number,
      number,
      number,
    ];
    for (const at of [large, small, last]) space.release(at);
    expect(space.floats(32)).toBe(small);
    expect(space.floats(160)).toBe(large);
    expect(space.floats(64)).toBe(last);
    expect(space.bytes).toBe(4 * (160 + 16 + 48 + 16 + 64));
  });
});

test('a training step takes little more than half of a slot for each tensor', () => {
  const network = mobilenetV2({ input: { h: 96, w: 96, c: 3 } });
  const place = { weight: 64, momentum: 64, square: 0, steps: 0, ema: 0 };
  const settings = { base: 64, clipNorm: 64, gradientScale: 64, smoothing: 64, teacherRatio: 64 };
  const arena = (guard: number) =>
    planPath({
      network,
      images: 32,
      lanes: 8,
      places: new Map(network.weights.map((spec) => [spec.name, { spec, ...place }])),
      base: BASE,
      keepNorms: false,
      loss: true,
      mode: { backward: true, statistics: 'batch', moving: true, dropout: true, gates: false, ema: false },
      update: { optimiser: { kind: 'sgd', momentum: 0.9, nesterov: true, ema: false } },
      settings,
      guard,
    });
  const slots = arena(64).buffers.reduce((sum, [from, to]) => sum + to - from, 0);
  expect(arena(0).bytes / slots).toBeLessThan(0.55);
});
