import * as fs from 'node:fs';
import * as path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nodeFiles } from '../../src/base/files.ts';
import { composePipelineSchema } from '../../src/pipeline/compose.ts';
import { type CompiledSchema, compileSchema, type Schema } from '../../src/schema/check.ts';
import { discoverStageTypes } from '../../src/stage/discovery.ts';
import { ownRoot } from '../../src/stage/package.ts';

type Fields = { [name: string]: unknown };

const known = new WeakMap<Schema, CompiledSchema>();

function compiled(schema: Schema): CompiledSchema {
  const result = compileSchema(schema);
  if (!result.ok) throw new Error(result.failures[0]!.message);
  const once = known.get(schema) ?? result.value;
  known.set(schema, once);
  return once;
}

/** What both checks make of a value, each on a copy of its own, checked twice as documents are. */
function both(schema: Schema, value: unknown): [unknown, unknown] {
  const { quick, full } = compiled(schema);
  const verdict = (check: (value: unknown) => unknown) => {
    const copy = structuredClone(value);
    const valid = Boolean(check(copy)) && Boolean(check(copy));
    return valid ? { valid, filled: copy } : { valid };
  };
  return [verdict(quick!), verdict(full())];
}

const { types } = await discoverStageTypes(nodeFiles, ownRoot);
const manifestSchema = JSON.parse(
  fs.readFileSync(path.join(ownRoot, 'schemas', 'stage-manifest.schema.json'), 'utf8'),
) as Schema;

describe('schemas that come with naspipe need no full check', () => {
  test.each([...types.keys()])('%s', (name) => {
    expect(compiled(types.get(name)!.manifest.params).quick).toBeTypeOf('function');
  });

  test('of pipelines, and of stage types', () => {
    expect(compiled(composePipelineSchema(types.values())).quick).toBeTypeOf('function');
    expect(compiled(manifestSchema).quick).toBeTypeOf('function');
  });
});

const shipped = fs
  .readdirSync(path.join(ownRoot, 'pipelines'))
  .filter((file) => file.endsWith('.json'))
  .map((file) => JSON.parse(fs.readFileSync(path.join(ownRoot, 'pipelines', file), 'utf8')) as Fields);

/** Every place of a value, as the keys that lead there. */
function* places(value: unknown, at: readonly string[] = []): Generator<readonly string[]> {
  yield at;
  if (typeof value === 'object' && value !== null) {
    for (const [key, of] of Object.entries(value)) yield* places(of, [...at, key]);
  }
}

/** A value with something else, or nothing, at one place. */
function changed(value: unknown, [key, ...rest]: readonly string[], to: unknown): unknown {
  if (key === undefined) return to;
  const copy = structuredClone(value) as Fields;
  const inner = changed(copy[key], rest, to);
  if (inner === undefined) delete copy[key];
  else copy[key] = inner;
  return copy;
}

const odd = fc.oneof(
  fc.constantFrom(undefined, null, true, 0, 1, -1, 0.5, 2 ** 40, '', 'x', 'mnas-soft', 'latency', 'none'),
  fc.array(fc.integer(), { maxLength: 3 }),
  fc.dictionary(
    fc.constantFrom('quantity', 'fraction', 'value', 'kind', 'x'),
    fc.constantFrom(0.5, 'macs', 3),
  ),
);

test('the quick check says what the full one says, and fills in the same, on pipelines with changes', () => {
  const schema = composePipelineSchema(types.values());
  for (const pipeline of shipped) expect(both(schema, pipeline)[0]).toEqual(both(schema, pipeline)[1]);
  fc.assert(
    fc.property(
      fc.constantFrom(...shipped),
      fc.array(fc.tuple(fc.nat(), odd), { minLength: 1, maxLength: 3 }),
      (pipeline, edits) => {
        let value: unknown = pipeline;
        for (const [n, to] of edits) {
          const all = [...places(value)];
          value = changed(value, all[n % all.length]!, to);
        }
        const [quick, full] = both(schema, value);
        expect(quick).toEqual(full);
      },
    ),
    { numRuns: 60 },
  );
});

