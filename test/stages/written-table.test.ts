import { expect, test } from 'vitest';
import type { WrittenTable } from '../../src/schema/generated/architecture-table.ts';
import { readWritten } from '../../stages/tabular-search/written.ts';

const good = (): WrittenTable => ({
  $schema: 'node_modules/naspipe/schemas/architecture-table.schema.json',
  name: 'small',
  accuracy: { provenance: 'trained', split: 'validation', images: 10 },
  choices: [
    { id: 'kernel', options: ['3', '5'] },
    { id: 'act', options: ['relu', 'swish'], when: { kernel: ['5'] } },
  ],
  rows: [
    { encoding: [0, 0], accuracy: 0.5, costs: { params: 3, macs: 4 } },
    { encoding: [1, 0], accuracy: 0.6, costs: { params: 5, macs: 6 } },
    { encoding: [1, 1], accuracy: 0.7, costs: { params: 5, macs: 7, latency: 0.25 } },
  ],
});

const told = (text: string): unknown => {
  try {
    return readWritten(text, 'small.json');
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return `${code}\n${message}`;
  }
};
const toldOf = (change: (table: WrittenTable) => unknown): unknown => {
  const table = good();
  change(table);
  return told(JSON.stringify(table, null, 1));
};

test('a table is read as it was written', () => {
  const { space, accuracy, rows } = readWritten(JSON.stringify(good()), 'small.json');
  expect(space.name).toBe('small');
  expect(accuracy).toEqual(good().accuracy);
  expect(rows).toEqual(good().rows);
});

test('every mistake of form is told at once, each at its place', () => {
  expect(
    toldOf((table) => {
      Object.assign(table, { colour: 1 });
      Object.assign(table.accuracy, { images: 0, split: 'tset' });
      Object.assign(table.choices[0]!, { options: ['3', '3'] });
      Object.assign(table.choices[1]!, { when: { kernel: [] } });
      Object.assign(table.rows[0]!, { accuracy: 50 });
      Object.assign(table.rows[1]!, { encoding: [1, 0.5], costs: { params: 5 } });
      Object.assign(table.rows[2]!.costs, { macs: 1.5, latency: -1 });
    }),
  ).toMatchInlineSnapshot(`
    "malformed-table
    small.json is no table of architectures
    small.json:6:12 invalid-field: accuracy.split must be
    "train", "validation" or "test", got "tset"; did you mean
    "test"?
        6 |   "split": "tset",
          |            ^^^^^^
    small.json:7:13 invalid-field: accuracy.images must be at
    least 1, got 0
        7 |   "images": 0
          |             ^
       accuracy.images: How many images that split has.
    small.json:12:15 invalid-field: choices[0].options must have
    no element twice, got ["3","3"]
       12 |    "options": [
          |               ^
       choices[0].options: What can be chosen, in the order of
       its indices in an encoding.
    small.json:24:15 invalid-field: choices[1].when.kernel must
    not be empty, got []
       24 |     "kernel": []
          |               ^^
    small.json:34:16 invalid-field: rows[0].accuracy must be at
    most 1, got 50
       34 |    "accuracy": 50,
          |                ^^
       rows[0].accuracy: As a share: 0.9 is 90 %.
    small.json:43:5 invalid-field: rows[1].encoding[1] must be
    an integer, got 0.5
       43 |     0.5
          |     ^^^
       rows[1].encoding[1]: Index of the chosen option.
    small.json:46:4 missing-field: rows[1].costs needs the field
    "macs"
       46 |    "costs": {
          |    ^^^^^^^
       macs: Multiply-accumulates of one image.
    small.json:58:13 invalid-field: rows[2].costs.macs must be
    an integer, got 1.5
       58 |     "macs": 1.5,
          |             ^^^
       rows[2].costs.macs: Multiply-accumulates of one image.
    small.json:59:16 invalid-field: rows[2].costs.latency must
    be at least 0, got -1
       59 |     "latency": -1
          |                ^^
       rows[2].costs.latency: Milliseconds of one image; as the
       cost of a search, every row needs it.
    small.json:63:2 unknown-field: the table has no field
    "colour"
       63 |  "colour": 1
          |  ^^^^^^^^
       Known fields: $schema, accuracy, choices, description,
       name and rows."
  `);
});

test('mistakes that the schema cannot see are told in the same way', () => {
  expect(
    toldOf((table) => {
      Object.assign(table.rows[0]!, { encoding: [0, 1] });
      Object.assign(table.rows[1]!, { encoding: [2, 0] });
    }),
  ).toMatchInlineSnapshot(`
    "malformed-table
    small.json is no table of architectures
    small.json:32:16 malformed-table: choices that decide
    nothing are to be 0: [0,0]
       32 |    "encoding": [
          |                ^
    small.json:43:16 malformed-table: entry 0 (kernel) is 2; it
    can be 0 = 3, 1 = 5
       43 |    "encoding": [
          |                ^"
  `);
  expect(toldOf(({ rows }) => rows.push(rows[0]!))).toMatchInlineSnapshot(`
    "incomplete-table
    small.json is no table of architectures
    small.json:66:16 incomplete-table: the architecture [0,0]
    has two rows, rows[0] and rows[3]
       66 |    "encoding": [
          |                ^"
  `);
});

test('what is no JSON is told with its place', () => {
  expect(told('{"name": "small",}')).toMatchInlineSnapshot(`
    "malformed-table
    small.json is no table of architectures
    small.json:1:18 invalid-json: a key in double quotes is
    expected here; a comma must not follow the last member
        1 | {"name": "small",}
          |                  ^"
  `);
});

test('of many mistakes the first are told, and how many there are', () => {
  const said = toldOf((table) => {
    table.choices = [{ id: 'one', options: Array.from({ length: 200 }, (_, at) => `${at}`) }];
    table.rows = table.choices[0]!.options.map((_, at) => ({
      encoding: [at],
      accuracy: 90,
      costs: { params: 1, macs: 1 },
    }));
  }) as string;
  expect(said.match(/invalid-field: /g)).toHaveLength(10);
  expect(said.endsWith('\nand 190 more')).toBe(true);
});
