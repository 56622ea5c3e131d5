import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readNasBenchMacro, tableAsWritten } from '../../src/nas/index.ts';
import type { WrittenTable } from '../../src/schema/generated/architecture-table.ts';
import { macroTable } from '../net/nas-bench-macro.ts';

const good = (): WrittenTable => ({
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
  const read = tableAsWritten(good());
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

const mistakesOf = (change: (table: WrittenTable) => unknown): string[] => {
  const table = good();
  change(table);
  const read = tableAsWritten(table);
  return read.ok ? [] : read.failures.map(({ path, message }) => `${path.join('.')}: ${message}`);
};

test('what decides about a choice by two ways must hold on both', () => {
  const both = {
    a: { id: 'a', options: ['x', 'y', 'z'] },
    b: { id: 'b', options: ['0', '1'], when: { a: ['x', 'y'] } },
    c: { id: 'c', options: ['0', '1'], when: { a: ['y', 'z'] } },
  };
  const last = (when: { [id: string]: string[] }) => ({ id: 'd', options: ['0', '1'], when });
  const { a, b, c } = both;
  const encodings = [
    ...[0, 1].map((at) => [0, at, 0, 0]),
    ...[0, 1].map((at) => [1, 0, at, 0]),
    ...[0, 1].flatMap((at) => [0, 1].map((and) => [1, 1, at, and])),
    ...[0, 1].map((at) => [2, 0, at, 0]),
  ];
  const table = (when: { [id: string]: string[] }, missing = 0): WrittenTable => ({
    ...good(),
    choices: [a, b, c, last(when)],
    rows: encodings
      .slice(missing)
      .map((encoding) => ({ encoding, accuracy: 0.5, costs: { params: 1, macs: 1 } })),
  });
  const read = tableAsWritten(table({ b: ['1'], c: ['0', '1'] }));
  if (!read.ok) throw new Error(read.failures[0]!.message);
  expect(read.value.space.choices[3]!.when).toEqual([
    { position: 0, options: [1] },
    { position: 1, options: [1] },
    { position: 2, options: [0, 1] },
  ]);
  expect(tableAsWritten(table({ a: ['x'], c: ['0'] }))).toEqual({
    ok: false,
    failures: [
      {
        code: 'malformed-table',
        message: 'these conditions never hold together',
        path: ['choices', 3, 'when'],
      },
    ],
  });
  expect(tableAsWritten(table({ b: ['1'], c: ['0', '1'] }, 4))).toEqual({
    ok: false,
    failures: [
      {
        code: 'incomplete-table',
        message: 'the architectures [0,0,0,0], [0,1,0,0], [1,0,0,0] and others have no row (6 have)',
        path: ['rows'],
      },
    ],
  });
});

describe('what is wrong with a table is told with the way to it', () => {
  test.each<[string, (table: WrittenTable) => unknown, string[]]>([
    [
      'conditions and names of choices',
      ({ choices }) => {
        Object.assign(choices[0]!, { when: { act: ['relu'] } });
        Object.assign(choices[1]!, { when: { block: ['there', 'gone'] } });
        Object.assign(choices[2]!, { id: 'block', when: { kernel: ['5', '7'], depth: ['1'] } });
      },
      [
        'choices.0.when.act: no earlier choice is called act',
        'choices.1.when.block.1: the choice block has no option "gone"',
        'choices.2.id: there is another choice called block',
        'choices.2.when.kernel.1: the choice kernel has no option "7"',
        'choices.2.when.depth: no earlier choice is called depth',
      ],
    ],
    [
      'encodings',
      ({ rows }) => {
        rows[0]!.encoding = [0, 0];
        rows[1]!.encoding = [0, 2, 3];
        rows[3]!.encoding = [1, 1, 0];
      },
      [
        'rows.0.encoding: an encoding of the space small has 3 entries, not 2',
        'rows.1.encoding: entry 1 (kernel) is 2; it can be 0 = 3, 1 = 5',
        'rows.1.encoding: entry 2 (act) is 3; it can be 0 = relu, 1 = swish',
        'rows.3.encoding: choices that decide nothing are to be 0: [1,0,0]',
      ],
    ],
    [
      'second rows',
      ({ rows }) => rows.push(rows[0]!, rows[0]!),
      [
        'rows.4.encoding: the architecture [0,0,0] has two rows, rows[0] and rows[4]',
        'rows.5.encoding: the architecture [0,0,0] has two rows, rows[0] and rows[5]',
      ],
    ],
    [
      'a missing row',
      ({ rows }) => rows.splice(2, 1),
      ['rows: the architecture [0,1,1] has no row (3 have)'],
    ],
    [
      'a second row and missing ones',
      ({ rows }) => rows.splice(2, 2, rows[0]!),
      [
        'rows.2.encoding: the architecture [0,0,0] has two rows, rows[0] and rows[2]',
        'rows: the architectures [0,1,1] and [1,0,0] have no row (2 have)',
      ],
    ],
  ])('%s', (_, change, mistakes) => {
    expect(mistakesOf(change)).toEqual(mistakes);
  });

  test.each([
    ['{', "it is no JSON: Expected property name or '}' in JSON at position 1"],
    ['[]', 'expected an object'],
    ['{"01201": {}}', '"01201" is no code of eight digits 0, 1, 2'],
    ['{"01201201": {"mean_acc": 101}}', '01201201: mean_acc is no percentage'],
    ['{"01201201": {"mean_acc": 90, "params": 1.5}}', '01201201: params and flops are no counts'],
    [
      '{"01201201": {"mean_acc": 90, "params": 1, "flops": 2}}',
      'the architectures [0,0,0,0,0,0,0,0], [0,0,0,0,0,0,0,1], [0,0,0,0,0,0,0,2] and others have no row (1 have)',
    ],
  ])('of NAS-Bench-Macro: %s', (text, message) => {
    const read = readNasBenchMacro(text);
    const said = read.ok ? '' : read.failures[0]!.message;
    expect(said.startsWith(message), said).toBe(true);
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
  const read = readNasBenchMacro(file);
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
