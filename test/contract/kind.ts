import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ArtifactKind, Tree } from '../../src/kinds/index.ts';

/** A value that differs from the sample, and what the differ must say of it. */
export interface Variant<T> {
  readonly name: string;
  readonly value: T;
  /** The `what` of each change, in order. */
  readonly changes: readonly string[];
}

/** What every artifact kind must do. `invalid` are broken values with the message that each must give. */
export function kindContract<T>(
  kind: ArtifactKind<T>,
  sample: T,
  variants: readonly Variant<T>[],
  invalid: readonly (readonly [message: string, value: unknown])[],
): void {
  describe(kind.kind, () => {
    const tree = kind.save(sample);

    test('a saved value loads, and saves again to the same bytes', () => {
      const loaded = kind.load(tree);
      if (!loaded.ok) throw new Error(loaded.failures[0]!.message);
      expect(loaded.value).toEqual(sample);
      expectSameTree(kind.save(loaded.value), tree);
    });

    test('the order of members changes no byte', () => {
      expectSameTree(kind.save(reversed(sample) as T), tree);
    });

    test('a sound value passes its check as it is', () => {
      expect(kind.check(sample)).toEqual({ ok: true, value: sample });
    });

    test('describes and renders itself', () => {
      const facts = Object.entries(kind.describe(sample));
      expect(facts.length).toBeGreaterThan(0);
      for (const [, fact] of facts) expect(['string', 'number']).toContain(typeof fact);
      for (const value of [sample, ...variants.map((variant) => variant.value)]) {
        const lines = kind.render(value).split('\n');
        expect(lines[0]).not.toBe('');
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
        expect(kind.render(value)).not.toMatch(/undefined|NaN|\[object/);
      }
    });

    test('does not differ from itself, nor from its copy', () => {
      expect(kind.diff(sample, sample)).toEqual([]);
      const loaded = kind.load(tree);
      if (!loaded.ok) throw new Error(loaded.failures[0]!.message);
      expect(kind.diff(sample, loaded.value)).toEqual([]);
    });

    test.each(variants)('tells the difference: $name', ({ value, changes }) => {
      expect(kind.check(value)).toEqual({ ok: true, value });
      expect(kind.diff(sample, value).map(({ what }) => what)).toEqual(changes);
      expect(kind.diff(value, sample)).toHaveLength(changes.length);
    });

    test.each(invalid)('refuses a value: %s', (message, value) => {
      const result = kind.check(value);
      expect(result.ok ? [] : result.failures.map((failure) => failure.message)).toContain(message);
    });

    test('no value of another form makes the check throw', () => {
      for (const broken of misshapen(sample)) expect(typeof kind.check(broken).ok).toBe('boolean');
      for (const other of [undefined, null, 3, 'x', [], {}, new Map()]) {
        if (kind.kind !== 'json' && !(kind.kind === 'trials' && Array.isArray(other))) {
          expect(kind.check(other).ok).toBe(false);
        }
      }
    });

    test('a missing, unknown, empty or cut file is a failure', () => {
      for (const path of tree.keys()) {
        const without = new Map(tree);
        without.delete(path);
        expect(kind.load(without)).toEqual({
          ok: false,
          failures: [{ code: 'missing-file', message: `${path} is missing` }],
        });
        if (kind.kind !== 'trials') {
          expect(kind.load(new Map([...tree, [path, new Uint8Array(0)]])).ok, path).toBe(false);
        }
        const bytes = tree.get(path)!;
        const cut = bytes.subarray(0, bytes.length - (path.endsWith('.json') ? 2 : 1));
        expect(kind.load(new Map([...tree, [path, cut]])).ok, path).toBe(false);
      }
      expect(kind.load(new Map([...tree, ['more.txt', new Uint8Array(1)]]))).toEqual({
        ok: false,
        failures: [{ code: 'unexpected-file', message: 'more.txt is not part of this kind' }],
      });
    });

    test('damaged bytes give a failure or another sound value, never an exception', () => {
      const damage = fc.record({
        path: fc.constantFrom(...tree.keys()),
        edits: fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      });
      fc.assert(
        fc.property(damage, ({ path, edits }) => {
          const bytes = tree.get(path)!.slice();
          for (const [at, value] of edits) bytes[at % bytes.length] = value;
          const loaded = kind.load(new Map([...tree, [path, bytes]]));
          if (!loaded.ok) {
            for (const { code, message } of loaded.failures) {
              expect(code).toMatch(/^[a-z]+(-[a-z]+)+$/);
              expect(message).not.toMatch(/undefined|\[object/);
            }
            return;
          }
          expect([...kind.save(loaded.value).keys()].sort()).toEqual([...tree.keys()].sort());
          kind.describe(loaded.value);
          kind.render(loaded.value);
          kind.diff(sample, loaded.value);
        }),
        { numRuns: 150 },
      );
    });
  });
}

function expectSameTree(actual: Tree, expected: Tree): void {
  expect([...actual.keys()].sort()).toEqual([...expected.keys()].sort());
  for (const [path, bytes] of expected) {
    expect(Buffer.compare(actual.get(path)!, bytes), path).toBe(0);
  }
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** A deep copy with the members of every plain object, and the entries of every Map, in reverse order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (value instanceof Map) return new Map([...value].reverse());
  if (!isPlain(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member)]),
  );
}

/** Copies of a value, in each of which one member somewhere inside has another form or is gone. */
function* misshapen(value: unknown): Generator<unknown> {
  if (isPlain(value)) {
    for (const [key, member] of Object.entries(value)) {
      for (const other of [null, 'x', -1, Number.NaN, {}, [], undefined]) yield { ...value, [key]: other };
      for (const broken of misshapen(member)) yield { ...value, [key]: broken };
    }
  } else if (Array.isArray(value)) {
    for (const [at, item] of value.slice(0, 4).entries()) {
      for (const broken of [null, 'x', -1, ...misshapen(item)]) yield value.with(at, broken);
    }
  } else if (value instanceof Map) {
    for (const [key, item] of value) yield new Map([...value, [key, { ...item, shape: null }]]);
    yield new Map([[1, null]]);
  }
}
