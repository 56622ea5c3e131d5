import type { CellSpace } from '../../schema/generated/artifacts/search-space.ts';
import type { Item } from '../networks/item.ts';
import { readingOnly, wholeItems, wired } from '../networks/whole-pieces.ts';
import { CELLS, isReduction } from '../space/cells.ts';
import type { Encoding } from '../space/choice.ts';
import { canonicalEncoding, encodingKey } from '../space/encoding.ts';
import type { ArchitectureCost, CostModel } from './model.ts';

type Better = (a: number, b: number) => boolean;

/** Where a cost of a space of cells comes from. */
export interface CellTerms {
  /** Of a whole network; asked once an architecture. */
  readonly whole: (encoding: Encoding) => number;
  /** Of one of its pieces. */
  readonly piece: (item: Item) => number;
}

/**
 * A cost of whole networks of cells. A branch costs by its operation, its cell and which input it reads; all else by how
 * many loose ends each cell has, and by which of its inputs a reduction cell has to halve among them. So the range is exact:
 * the best branches for each set of tensors that are read, then the best numbers of loose ends.
 */
export function cellsCost(
  space: CellSpace,
  quantity: CostModel['quantity'],
  unit: CostModel['unit'],
  { whole, piece }: CellTerms,
): ArchitectureCost {
  const known = new Map<string, number>();
  const cost = (encoding: Encoding): number => {
    const key = encodingKey(encoding);
    const found = known.get(key) ?? whole(encoding);
    known.set(key, found);
    return found;
  };
  const extreme = (prices: readonly CellPrices[], better: Better): Encoding => {
    const [normal, reduction] = prices.map((each) => bestByEnds(space, each, better));
    let best: Encoding | undefined;
    for (const first of normal!.values()) {
      for (const second of reduction!.values()) {
        const both = [...first, ...second];
        if (best === undefined || better(cost(both), cost(best))) best = both;
      }
    }
    return canonicalEncoding(space, best!);
  };
  return {
    quantity,
    unit,
    cost,
    range() {
      const prices = pricesOf(space, piece);
      const minEncoding = extreme(prices, (a, b) => a < b);
      const maxEncoding = extreme(prices, (a, b) => a > b);
      return { min: cost(minEncoding), max: cost(maxEncoding), minEncoding, maxEncoding };
    },
  };
}

/** What all cells of one kind cost together. */
interface CellPrices {
  /** Of a branch, by what it reads (an input, or 2 for a node) and its operation. */
  readonly branch: readonly (readonly number[])[];
  /** Of either input as a loose end. */
  readonly end: readonly number[];
}

function pricesOf(space: CellSpace, piece: CellTerms['piece']): CellPrices[] {
  const prices = CELLS.map(() => ({
    branch: [0, 1, 2].map(() => space.operations.map(() => 0)),
    end: [0, 0],
  }));
  /** Each piece of a network's cells, by the name that it has in its cell. */
  const each = (
    encoding: Encoding,
    take: (name: string, of: (typeof prices)[number], price: number) => void,
  ) => {
    for (const item of wholeItems(space, encoding)) {
      const [, cell, name] = /^c(\d+)\.(.*)$/.exec(item.place!) ?? [];
      if (cell === undefined) continue;
      take(name!, prices[isReduction(space, Number(cell)) ? 1 : 0]!, piece(item));
    }
  };
  for (const option of space.operations.keys()) {
    // a chain: the first node reads both inputs, the second the first node
    each(wired(space, [1, 1], [option, option]), (name, { branch }, price) => {
      const read = /^(?:n0\.[12]|n1\.1)\.from(\d)\./.exec(name);
      if (read !== null) branch[Number(read[1])]![option]! += price;
    });
  }
  for (const input of [0, 1] as const) {
    const unread = 1 - input;
    each(readingOnly(space, input), (name, { end }, price) => {
      if (name === `end${unread}`) end[unread]! += price;
    });
  }
  return prices;
}

/** The best cell of each number of loose ends: half an encoding. */
function bestByEnds(
  { nodes }: CellSpace,
  { branch, end }: CellPrices,
  better: Better,
): ReadonlyMap<number, Encoding> {
  const operations = branch.map((of) =>
    of.reduce((best, value, k) => (better(value, of[best]!) ? k : best), 0),
  );
  const read = (input: number): number => branch[Math.min(input, 2)]![operations[Math.min(input, 2)]!]!;
  interface Partial {
    readonly value: number;
    readonly encoding: Encoding;
  }
  /** By which tensors are read, as bits. */
  let states = new Map<number, Partial>([[0, { value: 0, encoding: [] }]]);
  const offer = (into: Map<number, Partial>, key: number, partial: Partial): void => {
    const held = into.get(key);
    if (held === undefined || better(partial.value, held.value)) into.set(key, partial);
  };
  for (let node = 0; node < nodes; node++) {
    const next: typeof states = new Map();
    for (const [used, { value, encoding }] of states) {
      for (let one = 0; one < node + 2; one++) {
        for (let two = one; two < node + 2; two++) {
          const branches = [one, two].flatMap((input) => [input, operations[Math.min(input, 2)]!]);
          offer(next, used | (1 << one) | (1 << two), {
            value: value + read(one) + read(two),
            encoding: [...encoding, ...branches],
          });
        }
      }
    }
    states = next;
  }
  const best = new Map<number, Partial>();
  for (const [used, { value, encoding }] of states) {
    let [ends, total] = [0, value];
    for (let tensor = 0; tensor < nodes + 2; tensor++) {
      if (used & (1 << tensor)) continue;
      ends += 1;
      total += end[tensor] ?? 0;
    }
    offer(best, ends, { value: total, encoding });
  }
  return new Map([...best].map(([ends, { encoding }]) => [ends, encoding]));
}
