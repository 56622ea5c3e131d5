import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/base/canonical.ts';
import { keySpan, overlay, valueSpan } from '../../src/schema/document.ts';
import { maximumDepth, parseJson } from '../../src/schema/load.ts';
import { formatProblem } from '../../src/schema/problem.ts';

const read = (text: string) => parseJson({ name: 'a.json', text });

/** Messages of what is wrong with a text, as a user sees them. */
const wrong = (text: string): string[] => {
  const result = read(text);
  return result.ok ? [] : result.failures.map((problem) => formatProblem(problem));
};

test('reads what JSON.parse reads, for every JSON value', () => {
  fc.assert(
    fc.property(fc.jsonValue({ depthSize: 'small' }), fc.nat(4), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      const result = read(text);
      const large = JSON.stringify(value).match(/\d{16,}|e\+/);
      if (large || /\p{Surrogate}/u.test(JSON.parse(text) as string)) return;
      expect(result.ok && result.value.value).toEqual(JSON.parse(text));
    }),
  );
});

test('a text of any length is read', () => {
  for (const long of ['x'.repeat(20_000_000), '"\\'.repeat(2_000_000)]) {
    const value = { long, 'a "key"\\': 1 };
    const found = read(JSON.stringify(value));
    expect(found.ok && found.value.value).toEqual(value);
  }
});

test('every part knows where it stands', () => {
  const text = '{\n  "a": {"b": [1, "two"]}\n}';
  const result = read(text);
  if (!result.ok) throw new Error('expected a document');
  const at = (span: { offset: number; length: number }) => text.slice(span.offset, span.offset + span.length);
  expect(at(valueSpan(result.value, '/a/b/1'))).toBe('"two"');
  expect(at(keySpan(result.value, '/a/b'))).toBe('"b"');
  expect(at(valueSpan(result.value, '/a/missing'))).toBe('{"b": [1, "two"]}');
  expect(at(valueSpan(result.value, ''))).toBe('{');
});

test('a key named __proto__ is a key', () => {
  const result = read('{"__proto__": {"x": 1}}');
  expect(result.ok && Object.keys(result.value.value as object)).toEqual(['__proto__']);
});

describe('what is no strict JSON is shown where it is', () => {
  test.each([
    [
      '{"a": 1,}',
      [
        'a.json:1:9 invalid-json: a key in double quotes is expected here; a comma must\nnot follow the last member\n    1 | {"a": 1,}\n      |         ^',
      ],
    ],
    [
      '{"a": /* b */ 1}',
      [
        'a.json:1:7 invalid-json: comments are not part of JSON; use a "description"\n    1 | {"a": /* b */ 1}\n      |       ^^^^^^^',
      ],
    ],
    [
      '{"a": 1,\n "a": 2}',
      [
        'a.json:2:2 duplicate-key: "a" is given twice; the first is on line 1\n    2 |  "a": 2}\n      |  ^^^',
      ],
    ],
    [
      '[9007199254740993]',
      [
        'a.json:1:2 number-too-large: a number beyond 2^53 cannot be kept exactly\n    1 | [9007199254740993]\n      |  ^^^^^^^^^^^^^^^^',
      ],
    ],
    [
      '[1e999]',
      [
        'a.json:1:2 number-too-large: a number beyond 2^53 cannot be kept exactly\n    1 | [1e999]\n      |  ^^^^^',
      ],
    ],
    [
      '["\\ud800"]',
      [
        'a.json:1:2 lone-surrogate: this text holds half of a character, which UTF-8\ncannot; write \\u escapes of surrogates in pairs\n    1 | ["\\ud800"]\n      |  ^^^^^^^^',
      ],
    ],
    ['', ['a.json:1:1 invalid-json: nothing is written here']],
    [
      '{"a": NaN}',
      [
        'a.json:1:7 invalid-json: this is no JSON value; texts and keys stand in double\nquotes\n    1 | {"a": NaN}\n      |       ^^^',
      ],
    ],
  ])('%s', (text, messages) => {
    expect(wrong(text)).toEqual(messages);
  });

  test('two mistakes of different kinds, both at once', () => {
    expect(wrong('{"a": 1, "a": 90071992547409930}')).toHaveLength(1);
    expect(wrong('{"a": 1e300, "b": {"c": 1, "c": 2}}')).toHaveLength(2);
  });

  test('nesting beyond the limit, without overflowing a stack', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(wrong(nested(maximumDepth))).toEqual([]);
    expect(wrong(nested(maximumDepth + 1))[0]).toContain('too-deep: nested deeper than 100 levels');
    expect(wrong('['.repeat(1_000_000))[0]).toContain('too-deep');
  });
});

describe('an overlay', () => {
  const document = (text: string) => {
    const result = read(text);
    if (!result.ok) throw new Error('expected a document');
    return result.value;
  };
  const source = { name: '--set', text: 'a.c=3' };
  const key = { source, offset: 0, length: 3 };
  const value = { source, offset: 4, length: 1 };
  const part = { source, value: 3 as Json, written: () => new Map([['', { value }]]) };

  test('replaces a value and remembers its own source', () => {
    const base = document('{"a": {"b": 1, "c": {"d": 2}}}');
    const over = overlay(base, ['a', 'c'], part, key)!;
    expect(over.value).toEqual({ a: { b: 1, c: 3 } });
    expect(base.value).toEqual({ a: { b: 1, c: { d: 2 } } });
    expect(valueSpan(over, '/a/c')).toEqual(value);
    expect(keySpan(over, '/a/c')).toEqual(key);
    expect(keySpan(over, '/a/b').source.name).toBe('a.json');
    expect(over.written().has('/a/c/d')).toBe(false);
  });

  test('makes objects that are missing on the way, and refuses to go through a value', () => {
    expect(overlay(document('{}'), ['a', 'c'], part, key)!.value).toEqual({ a: { c: 3 } });
    expect(overlay(document('{"a": 1}'), ['a', 'c'], part, key)).toBeUndefined();
    expect(overlay(document('{"a": [1]}'), ['a', '0'], part, key)!.value).toEqual({ a: [3] });
    expect(overlay(document('{"a": [1]}'), ['a', '1'], part, key)).toBeUndefined();
  });
});
