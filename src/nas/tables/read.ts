import type { Failure, Result } from '../../base/result.ts';
import { fail, ok } from '../../base/result.ts';
import type { Encoding } from '../space/encoding.ts';
import { encodingKey, isActive, optionCount, parseEncoding } from '../space/encoding.ts';
import type { ChoiceBlock, ChoiceList, Condition } from '../space/layout.ts';
import type { ArchitectureTable, TableAccuracy, TableCosts, TableRow } from './table.ts';
import { architectureTable } from './table.ts';

/** How a table is written: our own form, or the file that NAS-Bench-Macro publishes. */
export type TableFormat = 'architectures' | 'nas-bench-macro';

/**
 * Reads a table of architectures. Codes: `malformed-table` (the text is not of its format), `incomplete-table` (an
 * architecture has no row, or two).
 */
export function readTable(text: string, format: TableFormat): Result<ArchitectureTable> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return malformed(`it is no JSON: ${(error as Error).message}`);
  }
  if (!isObject(value)) return malformed('expected an object');
  return format === 'nas-bench-macro' ? nasBenchMacro(value) : architectures(value);
}

const malformed = (message: string): { ok: false; failures: [Failure] } => ({
  ok: false,
  failures: [{ code: 'malformed-table', message }],
});

type Fields = { readonly [name: string]: unknown };
const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const MACRO: ChoiceList = {
  grammar: 'choices',
  name: 'nas-bench-macro',
  choices: Array.from({ length: 8 }, (_, at) =>
    plainChoice(`layer${at}`, ['identity', 'mbconv k3 e3', 'mbconv k5 e6']),
  ),
};

/**
 * NAS-Bench-Macro (Su et al. 2021): code of eight digits → accuracies of three trainings on CIFAR-10 in percent, on its
 * test images, their mean, parameters and (under the name of flops) multiply-accumulates.
 */
function nasBenchMacro(value: Fields): Result<ArchitectureTable> {
  const rows: TableRow[] = [];
  for (const [code, row] of Object.entries(value)) {
    if (!/^[012]{8}$/.test(code)) return malformed(`"${code}" is no code of eight digits 0, 1, 2`);
    const { mean_acc: accuracy, params, flops: macs } = isObject(row) ? row : {};
    if (!within(accuracy, 0, 100)) return malformed(`${code}: mean_acc is no percentage`);
    if (!isCount(params) || !isCount(macs)) return malformed(`${code}: params and flops are no counts`);
    rows.push({ encoding: [...code].map(Number), accuracy: accuracy / 100, costs: { params, macs } });
  }
  return complete(MACRO, { provenance: 'trained', split: 'test', images: 10_000 }, rows);
}

/** Our own form: `{ name, accuracy: { provenance, split, images }, choices: [{ id, options, when? }], rows }`. */
function architectures(value: Fields): Result<ArchitectureTable> {
  const extra = unknownName(value, ['name', 'accuracy', 'choices', 'rows', '$schema', 'description']);
  if (extra !== undefined) return malformed(`it has "${extra}", which means nothing here`);
  const { name, accuracy, choices, rows } = value;
  if (typeof name !== 'string' || name === '') return malformed('name: expected a text');
  if (!isAccuracy(accuracy)) {
    return malformed(
      'accuracy: expected {"provenance": "trained", "inherited" or "predicted", "split": "train", "validation" or "test", "images": a count}',
    );
  }
  if (!Array.isArray(choices) || choices.length === 0) return malformed('choices: expected a list');
  const blocks: ChoiceBlock[] = [];
  for (const [at, choice] of choices.entries()) {
    const block = readChoice(choice, blocks);
    if (typeof block === 'string') return malformed(`choices[${at}]: ${block}`);
    blocks.push(block);
  }
  const space: ChoiceList = { grammar: 'choices', name, choices: blocks };
  if (!Array.isArray(rows) || rows.length === 0) return malformed('rows: expected a list');
  const found: TableRow[] = [];
  for (const [at, row] of rows.entries()) {
    const read = readRow(space, row);
    if (typeof read === 'string') return malformed(`rows[${at}]: ${read}`);
    found.push(read);
  }
  return complete(space, accuracy, found);
}

function plainChoice(id: string, options: readonly string[], when?: readonly Condition[]): ChoiceBlock {
  return { id, block: id, what: 'option', tag: 'op', options, ...(when === undefined ? {} : { when }) };
}

