import type { Result } from '../../base/result.ts';
import { fail } from '../../base/result.ts';
import type { ChoiceList } from '../space/layout.ts';
import { complete, type TableMistake } from './complete.ts';
import { plainChoice } from './plain-choice.ts';
import type { ArchitectureTable, TableRow } from './table.ts';

const MACRO: ChoiceList = {
  grammar: 'choices',
  name: 'nas-bench-macro',
  choices: Array.from({ length: 8 }, (_, at) =>
    plainChoice(`layer${at}`, ['identity', 'mbconv k3 e3', 'mbconv k5 e6']),
  ),
};

type Fields = { readonly [name: string]: unknown };
const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isPercentage = (value: unknown): value is number =>
  typeof value === 'number' && value >= 0 && value <= 100;

/**
 * Reads the file that NAS-Bench-Macro publishes (Su et al. 2021): code of eight digits → accuracies of three trainings on
 * CIFAR-10 in percent, on its test images, their mean, parameters and (under the name of flops) multiply-accumulates. Codes:
 * `malformed-table` (the text is something else), `incomplete-table` (an architecture has no row).
 */
export function readNasBenchMacro(text: string): Result<ArchitectureTable, TableMistake> {
  const malformed = (message: string) => fail<TableMistake>({ code: 'malformed-table', message, path: [] });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return malformed(`it is no JSON: ${(error as Error).message}`);
  }
  if (!isObject(value)) return malformed('expected an object');
  const rows: TableRow[] = [];
  for (const [code, row] of Object.entries(value)) {
    if (!/^[012]{8}$/.test(code)) return malformed(`"${code}" is no code of eight digits 0, 1, 2`);
    const { mean_acc: accuracy, params, flops: macs } = isObject(row) ? row : {};
    if (!isPercentage(accuracy)) return malformed(`${code}: mean_acc is no percentage`);
    if (!isCount(params) || !isCount(macs)) return malformed(`${code}: params and flops are no counts`);
    rows.push({ encoding: [...code].map(Number), accuracy: accuracy / 100, costs: { params, macs } });
  }
  return complete(MACRO, { provenance: 'trained', split: 'test', images: 10_000 }, rows);
}
