import { expect, test } from 'vitest';
import { didYouMean, listOf, nearest } from '../../src/schema/nearest.ts';
import { formatProblem } from '../../src/schema/problem.ts';

test('the nearest name: a prefix first, then few edits, else nothing', () => {
  const names = ['evaluate', 'evolutionary-refinement', 'epochs', 'batch'];
  expect(nearest('evolutionary', names)).toBe('evolutionary-refinement');
  expect(nearest('epoch', names)).toBe('epochs');
  expect(nearest('evalute', names)).toBe('evaluate');
  expect(nearest('Batch', names)).toBe('batch');
  expect(nearest('learningRate', names)).toBeUndefined();
  expect(nearest('plsu', ['plus'])).toBe('plus');
  expect(nearest('c', ['a', 'b'])).toBeUndefined();
  expect(didYouMean('bacth', names)).toBe('; did you mean "batch"?');
  expect(didYouMean('x', names)).toBe('');
});

test('lists', () => {
  expect(listOf([])).toBe('none');
  expect(listOf(['a'])).toBe('a');
  expect(listOf(['a', 'b', 'c'], 'and')).toBe('a, b and c');
});

test('a place in a long line is cut out around the caret; tabs do not move it', () => {
  const text = `{\t"x": ${'1'.repeat(200)}, "here": true}`;
  const offset = text.indexOf('"here"');
  const shown = formatProblem({
    code: 'odd',
    message: 'this is odd',
    at: { source: { name: 'f', text }, offset, length: 6 },
  });
  const [, line, caret] = shown.split('\n');
  expect(line!.length).toBeLessThanOrEqual(80);
  const column = caret!.indexOf('^');
  expect(line!.slice(column, column + 6)).toBe('"here"');
  expect(caret!.slice(column)).toBe('^^^^^^');
});

test('a problem without a place, with hints, is wrapped', () => {
  const shown = formatProblem({ code: 'c', message: 'one two three four', hints: ['five six seven'] }, 14);
  expect(shown).toBe('c: one two\nthree four\n   five six\n   seven');
});

test('what nobody reads to its end is cut, however long, and resembles no name', () => {
  const long = 'x'.repeat(20_000_000);
  const found = { code: 'odd', message: `no ${long} is here${didYouMean(long, ['evaluate'])}` };
  expect(formatProblem(found)).toBe(`odd: no ${'x'.repeat(60)}… is here`);
});
