import type { CellSpace, MacroSpace } from '../../schema/generated/artifacts/search-space.ts';
import { wired } from '../networks/whole-pieces.ts';
import type { Encoding } from '../space/choice.ts';
import { canonicalEncoding, encodingKey } from '../space/encoding.ts';
import { choiceBlocks } from '../space/layout.ts';
import type { ArchitectureCost, CostModel } from './model.ts';

type Better = (a: number, b: number) => boolean;

/** A cost of whole networks: for spaces whose pieces depend on each other. `price` is asked once an architecture. */
export function wholeCost(
  space: MacroSpace | CellSpace,
  quantity: CostModel['quantity'],
  unit: CostModel['unit'],
  price: (encoding: Encoding) => number,
): ArchitectureCost {
  const known = new Map<string, number>();
  const cost = (encoding: Encoding): number => {
    const key = encodingKey(encoding);
    const found = known.get(key) ?? price(encoding);
    known.set(key, found);
    return found;
  };
  const best = (encodings: readonly Encoding[], better: Better): Encoding =>
    encodings.reduce((a, b) => (better(cost(b), cost(a)) ? b : a));
  const extreme = (better: Better): Encoding =>
    space.grammar === 'macro' ? macroExtreme(space, best, better) : cellExtreme(space, best, better);
  return {
    quantity,
    unit,
    cost,
    range() {
      const minEncoding = extreme((a, b) => a < b);
      const maxEncoding = extreme((a, b) => a > b);
      return { min: cost(minEncoding), max: cost(maxEncoding), minEncoding, maxEncoding };
    },
  };
}

type Best = (encodings: readonly Encoding[], better: Better) => Encoding;

/**
 * A layer's cost is that of its operation and of its number of skips, whatever the other layers are, but for halvings,
 * which a latency counts only of tensors that are joined behind them: layers are chosen in turn, each with all that it needs.
 */
function macroExtreme(space: MacroSpace, best: Best, better: Better): Encoding {
  let found: Encoding = choiceBlocks(space).map(() => 0);
  let at = 0;
  for (let layer = 0; layer < space.layers; layer++) {
    const first = at;
    const operations = space.operations.map((_, option) => found.with(first, option));
    found = best(operations, better);
    const skips = Array.from({ length: layer + 1 }, (_, count) =>
      found.map((option, k) => (k > first && k <= first + count ? 1 : option)),
    );
    found = best(skips, better);
    at += 1 + layer;
  }
  return found;
}

/**
 * What a branch costs depends on its operation, its cell and whether it reads the cell's input; the rest on the number of
 * loose ends. Each is chosen in turn.
 */
function cellExtreme(space: CellSpace, best: Best, better: Better): Encoding {
  const counts = Array.from({ length: space.nodes + 1 }, (_, index) => index + 1);
  const wirings = counts.flatMap((normal) => counts.map((reduction) => [normal, reduction] as const));
  const choices = choiceBlocks(space);
  const chosen = (start: Encoding): Encoding => {
    let found = start;
    for (const cell of [0, 1]) {
      for (const reads of [true, false]) {
        const alternatives = space.operations.map((_, option) =>
          found.map((now, at) => {
            const own = choices[at]!.what.startsWith('op') && Math.floor(at / (4 * space.nodes)) === cell;
            return own && found[at - 1]! < 2 === reads ? option : now;
          }),
        );
        found = best(alternatives, better);
      }
    }
    return found;
  };
  // the operations that are best in one wiring are best in the others but for what reads the cell's inputs
  const start = best(
    wirings.map((ends) => wired(space, ends, [0, 0])),
    better,
  );
  return canonicalEncoding(space, chosen(start));
}
