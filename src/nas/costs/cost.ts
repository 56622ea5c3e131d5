import type { Result } from '../../base/result.ts';
import { fail, ok } from '../../base/result.ts';
import type { NetworkCount } from '../../net/count.ts';
import { countNetwork } from '../../net/count.ts';
import type { Item } from '../networks/item.ts';
import { blockDecisions, blockItem, headItem, stemItem } from '../networks/items.ts';
import { childNetwork } from '../networks/paths.ts';
import type { BlockDecision, Encoding } from '../space/encoding.ts';
import { decide } from '../space/encoding.ts';
import type { BlockLayout, ChoiceWhat, GatedSpace, MobilenetSpace, SearchSpace } from '../space/layout.ts';
import { IDENTITY, spaceLayout } from '../space/layout.ts';
import { cellsCost } from './cells.ts';
import { macroCost } from './macro.ts';
import type { ArchitectureCost, CostModel, CostUnit } from './model.ts';
import { stacksCost } from './stacks.ts';

/** Trainable parameters of the child network. */
export function paramsCost(space: GatedSpace): CostModel;
export function paramsCost(space: SearchSpace): ArchitectureCost;
export function paramsCost(space: SearchSpace): ArchitectureCost {
  return countedCost(space, 'params', 'parameters');
}

/** Multiply-accumulates of one image, squeeze-and-excitation included. */
export function macsCost(space: GatedSpace): CostModel;
export function macsCost(space: SearchSpace): ArchitectureCost;
export function macsCost(space: SearchSpace): ArchitectureCost {
  return countedCost(space, 'macs', 'MACs');
}

function countedCost(space: SearchSpace, quantity: 'params' | 'macs', unit: CostUnit): ArchitectureCost {
  const counts = countsOf(space);
  const piece = (item: Item): number => counts(item)[quantity];
  if (space.grammar === 'stacks')
    return stacksCost(space, quantity, unit, { fixed: 0, piece, absent: () => 0 });
  if (space.grammar === 'macro')
    return macroCost(space, quantity, unit, { fixed: 0, piece, unusedHalvings: true });
  if (space.grammar === 'cells') {
    const whole = (encoding: Encoding): number => countNetwork(childNetwork(space, encoding))[quantity];
    return cellsCost(space, quantity, unit, { whole, piece });
  }
  return additiveCost(space, quantity, unit, {
    fixed: piece(stemItem(space)) + piece(headItem(space)),
    block: (layout, decision) => piece(blockItem(space, layout, decision)),
  });
}

type Counts = Pick<NetworkCount, 'params' | 'macs'>;

const counted = new WeakMap<SearchSpace, Map<string, Counts>>();

/** Counts of pieces of a space, each shape counted once. */
function countsOf(space: SearchSpace): (item: Item) => Counts {
  const known = counted.get(space) ?? new Map<string, Counts>();
  counted.set(space, known);
  return (item) => {
    const found = known.get(item.key);
    if (found !== undefined) return found;
    const { params, macs } = countNetwork(item.network);
    known.set(item.key, { params, macs });
    return { params, macs };
  };
}

/** Where a cost comes from: a constant, and the cost of a block that is present. */
export interface CostTerms {
  readonly fixed: number;
  readonly block: (layout: BlockLayout, decision: BlockDecision) => number;
}

/** One way to be present, with its cost and its options by position in the encoding. */
interface Variant {
  readonly cost: number;
  readonly picks: readonly (readonly [position: number, option: number])[];
}

const INNER: readonly (readonly [ChoiceWhat, 'kernel' | 'expansion' | 'squeezeExcite'])[] = [
  ['kernel', 'kernel'],
  ['expansion', 'expansion'],
  ['squeeze-excite', 'squeezeExcite'],
];

