import { expect, test } from 'vitest';
import { kinds } from '../../src/kinds/index.ts';
import type { Trial } from '../../src/stage/index.ts';

const trial = (index: number, encoding: number[], cost: number, value: number, target?: number): Trial => ({
  index,
  encoding,
  origin: 'random',
  accuracy: { value, provenance: 'inherited', split: 'validation', images: 1000 },
  costs: { params: 1000 + cost, macs: cost },
  cost,
  phase: 'search',
  ...(target === undefined ? {} : { target }),
});

const four = (target?: number) => [
  trial(0, [0], 20, 0.5, target),
  trial(1, [1], 40, 0.8, target),
  trial(2, [2], 30, 0.4, target),
  trial(3, [1], 40, 0.8, target),
];

test('show ranks different architectures, and tells the Pareto front and its hypervolume', () => {
  expect(kinds.trials.render(four())).toBe(
    [
      '4 trials (search 4)',
      '',
      'best   phase  accuracy  reward  cost  MACs  params',
      '#1    search    80.0 %            40    40   1,040',
      '#0    search    50.0 %            20    20   1,020',
      '#2    search    40.0 %            30    30   1,030',
      '',
      'Pareto front: 2 trials that no other beats in both cost and accuracy',
      '',
      'trial  cost  accuracy',
      '#0       20    50.0 %',
      '#1       40    80.0 %',
      '',
      // 0.5 from 20 to 40 of 40; the dearest trial itself adds nothing.
      'Hypervolume 0.25: share of accuracy 0 to 100 % by cost 0 to 40 (the dearest)',
    ].join('\n'),
  );
});

test('under a limit the hypervolume is taken up to it, so that searches can be compared', () => {
  // (0.5 · 20 + 0.8 · 60) / 100
  expect(kinds.trials.render(four(100))).toMatch(/^Hypervolume 0\.58: .* cost 0 to 100 \(the limit\)$/m);
  expect(kinds.trials.render(four(30))).toMatch(/\(the dearest\)$/m);
  const mixed = [...four(100), trial(4, [3], 1, 0.1)];
  expect(kinds.trials.render(mixed)).toMatch(/\(the dearest\)$/m);
});

test('a trial on few images, or of a shorter training, does not stand before those on most and of the longest', () => {
  const lucky = { ...trial(0, [0], 10, 1), accuracy: { ...trial(0, [0], 10, 1).accuracy, images: 10 } };
  const text = kinds.trials.render([lucky, trial(1, [1], 20, 0.6), trial(2, [2], 30, 0.7)]);
  expect(
    text
      .split('\n')
      .filter((line) => line.startsWith('#'))
      .map((line) => line.slice(0, 2)),
  ).toEqual(['#2', '#1', '#0', '#1', '#2']);
  expect(kinds.trials.describe([lucky, trial(1, [1], 20, 0.6)])['best accuracy']).toBe(0.6);
  const rungs = [
    { ...trial(0, [0], 10, 0.5), epochs: 1 },
    { ...trial(1, [1], 10, 0.8), epochs: 1 },
    { ...trial(2, [0], 10, 0.7), epochs: 3 },
  ];
  expect(kinds.trials.describe(rungs)['best accuracy']).toBe(0.7);
});

test('a long front is thinned out evenly; where nothing costs anything there is none', () => {
  const long = Array.from({ length: 31 }, (_, k) => trial(k, [k], k + 1, 0.5 + k / 100));
  const text = kinds.trials.render(long);
  expect(text).toContain(
    'Pareto front: 31 trials that no other beats in both cost and accuracy, of which 15 are shown',
  );
  expect(text).toContain('best 15');
  expect(text.match(/^#/gm)).toHaveLength(30);
  expect(kinds.trials.render([trial(0, [0], 0, 0.5)])).not.toContain('Pareto');
});

test('programs are given the ranked architectures, the front, and the hypervolume with its reference', () => {
  const details = kinds.trials.details!(four(100)) as unknown as {
    ranked: Trial[];
    front: Trial[];
    hypervolume: { share: number; reference: object };
  };
  expect(details.ranked.map(({ index }) => index)).toEqual([1, 0, 2]);
  expect(details.front.map(({ index }) => index)).toEqual([0, 1]);
  expect(details.hypervolume.share).toBeCloseTo(0.58, 12);
  expect(details.hypervolume.reference).toEqual({ accuracy: 0, cost: 100, of: 'the limit' });
  expect(kinds.trials.describe(four(100))).toMatchObject({
    front: 2,
    hypervolume: details.hypervolume.share,
  });
});

test('what a predictor expected is held against what was found', () => {
  const foretold = { ...trial(1, [1], 20, 0.6), predicted: 0.7 };
  expect(kinds.trials.render([trial(0, [0], 10, 0.5), foretold])).toContain(
    'A predictor proposed 1 trial; root mean square of predicted − found: 10.0 %',
  );
});