/** A choice block, or what is wrong with it. */
function readChoice(value: unknown, before: readonly ChoiceBlock[]): ChoiceBlock | string {
  if (!isObject(value)) return 'expected {"id", "options"}';
  const extra = unknownName(value, ['id', 'options', 'when']);
  if (extra !== undefined) return `it has "${extra}", which means nothing here`;
  const { id, options, when } = value;
  if (typeof id !== 'string' || id === '') return 'id: expected a text';
  if (before.some((other) => other.id === id)) return `there is another choice called ${id}`;
  if (!isTexts(options) || options.length < 2) return 'options: expected two different texts at least';
  if (when === undefined) return plainChoice(id, options);
  if (!isObject(when)) return 'when: expected {"<id of an earlier choice>": [<its options>]}';
  const conditions: Condition[] = [];
  for (const [above, allowed] of Object.entries(when)) {
    const position = before.findIndex((other) => other.id === above);
    if (position < 0) return `when: no earlier choice is called ${above}`;
    const known = before[position]!;
    if (!isTexts(allowed)) return `when.${above}: expected a list of options`;
    const unknown = allowed.find((option) => !known.options.includes(option));
    if (unknown !== undefined) return `when.${above}: there is no option "${unknown}"`;
    for (const condition of known.when ?? []) {
      if (!conditions.some((other) => other.position === condition.position)) conditions.push(condition);
    }
    conditions.push({ position, options: allowed.map((option) => known.options.indexOf(option)) });
  }
  return plainChoice(id, options, conditions);
}

/** A row, or what is wrong with it. */
function readRow(space: ChoiceList, value: unknown): TableRow | string {
  if (!isObject(value)) return 'expected {"encoding", "accuracy", "costs"}';
  const extra = unknownName(value, ['encoding', 'accuracy', 'costs']);
  if (extra !== undefined) return `it has "${extra}", which means nothing here`;
  const { encoding, accuracy, costs } = value;
  if (!Array.isArray(encoding)) return 'encoding: expected a list of indices';
  const parsed = parseEncoding(space, encoding as number[]);
  if (!parsed.ok) return parsed.failures[0]!.message;
  if (encodingKey(parsed.value) !== encodingKey(encoding as number[])) {
    return `choices that decide nothing are to be 0: [${parsed.value}]`;
  }
  if (!within(accuracy, 0, 1)) return 'accuracy: expected a number from 0 to 1';
  if (!isCosts(costs))
    return 'costs: expected {"params": a count, "macs": a count} and perhaps "latency" in ms';
  return { encoding: parsed.value, accuracy, costs };
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const within = (value: unknown, low: number, high: number): value is number =>
  typeof value === 'number' && value >= low && value <= high;
const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) &&
  value.every((item) => typeof item === 'string') &&
  new Set(value).size === value.length;
const unknownName = (value: Fields, known: readonly string[]): string | undefined =>
  Object.keys(value).find((name) => !known.includes(name));

const isCosts = (value: unknown): value is TableCosts =>
  isObject(value) &&
  unknownName(value, ['params', 'macs', 'latency']) === undefined &&
  isCount(value.params) &&
  isCount(value.macs) &&
  (value.latency === undefined || within(value.latency, 0, Number.MAX_VALUE));

const isAccuracy = (value: unknown): value is TableAccuracy =>
  isObject(value) &&
  unknownName(value, ['provenance', 'split', 'images']) === undefined &&
  ['trained', 'inherited', 'predicted'].includes(value.provenance as string) &&
  ['train', 'validation', 'test'].includes(value.split as string) &&
  isCount(value.images) &&
  value.images > 0;

/** The table, where each architecture has one row. */
function complete(
  space: ChoiceList,
  accuracy: TableAccuracy,
  rows: readonly TableRow[],
): Result<ArchitectureTable> {
  const seen = new Set<string>();
  for (const { encoding } of rows) {
    const key = encodingKey(encoding);
    if (seen.has(key)) {
      return fail({ code: 'incomplete-table', message: `the architecture [${encoding}] has two rows` });
    }
    seen.add(key);
  }
  for (const encoding of eachArchitecture(space)) {
    if (seen.has(encodingKey(encoding))) continue;
    const message = `the architecture [${encoding}] has no row (${rows.length} have)`;
    return fail({ code: 'incomplete-table', message });
  }
  return ok(architectureTable(space, accuracy, rows));
}

/** Every architecture once, canonical, in the order of its encoding. */
export function* eachArchitecture(space: ChoiceList, head: Encoding = []): Generator<Encoding> {
  const { choices } = space;
  if (head.length === choices.length) {
    yield head;
    return;
  }
  const options = isActive({ choices }, head, head.length) ? optionCount({ choices }, head, head.length) : 1;
  for (let option = 0; option < options; option++) yield* eachArchitecture(space, [...head, option]);
}