/** A cost model from a constant and a cost per block. A block that is left out costs nothing. */
export function additiveCost(
  space: MobilenetSpace,
  quantity: CostModel['quantity'],
  unit: CostUnit,
  terms: CostTerms,
): CostModel {
  const { choices, blocks } = spaceLayout(space);
  const tables = blocks.map((layout) => {
    const variants = blockDecisions(layout).map((decision): Variant => {
      const { positions } = layout;
      const picks = INNER.flatMap(([what, field]): [number, number][] => {
        const position = positions[what];
        return position === undefined ? [] : [[position, decision[field]]];
      });
      if (positions.block !== undefined) picks.unshift([positions.block, 1 - IDENTITY]);
      return { cost: terms.block(layout, decision), picks };
    });
    return { layout, variants };
  });
  const variantCost = ({ layout, variants }: (typeof tables)[number], encoding: Encoding): number => {
    const { present, kernel, expansion, squeezeExcite } = decide(layout, encoding);
    if (!present) return 0;
    const { block } = layout;
    const index = (kernel * block.expansion.length + expansion) * block.squeezeExcite.length + squeezeExcite;
    return variants[index]!.cost;
  };
  const extreme = (better: (a: number, b: number) => boolean): { value: number; encoding: Encoding } => {
    const encoding = choices.map(() => 0);
    let value = terms.fixed;
    for (const { layout, variants } of tables) {
      const { block } = layout.positions;
      const absent: Variant[] = block === undefined ? [] : [{ cost: 0, picks: [[block, IDENTITY]] }];
      const best = [...variants, ...absent].reduce((a, b) => (better(b.cost, a.cost) ? b : a));
      value += best.cost;
      for (const [position, option] of best.picks) encoding[position] = option;
    }
    return { value, encoding };
  };
  return {
    quantity,
    unit,
    cost: (encoding) => tables.reduce((sum, table) => sum + variantCost(table, encoding), terms.fixed),
    expected(probabilities) {
      const gradient = choices.map(({ options }) => options.map(() => 0));
      let value = terms.fixed;
      for (const { variants } of tables) {
        for (const { cost, picks } of variants) {
          value += cost * picks.reduce((p, [position, option]) => p * probabilities[position]![option]!, 1);
          for (const [at, option] of picks) {
            const others = picks.reduce(
              (p, [position, other]) => (position === at ? p : p * probabilities[position]![other]!),
              1,
            );
            gradient[at]![option]! += cost * others;
          }
        }
      }
      return { value, gradient };
    },
    range() {
      const low = extreme((a, b) => a < b);
      const high = extreme((a, b) => a > b);
      return { min: low.value, max: high.value, minEncoding: low.encoding, maxEncoding: high.encoding };
    },
  };
}

/** A cost to aim at: a share of the reachable range (0 the cheapest, 1 the dearest), or a value in the cost's unit. */
export type CostTarget = { readonly fraction: number } | { readonly value: number };

/**
 * The target in the cost's unit. Code `impossible-target`: no architecture reaches it; the message names the range.
 * As a `limit`, a value above the range is no mistake: every architecture satisfies it.
 */
export function resolveTarget(
  model: ArchitectureCost,
  target: CostTarget,
  use: 'target' | 'limit' = 'target',
): Result<number> {
  const { min, max } = model.range();
  const value = 'fraction' in target ? min + target.fraction * (max - min) : target.value;
  if (value >= min && (value <= max || use === 'limit')) return ok(value);
  return fail({
    code: 'impossible-target',
    message: `a ${model.quantity} ${use} of ${costText(value, model.unit)} cannot be reached: the architectures of this space have ${costText(min, model.unit)} to ${costText(max, model.unit)}`,
  });
}

/** A cost for people: `2.41 ms`, `9.8 M MACs`, `121.5 k parameters`. */
export function costText(value: number, unit: CostUnit): string {
  if (unit === 'ms') return `${Number(value.toPrecision(3))} ms`;
  const magnitude = Math.abs(value);
  if (magnitude >= 1e6) return `${Number((value / 1e6).toPrecision(4))} M ${unit}`;
  if (magnitude >= 1e3) return `${Number((value / 1e3).toPrecision(4))} k ${unit}`;
  return `${Math.round(value)} ${unit}`;
}
