import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { conditionProblems, holds, parseCondition, runFacts } from '../../../src/report/where/index.ts';
import { formatProblem } from '../../../src/schema/problem.ts';

const stage = (summary: { readonly [name: string]: string | number }, status = 'ran') =>
  ({ type: 'x', status, determinism: 'exact', outputs: {}, inputs: {}, elapsedMs: 1, summary }) as const;

const facts = (tags: string[], accuracy: number, reward: string, note?: string) =>
  runFacts({
    id: '261124-101200-00',
    headline: {},
    labels: { v: 1, tags, ...(note !== undefined && { note }) },
    pipeline: {
      stages: { search: { params: { reward, steps: 800, target: { fraction: 0.3 }, sizes: [3, 5] } } },
    },
    result: {
      v: 1,
      run: '261124-101200-00',
      pipeline: 'toy',
      seed: 7,
      status: 'ok',
      startedAt: '2026-11-24T10:12:00.000Z',
      finishedAt: '2026-11-24T10:13:00.000Z',
      elapsedMs: 60_000,
      stages: { evaluate: stage({ accuracy }), search: stage({ 'best reward': 0.5 }, 'cached') } as never,
    },
  });

const good = facts(['paper', 'wide'], 0.91, 'mnas-soft', 'The one of table 2');
const poor = facts([], 0.7, 'tunas-absolute');

const which = (text: string): string => {
  const parsed = parseCondition(text);
  if (!parsed.ok) return formatProblem(parsed.failures[0]!);
  const wrong = conditionProblems(parsed.value, [good, poor]);
  if (wrong.length > 0) return wrong.map((problem) => formatProblem(problem)).join('\n');
  return [good, poor].map((each) => (holds(parsed.value, each) ? 'yes' : 'no')).join(' ');
};

describe('conditions on the good run and the poor one', () => {
  test.each([
    ['evaluate.accuracy>0.9', 'yes no'],
    ['evaluate.accuracy <= 0.7', 'no yes'],
    ['not evaluate.accuracy>0.9', 'no yes'],
    ['search.params.reward = mnas-soft', 'yes no'],
    ["search.params.reward != 'mnas-soft'", 'no yes'],
    ['search.params.reward ~ TUNAS', 'no yes'],
    ['search.params.target.fraction = 0.3 and seed = 7', 'yes yes'],
    ['search.params.sizes = 5', 'yes yes'],
    ['search."best reward" > 0.4', 'yes yes'],
    ['tag = paper', 'yes no'],
    ['tag != paper', 'no yes'],
    ['tag ~ pap', 'yes no'],
    ['tag', 'yes no'],
    ['note', 'yes no'],
    ['note ~ "table 2"', 'yes no'],
    ['note != x', 'yes no'],
    ['search.status = cached', 'yes yes'],
    ['started >= 2026-11-24', 'yes yes'],
    ['started < "2026-11-24T10:00"', 'no no'],
    ['seconds > 59.5', 'yes yes'],
    ['evaluate.accuracy>0.9 or tag=none and seed=8', 'yes no'],
    ['(evaluate.accuracy>0.9 or tag=none) and seed=8', 'no no'],
    ['not (tag=paper or seed=8)', 'no yes'],
  ])('%s', (text, expected) => expect(which(text)).toBe(expected));
});

