import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readTable } from '../../src/nas/index.ts';
import { macroTable } from '../net/nas-bench-macro.ts';

const good = () => ({
  name: 'small',
  accuracy: { provenance: 'trained', split: 'validation', images: 10 },
  choices: [
    { id: 'block', options: ['there', 'left out'] },
    { id: 'kernel', options: ['3', '5'], when: { block: ['there'] } },
    { id: 'act', options: ['relu', 'swish'], when: { kernel: ['5'] } },
  ],
  rows: [
    { encoding: [0, 0, 0], accuracy: 0.5, costs: { params: 3, macs: 4 } },
    { encoding: [0, 1, 0], accuracy: 0.6, costs: { params: 5, macs: 6 } },
    { encoding: [0, 1, 1], accuracy: 0.7, costs: { params: 5, macs: 7, latency: 0.25 } },
    { encoding: [1, 0, 0], accuracy: 0.4, costs: { params: 1, macs: 2 } },
  ],
});

test('a choice below a choice decides nothing where the upper one does not', () => {
  const read = readTable(JSON.stringify(good()), 'architectures');
  if (!read.ok) throw new Error(read.failures[0]!.message);
  const { space, accuracy, rows } = read.value;
  expect(space.choices[2]!.when).toEqual([
    { position: 0, options: [0] },
    { position: 1, options: [1] },
  ]);
  expect(accuracy).toEqual({ provenance: 'trained', split: 'validation', images: 10 });
  expect(rows).toEqual(good().rows);
  expect(read.value.at([0, 1, 1]).costs).toEqual({ params: 5, macs: 7, latency: 0.25 });
});

type Table = ReturnType<typeof good> & { readonly [name: string]: unknown };
const spoilt = (change: (table: Table) => unknown): string => {
  const table = good() as Table;
  change(table);
  return JSON.stringify(table);
};

describe('what is wrong with a table is told with its place', () => {
  test.each<[string, string]>([
    ['{', "it is no JSON: Expected property name or '}' in JSON at position 1"],
    ['[]', 'expected an object'],
    [spoilt((t) => Object.assign(t, { colour: 1 })), 'it has "colour", which means nothing here'],
    [spoilt((t) => Object.assign(t, { name: '' })), 'name: expected a text'],
    [spoilt((t) => Object.assign(t.accuracy, { images: 0 })), 'accuracy: expected {"provenance"'],
    [spoilt((t) => Object.assign(t.accuracy, { split: 'all' })), 'accuracy: expected {"provenance"'],
    [spoilt((t) => Object.assign(t, { choices: [] })), 'choices: expected a list'],
    [
      spoilt((t) => Object.assign(t.choices[1]!, { id: 'block' })),
      'choices[1]: there is another choice called block',
    ],
    [
      spoilt((t) => Object.assign(t.choices[1]!, { options: ['3', '3'] })),
      'choices[1]: options: expected two different texts at least',
    ],
    [
      spoilt((t) => Object.assign(t.choices[0]!, { when: { act: ['relu'] } })),
      'choices[0]: when: no earlier choice is called act',
    ],
    [
      spoilt((t) => Object.assign(t.choices[1]!, { when: { block: ['gone'] } })),
      'choices[1]: when.block: there is no option "gone"',
    ],
    [
      spoilt((t) => Object.assign(t.rows[1]!, { encoding: [0, 2, 0] })),
      'rows[1]: entry 1 (kernel) is 2; it can be 0 = 3, 1 = 5',
    ],
    [
      spoilt((t) => Object.assign(t.rows[3]!, { encoding: [1, 1, 0] })),
      'rows[3]: choices that decide nothing are to be 0: [1,0,0]',
    ],
    [
      spoilt((t) => Object.assign(t.rows[0]!, { accuracy: 50 })),
      'rows[0]: accuracy: expected a number from 0 to 1',
    ],
    [spoilt((t) => Object.assign(t.rows[0]!.costs, { macs: 1.5 })), 'rows[0]: costs: expected {"params"'],
    [spoilt((t) => t.rows.push(t.rows[0]!)), 'the architecture [0,0,0] has two rows'],
    [spoilt((t) => t.rows.splice(2, 1)), 'the architecture [0,1,1] has no row (3 have)'],
  ])('%.40s', (text, message) => {
    const read = readTable(text, 'architectures');
    expect(read.ok ? '' : read.failures[0]!.message).toMatch(
      new RegExp(`^${message.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}`),
    );
  });

  test.each([
    ['{"01201": {}}', '"01201" is no code of eight digits 0, 1, 2'],
    ['{"01201201": {"mean_acc": 101}}', '01201201: mean_acc is no percentage'],
    ['{"01201201": {"mean_acc": 90, "params": 1.5}}', '01201201: params and flops are no counts'],
    [
      '{"01201201": {"mean_acc": 90, "params": 1, "flops": 2}}',
      'the architecture [0,0,0,0,0,0,0,0] has no row (1 have)',
    ],
  ])('of NAS-Bench-Macro: %s', (text, message) => {
    const read = readTable(text, 'nas-bench-macro');
    expect(read.ok ? '' : read.failures[0]!.message).toBe(message);
  });
});

const macro = macroTable();

test.skipIf(macro === undefined)('NAS-Bench-Macro is read as it is (needs ../shared/data)', () => {
  const file = ['../../../shared/', '../../../../shared/']
    .map((up) => new URL(`${up}data/nas-bench-macro/nas-bench-macro_cifar10.json`, import.meta.url))
    .map((url) => {
      try {
        return readFileSync(url, 'utf8');
      } catch {
        return undefined;
      }
    })
    .find((text) => text !== undefined)!;
  const read = readTable(file, 'nas-bench-macro');
  if (!read.ok) throw new Error(read.failures[0]!.message);
  expect(read.value.rows).toHaveLength(6561);
  expect(read.value.accuracy).toEqual({ provenance: 'trained', split: 'test', images: 10_000 });
  for (const [code, { mean_acc, params, flops }] of [...macro!].slice(0, 100)) {
    const row = read.value.at([...code].map(Number));
    expect(row).toEqual({
      encoding: [...code].map(Number),
      accuracy: mean_acc / 100,
      costs: { params, macs: flops },
    });
  }
});