const leaf = fc.oneof(
  fc.record({ type: fc.constantFrom('string', 'integer', 'number', 'boolean', ['integer', 'null']) }),
  fc.record({
    type: fc.constant('integer'),
    minimum: fc.integer({ min: -2, max: 2 }),
    default: fc.integer({ min: -3, max: 3 }),
  }),
  fc.record({
    type: fc.constant('string'),
    minLength: fc.nat(3),
    pattern: fc.constantFrom('^a', 'b$', '^[ab]+$'),
  }),
  fc.record({
    enum: fc.uniqueArray(fc.constantFrom(1, 'a', null, true), { minLength: 1 }),
    default: fc.constant('a'),
  }),
  fc.record({ anyOf: fc.constant([{ type: 'string' }, { minimum: 1 }]) }),
  fc.record({ oneOf: fc.constant([{ type: 'integer' }, { minimum: 1, type: 'number' }]) }),
  fc.record({ const: fc.constantFrom<unknown>(1, 'a', [1], { a: 1 }) }),
  fc.record({
    type: fc.constant('array'),
    items: fc.record({ type: fc.constantFrom('string', 'integer') }),
    minItems: fc.nat(2),
    uniqueItems: fc.boolean(),
    default: fc.constant([]),
  }),
);
const names = ['a', 'b', 'c'] as const;
const objects = (inner: fc.Arbitrary<object>): fc.Arbitrary<Schema> =>
  fc
    .record(
      {
        properties: fc.dictionary(fc.constantFrom(...names), inner, { minKeys: 1 }),
        required: fc.uniqueArray(fc.constantFrom(...names), { minLength: 1 }),
        additionalProperties: fc.oneof(fc.boolean(), fc.constant({ type: 'integer' })),
        minProperties: fc.nat(2),
        maxProperties: fc.nat(4),
        if: fc.constant({ properties: { a: { const: 'a' } } }),
        propertyNames: fc.constant({ pattern: '^[abc]$' }),
      },
      { requiredKeys: ['properties'] },
    )
    .map((schema) => ({
      type: 'object',
      ...schema,
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      ...('if' in schema && { then: { required: ['b'] }, else: { maxProperties: 2 } }),
    }));
const schemas = objects(fc.oneof(leaf, objects(leaf)));
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom(1, -3, 0.5, 'a', 'b', 'ab', 'aab', null, true),
    tie('list'),
    tie('fields'),
  ),
  list: fc.array(tie('any'), { maxLength: 3 }),
  fields: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), tie('any'), { maxKeys: 4 }),
})).fields;

test('the quick check says what the full one says, and fills in the same, on any schema', () => {
  fc.assert(
    fc.property(schemas, fc.array(value, { minLength: 1, maxLength: 8 }), (schema, values) => {
      for (const each of values) {
        const [quick, full] = both(schema, each);
        expect(quick).toEqual(full);
      }
    }),
    { numRuns: 60 },
  );
});

describe('leaves to the full check', () => {
  test.each<[string, Schema]>([
    ['a keyword that it does not know', { type: 'string', format: 'date' }],
    ['a list that must contain something', { contains: { type: 'string' } }],
    ['a reference elsewhere', { properties: { a: { $ref: '#/properties/b' }, b: {} } }],
  ])('%s', (_, schema) => {
    expect(compiled(schema).quick).toBeUndefined();
  });

  test.each<[string, Schema]>([
    ['an unknown type', { type: 'strnig' }],
    ['a negative length', { type: 'string', minLength: -1 }],
    ['a reference to nothing', { $ref: '#/definitions/none' }],
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    ['a default in a condition', { if: { properties: { a: { default: 1 } } }, then: { required: ['b'] } }],
    ['a pattern that is none', { type: 'string', pattern: '[' }],
    ['a definition that is none', { definitions: { a: { type: 5 } }, type: 'object' }],
    [
      'a tag that need not be there',
      { discriminator: { propertyName: 't' }, oneOf: [{ properties: { t: { const: 'a' } } }] },
    ],
    ['a keyword that is misspelt', { type: 'object', requierd: ['a'] }],
    ['a description that is no text', { type: 'object', description: 3 }],
  ])('%s', (_, schema) => {
    expect(compileSchema(schema)).toMatchObject({ ok: false, failures: [{ code: 'invalid-schema' }] });
  });
});