describe('conditions on a run of a matrix, of seeds and of a foreach', () => {
  const figure = (field: 'accuracy' | 'latency', mean: number) => ({
    name: field,
    field,
    unit: 'share' as const,
    values: [mean],
    mean,
    variance: 0,
    main: true,
  });
  const several = runFacts({
    id: '261124-101200-00',
    headline: {
      groups: [
        { label: 'lr=0.1', networks: 2, weights: 'trained', figures: [figure('accuracy', 0.85)] },
        {
          label: 'lr=0.2',
          networks: 2,
          weights: 'trained',
          figures: [figure('accuracy', 0.7), figure('latency', 3)],
        },
      ],
    },
    labels: { v: 1, tags: [] },
    pipeline: {
      stages: {
        'train@lr=0.1': { type: 'x', params: { lr: 0.1, epochs: 4 } },
        'train@lr=0.2': { type: 'x', params: { lr: 0.2, epochs: 4 } },
        'top@lr=0.1': { type: 'foreach', stages: { each: { type: 'x', params: { width: 3 } } } },
      },
    },
    result: {
      v: 1,
      run: '261124-101200-00',
      pipeline: 'toy',
      seed: 7,
      status: 'ok',
      startedAt: '2026-11-24T10:12:00.000Z',
      finishedAt: '2026-11-24T10:13:00.000Z',
      elapsedMs: 60_000,
      stages: {
        'train@lr=0.1': { ...stage({ loss: 1 }), name: 'train' },
        'train@lr=0.2': { ...stage({ loss: 2 }, 'cached'), name: 'train' },
        'each@lr=0.1,top=1': { ...stage({ loss: 4 }), name: 'top.each' },
      } as never,
    },
  });
  test.each([
    ['accuracy > 0.8', 'yes'],
    ['accuracy > 0.86', 'no'],
    ['accuracy < 0.8', 'yes'],
    ['not accuracy < 0.8', 'no'],
    ['latency = 3', 'yes'],
    ['train.loss > 1.5', 'yes'],
    ['train.loss > 2', 'no'],
    ['train.loss != 3', 'yes'],
    ['train.loss != 2', 'no'],
    ['"train@lr=0.2".loss = 2', 'yes'],
    ['"train@lr=0.2".loss = 1', 'no'],
    ['train.status = cached', 'yes'],
    ['train.params.lr <= 0.1', 'yes'],
    ['train.params.lr > 0.2', 'no'],
    ['"train@lr=0.1".params.lr > 0.1', 'no'],
    ['train.params.epochs = 4', 'yes'],
    ['top.each.params.width = 3', 'yes'],
    ['top.each.loss = 4', 'yes'],
    ['"each@lr=0.1,top=1".loss = 4', 'yes'],
  ])('%s', (text, expected) => {
    const parsed = parseCondition(text);
    if (!parsed.ok) throw new Error(formatProblem(parsed.failures[0]!));
    expect(conditionProblems(parsed.value, [several])).toEqual([]);
    expect(holds(parsed.value, several) ? 'yes' : 'no').toBe(expected);
  });
});

describe('mistakes are shown where they are', () => {
  test.each([
    [
      'evaluate.acuracy > 0.9',
      `--where:1:1 unknown-field: no run here has "evaluate.acuracy"; did you mean
"evaluate.accuracy"?
    1 | evaluate.acuracy > 0.9
      | ^^^^^^^^^^^^^^^^`,
    ],
    [
      'seed = 7 and search.params.reward > 3',
      `--where:1:35 filter-type: > compares with a number, and "search.params.reward"
is none in any run: it is "mnas-soft"
    1 | seed = 7 and search.params.reward > 3
      |                                   ^`,
    ],
    [
      'seed =',
      `--where:1:7 filter-syntax: expected a value after =, got the end
    1 | seed =
      |       ^`,
    ],
    [
      'seed = 7 tag = x',
      `--where:1:10 filter-syntax: expected "and", "or" or the end, got "tag"
    1 | seed = 7 tag = x
      |          ^^^`,
    ],
    [
      '(seed = 7',
      `--where:1:10 filter-syntax: expected ")", got the end
    1 | (seed = 7
      |          ^`,
    ],
    [
      'seed && tag',
      `--where:1:6 filter-syntax: "&" has no meaning here
    1 | seed && tag
      |      ^`,
    ],
    [
      'note ~ "table',
      `--where:1:8 filter-syntax: a text without its closing quote
    1 | note ~ "table
      |        ^`,
    ],
    [
      'and tag',
      `--where:1:1 filter-syntax: expected a field, as in evaluate.accuracy, got "and"
    1 | and tag
      | ^^^`,
    ],
    [
      'seed.',
      `--where:1:6 filter-syntax: expected a name after ".", got the end
    1 | seed.
      |      ^`,
    ],
    ['', '--where:1:1 filter-syntax: expected a field, as in evaluate.accuracy, got the\nend'],
  ])('%s', (text, expected) => expect(which(text)).toBe(expected));
});

test('no text makes the reader throw, and every failure has its place in the text', () => {
  const part = fc.constantFrom(
    'seed',
    '=',
    '>',
    'and',
    'or',
    'not',
    '(',
    ')',
    '.',
    '"',
    "'",
    ' ',
    '7',
    '-',
    'é',
    '~',
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      const text = parts.join('');
      const parsed = parseCondition(text);
      if (parsed.ok) return;
      const { at } = parsed.failures[0]!;
      expect(at!.offset + at!.length).toBeLessThanOrEqual(text.length);
    }),
    { numRuns: 500 },
  );
});
