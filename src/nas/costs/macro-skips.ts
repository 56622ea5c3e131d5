import type { MacroSpace } from '../../schema/generated/artifacts/search-space.ts';
import { macroHalvings, macroTensor } from '../space/macro.ts';

/** What skips cost: the joining of so many to a layer, and each halving of a tensor that is joined only behind it. */
export interface SkipPrices {
  readonly join: (layer: number, skips: number) => number;
  /** Of the first or the second halving; not negative. */
  readonly half: (which: number) => number;
}

/** Tensors that are joined to each layer. */
export type Skips = readonly ReadonlySet<number>[];

/** Tensors that a layer can join, and how far they have come. */
interface Reach {
  /** Halvings before the layer. */
  readonly segment: number;
  /** Tensors that are there without a halving of their own. */
  readonly free: readonly number[];
}

function reachOf(space: MacroSpace): {
  readonly layers: readonly Reach[];
  readonly early: number[];
  readonly middle: number[];
} {
  const [first, second] = macroHalvings(space);
  const layers = Array.from({ length: space.layers }, (_, layer): Reach => {
    const joinable = Array.from({ length: layer }, (_, anchor) => macroTensor(space, anchor));
    const segment = layer <= first! ? 0 : layer <= second! ? 1 : 2;
    const from = [0, first! + 1, second! + 1][segment]!;
    return { segment, free: joinable.filter((tensor) => tensor >= from) };
  });
  const joinable = Array.from({ length: second! + 1 }, (_, anchor) => macroTensor(space, anchor));
  return {
    layers,
    /** Before the first halving, and between the two: behind the second these must be halved. */
    early: joinable.filter((tensor) => tensor <= first!),
    middle: joinable.filter((tensor) => tensor > first! && tensor <= second!),
  };
}

/** The number from 0 to `most` that is best. */
function bestUpTo(most: number, value: (n: number) => number): number {
  let best = 0;
  for (let n = 1; n <= most; n++) if (value(n) < value(best)) best = n;
  return best;
}

/**
 * The skips that cost least. What is halved for one layer is there for all: so for each number of tensors that are brought
 * over the first halving, and over the second, each layer joins as many as are best for it.
 */
export function cheapestSkips(space: MacroSpace, { join, half }: SkipPrices): Skips {
  const { layers, early, middle } = reachOf(space);
  let best: { readonly value: number; readonly skips: Skips } | undefined;
  for (let over = 0; over <= early.length; over++) {
    for (let far = 0; far <= over; far++) {
      for (let near = 0; near <= middle.length; near++) {
        const brought = [[], early.slice(0, over), [...middle.slice(0, near), ...early.slice(0, far)]];
        let value = half(0) * over + half(1) * (far + near);
        const skips = layers.map(({ segment, free }, layer) => {
          const tensors = [...free, ...brought[segment]!];
          const count = bestUpTo(tensors.length, (n) => join(layer, n));
          value += join(layer, count);
          return new Set(tensors.slice(0, count));
        });
        if (best === undefined || value < best.value) best = { value, skips };
      }
    }
  }
  return best!.skips;
}

/**
 * The skips that cost most. Of how many tensors the layers of a segment join in all depends how many can be different
 * ones, and so be halved: for each such number behind either halving the dearest joins, then as many tensors as they
 * can bring over.
 */
export function dearestSkips(space: MacroSpace, { join, half }: SkipPrices): Skips {
  const { layers, early, middle } = reachOf(space);
  const inSegment = (segment: number): number[] =>
    [...layers.keys()].filter((layer) => layers[layer]!.segment === segment);
  const by = [0, 1, 2].map((segment) => dearestBySum(inSegment(segment), join));
  let best: { readonly value: number; readonly counts: readonly number[] } | undefined;
  const start = [...by[0]!.values()].reduce((a, b) => (b.value > a.value ? b : a));
  for (const [between, one] of by[1]!) {
    for (const [behind, two] of by[2]!) {
      const value =
        start.value +
        one.value +
        two.value +
        half(0) * Math.min(early.length, between + behind) +
        half(1) * Math.min(early.length + middle.length, behind);
      if (best !== undefined && value <= best.value) continue;
      best = { value, counts: [...start.counts, ...one.counts, ...two.counts] };
    }
  }
  // the layers behind the second halving join early tensors first, those between what is left of them
  const wanted = [[], [...early], [...early, ...middle]];
  const skips: ReadonlySet<number>[] = [];
  for (const layer of [...layers.keys()].reverse()) {
    const { segment, free } = layers[layer]!;
    const all = [
      ...wanted[segment]!,
      ...(segment === 0 ? [] : segment === 1 ? early : [...early, ...middle]),
      ...free,
    ];
    const joined = new Set([...new Set(all)].slice(0, best!.counts[layer]));
    for (const list of wanted.slice(1)) {
      for (const tensor of joined) if (list.includes(tensor)) list.splice(list.indexOf(tensor), 1);
    }
    skips.unshift(joined);
  }
  return skips;
}

/** By the number of skips that layers have in all, the dearest counts of each. */
function dearestBySum(
  layers: readonly number[],
  join: SkipPrices['join'],
): ReadonlyMap<number, { readonly value: number; readonly counts: readonly number[] }> {
  let found = new Map<number, { value: number; counts: readonly number[] }>([[0, { value: 0, counts: [] }]]);
  for (const layer of layers) {
    const next: typeof found = new Map();
    for (const [sum, { value, counts }] of found) {
      for (let skips = 0; skips <= layer; skips++) {
        const total = value + join(layer, skips);
        const held = next.get(sum + skips);
        if (held === undefined || total > held.value)
          next.set(sum + skips, { value: total, counts: [...counts, skips] });
      }
    }
    found = next;
  }
  return found;
}
