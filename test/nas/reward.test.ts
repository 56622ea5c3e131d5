import { describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import {
  choiceBlocks,
  controllerLearningRate,
  reward,
  sampleWarmup,
  warmupProbability,
} from '../../src/nas/index.ts';
import { mainSpace } from './spaces.ts';

describe('rewards', () => {
  test('tunas-absolute pulls to the target from both sides', () => {
    const spec = { kind: 'tunas-absolute', target: 84 } as const;
    expect(reward(spec, 0.75, 84)).toBe(0.75);
    expect(reward(spec, 0.75, 92.4)).toBeCloseTo(0.74, 12);
    expect(reward(spec, 0.75, 75.6)).toBeCloseTo(0.74, 12);
    expect(reward({ ...spec, beta: -1 }, 0.75, 42)).toBeCloseTo(0.25, 12);
  });

  test('mnas-soft: twice the latency costs five percent of the accuracy', () => {
    const spec = { kind: 'mnas-soft', target: 75 } as const;
    expect(reward(spec, 0.7, 150)).toBeCloseTo(0.7 * 2 ** -0.07, 12);
    expect(reward(spec, 0.7, 150) / 0.7).toBeCloseTo(1 / 1.05, 3);
    expect(reward(spec, 0.7, 37.5)).toBeGreaterThan(0.7);
  });

  test('mnas-hard: free below the target, proportional above', () => {
    const spec = { kind: 'mnas-hard', target: 75 } as const;
    expect([reward(spec, 0.7, 10), reward(spec, 0.7, 75)]).toEqual([0.7, 0.7]);
    expect(reward(spec, 0.7, 150)).toBeCloseTo(0.35, 12);
  });

  test('accuracy alone', () => {
    expect(reward({ kind: 'accuracy' }, 0.6, 1e9)).toBe(0.6);
  });
});

describe('warm-up schedules', () => {
  test('the probability falls linearly over the first quarter', () => {
    expect([0, 0.125, 0.25, 1].map((progress) => warmupProbability(progress))).toEqual([1, 0.5, 0, 0]);
    expect(warmupProbability(0, 0)).toBe(0);
  });

  test('the controller rests for a quarter, then its rate grows tenfold', () => {
    const rates = [0, 0.2499, 0.25, 0.625, 1].map((progress) => controllerLearningRate(4.8e-3, progress));
    expect(rates.slice(0, 3)).toEqual([0, 0, 4.8e-3]);
    expect(rates[3]).toBeCloseTo(4.8e-3 * Math.sqrt(10), 12);
    expect(rates[4]).toBeCloseTo(4.8e-2, 12);
    expect(controllerLearningRate(1, 0.5, { delay: 0, ramp: 1 })).toBe(1);
  });

  test('choice blocks are replaced independently, as often as told', () => {
    const ids = choiceBlocks(mainSpace).map(({ id }) => id);
    const rng = createRng(1);
    expect([...sampleWarmup(mainSpace, rng, { op: 1, filters: 1 })]).toEqual(ids);
    expect([...sampleWarmup(mainSpace, rng, { op: 0, filters: 1 })]).toEqual(
      ids.filter((id) => id.endsWith('.expansion')),
    );
    let total = 0;
    for (let k = 0; k < 400; k++) total += sampleWarmup(mainSpace, rng, { op: 0.3, filters: 0.3 }).size;
    expect(total / 400 / ids.length).toBeCloseTo(0.3, 1);
  });
});
