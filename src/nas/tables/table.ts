import type { TableAccuracy, TableCosts } from '../../schema/generated/architecture-table.ts';
import type { ArchitectureCost } from '../costs/model.ts';
import type { Encoding } from '../space/encoding.ts';
import { encodingKey } from '../space/encoding.ts';
import type { ChoiceList } from '../space/layout.ts';

export type { TableAccuracy, TableCosts };

/** One architecture of a table. */
export interface TableRow {
  /** Canonical. */
  readonly encoding: Encoding;
  /** 0…1 */
  readonly accuracy: number;
  readonly costs: TableCosts;
}

/** Every architecture of a small space with its accuracy and its costs, so that searching it takes no training. */
export interface ArchitectureTable {
  readonly space: ChoiceList;
  readonly accuracy: TableAccuracy;
  readonly rows: readonly TableRow[];
  /** The row of a canonical encoding; there is one for each architecture of the space. */
  at(encoding: Encoding): TableRow;
}

/** A table of checked rows: canonical, one for each architecture. */
export function architectureTable(
  space: ChoiceList,
  accuracy: TableAccuracy,
  rows: readonly TableRow[],
): ArchitectureTable {
  const byKey = new Map(rows.map((row) => [encodingKey(row.encoding), row]));
  return {
    space,
    accuracy,
    rows,
    at(encoding) {
      const row = byKey.get(encodingKey(encoding));
      if (row === undefined) throw new Error(`internal error: expected a row of [${encoding}], got none`);
      return row;
    },
  };
}

/** A cost of a table; nothing where not every row has it. */
export function tableCost(
  table: ArchitectureTable,
  quantity: ArchitectureCost['quantity'],
): ArchitectureCost | undefined {
  if (table.rows.some(({ costs }) => costs[quantity] === undefined)) return undefined;
  const sorted = table.rows.toSorted((a, b) => a.costs[quantity]! - b.costs[quantity]!);
  const [cheapest, dearest] = [sorted[0]!, sorted.at(-1)!];
  return {
    quantity,
    unit: ({ params: 'parameters', macs: 'MACs', latency: 'ms' } as const)[quantity],
    cost: (encoding) => table.at(encoding).costs[quantity]!,
    range: () => ({
      min: cheapest.costs[quantity]!,
      max: dearest.costs[quantity]!,
      minEncoding: cheapest.encoding,
      maxEncoding: dearest.encoding,
    }),
  };
}
