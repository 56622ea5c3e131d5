import type { Failure, Result } from '../../base/result.ts';
import { fail, ok } from '../../base/result.ts';
import type { Encoding } from '../space/encoding.ts';
import { encodingKey, isActive, optionCount } from '../space/encoding.ts';
import type { ChoiceList } from '../space/layout.ts';
import type { ArchitectureTable, TableAccuracy, TableRow } from './table.ts';
import { architectureTable } from './table.ts';

/** What is wrong with a table, and the way to it in what was written. */
export interface TableMistake extends Failure<'malformed-table' | 'incomplete-table'> {
  readonly path: readonly (string | number)[];
}

/** Most missing architectures that are named. */
const NAMED = 3;

/** The table, where each architecture has one row; else `incomplete-table` for each second row, and for all that lack one. */
export function complete(
  space: ChoiceList,
  accuracy: TableAccuracy,
  rows: readonly TableRow[],
): Result<ArchitectureTable, TableMistake> {
  const first = new Map<string, number>();
  const mistakes: TableMistake[] = [];
  const incomplete = (path: TableMistake['path'], message: string) =>
    mistakes.push({ code: 'incomplete-table', message, path });
  for (const [at, { encoding }] of rows.entries()) {
    const key = encodingKey(encoding);
    const before = first.get(key);
    if (before === undefined) first.set(key, at);
    else {
      const message = `the architecture [${encoding}] has two rows, rows[${before}] and rows[${at}]`;
      incomplete(['rows', at, 'encoding'], message);
    }
  }
  const missing: string[] = [];
  for (const encoding of eachArchitecture(space)) {
    if (first.has(encodingKey(encoding))) continue;
    if (missing.push(`[${encoding}]`) > NAMED) break;
  }
  if (missing.length > 0) incomplete(['rows'], `${missingText(missing)} no row (${first.size} have)`);
  return mistakes.length > 0 ? fail(...mistakes) : ok(architectureTable(space, accuracy, rows));
}

/** `the architectures [0,0] and [0,1] have`; the last of more than are named is there to tell of others. */
function missingText(missing: readonly string[]): string {
  if (missing.length === 1) return `the architecture ${missing[0]} has`;
  const last = missing.length > NAMED ? 'others' : missing.at(-1);
  return `the architectures ${missing.slice(0, -1).join(', ')} and ${last} have`;
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
