import { describe, expect, test } from 'vitest';
import { figureLines } from '../../src/report/figures.ts';
import { type EvaluatedNetwork, groupsOf } from '../../src/report/networks.ts';
import { differenceMargin, meanMargin, momentsOf } from '../../src/report/seeds.ts';
import { plainStyle } from '../../src/report/style.ts';
import * as samples from '../kinds/samples.ts';

const sample = (...values: number[]) => ({ values, ...momentsOf(values) });

describe('repeats over seeds', () => {
  test('mean and interval by Student’s t: three values, two degrees of freedom', () => {
    const three = sample(0.9, 0.91, 0.92);
    expect(three.mean).toBeCloseTo(0.91, 12);
    // s = 0.01, t = 4.303, so 4.303 × 0.01 / √3
    expect(meanMargin(three)).toBeCloseTo(0.024843, 5);
  });

  test('the difference of two means by Welch: equal variances and sizes have n + m - 2 degrees of freedom', () => {
    const margin = differenceMargin(sample(0.9, 0.91, 0.92), sample(0.8, 0.81, 0.82));
    // t(4) = 2.776, √(2 × 0.0001 / 3)
    expect(margin).toBeCloseTo(2.776 * Math.sqrt(0.0002 / 3), 3);
  });

  test('values without spread leave no margin', () => {
    expect(differenceMargin(sample(0.5, 0.5), sample(0.6, 0.6))).toBe(0);
  });
});

const { metrics } = samples.evaluation;
const networkOf = (accuracy: number, median: number, cell = {}, seed?: string): EvaluatedNetwork => ({
  name: 'evaluate',
  cell,
  ...(seed !== undefined && { seed }),
  evaluation: {
    ...samples.evaluation,
    metrics: {
      ...metrics,
      margin: 0.006,
      accuracy: { ...metrics.accuracy, value: accuracy, split: 'test' },
    },
  },
  measurement: { ...samples.latencyMeasurement, median },
});

describe('several networks of a run', () => {
  test('under several seeds: every figure as a mean with its interval', () => {
    const groups = groupsOf([
      networkOf(0.9, 2.4, {}, '1'),
      networkOf(0.91, 2.5, {}, '2'),
      networkOf(0.92, 2.6, {}, '3'),
    ]);
    // s = 0.01 and 0.1, t = 4.303: 4.303 × s / √3
    const lines = figureLines(groups, plainStyle);
    expect(lines.slice(0, 3).map((line) => line.replace(/ +/g, ' '))).toEqual([
      ' mean',
      'test accuracy 91.0 % ± 2.5',
      'latency, measured 2.50 ms ± 0.25',
    ]);
    expect(lines.map((line) => line.split(/ {2,}/)[0])).toEqual([
      '',
      'test accuracy',
      'latency, measured',
      'MACs',
      'params',
      'macro F1',
      'macro precision',
      'macro recall',
      'top-5 accuracy',
      'log-likelihood, negative',
      'latency, predicted',
      '',
      '',
    ]);
    expect(lines.at(-2)).toBe("  mean of 3 seeds ± half of its 95 % interval (Student's t)");
  });

  test('whose weights they have is said where any are not trained from the beginning', () => {
    const weighted = (name: string, provenance: 'inherited' | 'trained', start?: 'inherited') => {
      const network = networkOf(0.9, 2.4, { from: name });
      const { metrics: all } = network.evaluation;
      const own = { accuracy: { ...all.accuracy, provenance }, ...(start && { start }) };
      return { ...network, evaluation: { ...network.evaluation, metrics: { ...all, ...own } } };
    };
    const groups = groupsOf([weighted('a', 'inherited'), weighted('b', 'trained', 'inherited')]);
    expect(figureLines(groups, plainStyle)[2]).toMatch(/^weights +inherited +inherited, trained on$/);
    const seeds = [weighted('a', 'inherited'), weighted('a', 'trained')];
    expect(groupsOf(seeds.map((each, i) => ({ ...each, seed: `${i}` })))[0]!.weights).toBe('several');
  });

  test('of a matrix: a column a network; one that is alone has no table', () => {
    const groups = groupsOf([
      networkOf(0.9, 2.4, { reward: 'soft' }),
      networkOf(0.912, 2, { reward: 'hard' }),
    ]);
    expect(figureLines(groups, plainStyle).slice(0, 3)).toEqual([
      '                    reward=soft   reward=hard',
      'test accuracy      90.0 % ± 0.6  91.2 % ± 0.6',
      'latency, measured       2.40 ms       2.00 ms',
    ]);
    expect(figureLines(groupsOf([networkOf(0.9, 2.4)]), plainStyle)).toEqual([]);
  });

  test('too many for their columns: a row a network, the figures that fit', () => {
    const many = Array.from({ length: 7 }, (_, k) => networkOf(0.9, 2, { reward: `kind-number-${k}` }));
    const lines = figureLines(groupsOf(many), plainStyle);
    expect(lines).toHaveLength(10);
    expect(lines[1]).toMatch(/^reward=kind-number-0 +90\.0 % ± 0\.6 +2\.00 ms /);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  });
});
