import { expect, test } from 'vitest';
import { dimensionsOf } from '../../src/pipeline/matrix.ts';
import { parseJson } from '../../src/schema/load.ts';

/** How the values of a row are called in the ids of stages, and what is wrong with it. */
function labelled(values: readonly unknown[]): { labels: string[]; codes: string[] } {
  const pipeline = { name: 'own', matrix: { 'a.params.x': values }, stages: { a: { type: 'a' } } };
  const parsed = parseJson({ name: 'own.json', text: JSON.stringify(pipeline) });
  if (!parsed.ok) throw new Error(parsed.failures[0]!.message);
  const { dimensions, problems } = dimensionsOf(parsed.value);
  return {
    labels: dimensions.flatMap((row) => row.values.map(({ label }) => label)),
    codes: problems.map(({ code }) => code),
  };
}

const digest = expect.stringMatching(/^[0-9a-f]{8}$/);

test('values are called by themselves where they are short and plain, objects by what they hold', () => {
  expect(labelled([1, 0.5, 'lstm', true, null]).labels).toEqual(['1', '0.5', 'lstm', 'true', 'null']);
  const limits = [0.1, 0.2].map((fraction) => ({ quantity: 'latency', fraction }));
  expect(labelled(limits).labels).toEqual(['latency-0.1', 'latency-0.2']);
  expect(labelled([{ kind: 'cosine', at: [1, { rate: 0.1 }] }, [3, 5]]).labels).toEqual([
    'cosine-1-0.1',
    '3-5',
  ]);
});

test('a digest stands for what is long or not plain, and for objects that hold the same by other names', () => {
  expect(labelled(['a b', 'x'.repeat(41), {}, [], '..']).labels).toEqual([
    digest,
    digest,
    digest,
    digest,
    digest,
  ]);
  const { labels, codes } = labelled([{ value: 3 }, { fraction: 3 }, 3, [3]]);
  expect(labels).toEqual([digest, digest, '3', digest]);
  expect(new Set(labels).size).toBe(4);
  expect(codes).toEqual([]);
});

test('a value that is there twice is told, whatever it is called by', () => {
  for (const value of [3, 'a b', { kind: 'cosine' }, [1, 2]]) {
    expect(labelled([value, value]).codes).toEqual(['invalid-matrix']);
  }
});
