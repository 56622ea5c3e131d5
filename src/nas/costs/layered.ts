import type { Picks } from '../space/stacks/walk.ts';
import type { ExpectedCost } from './model.ts';

/** One of the ways on from a node: taken when every choice in `picks` is the option that it names. */
export interface Way {
  readonly picks: Picks;
  /** What it costs to take it. */
  readonly cost: number;
  /** The node that it leads to, one before its own in the list. */
  readonly to: number;
}

/**
 * A space as a graph whose paths are its architectures: the ways on from each node, which exclude each other. Node 0 is the
 * end, the last one the start. On a path no choice is picked twice.
 */
export type LayeredGraph = readonly (readonly Way[])[];

/** The picks of the cheapest path, or of the dearest: of ways that tie the first. */
export function extremePath(graph: LayeredGraph, which: 'cheapest' | 'dearest'): Picks {
  const sign = which === 'cheapest' ? 1 : -1;
  const rest = [0];
  const taken: (Way | undefined)[] = [undefined];
  for (const ways of graph.slice(1)) {
    const dear = ({ cost, to }: Way): number => sign * cost + rest[to]!;
    const best = ways.reduce((a, b) => (dear(b) < dear(a) ? b : a));
    rest.push(dear(best));
    taken.push(best);
  }
  const picks: Picks[number][] = [];
  for (let way = taken.at(-1); way !== undefined; way = taken[way.to]) picks.push(...way.picks);
  return picks;
}

/**
 * Mean cost of a path when every choice is drawn independently, exactly: in front of a node the rest of the path depends on
 * choices that have not been picked, so E(node) = Σ over ways Π p(picks) · (cost + E(to)). ProxylessNAS's expectation (Cai et
 * al. 2019 §3.3), the sum over layers of Σ p · cost, is the case of one node a layer.
 *
 * @param probabilities by position and option; they need not sum to one for the gradient to be the derivative of the value
 */
export function expectedCost(
  graph: LayeredGraph,
  probabilities: readonly (readonly number[])[],
): ExpectedCost {
  const product = (picks: Picks, without?: number): number =>
    picks.reduce(
      (p, [position, option]) => (position === without ? p : p * probabilities[position]![option]!),
      1,
    );
  const rest: number[] = [];
  for (const ways of graph) {
    rest.push(ways.reduce((sum, { picks, cost, to }) => sum + product(picks) * (cost + rest[to]!), 0));
  }
  const gradient = probabilities.map((row) => row.map(() => 0));
  const reached = graph.map((_, node) => (node === graph.length - 1 ? 1 : 0));
  for (let node = graph.length - 1; node > 0; node--) {
    for (const { picks, cost, to } of graph[node]!) {
      for (const [position, option] of picks) {
        gradient[position]![option]! += reached[node]! * product(picks, position) * (cost + rest[to]!);
      }
      reached[to]! += reached[node]! * product(picks);
    }
  }
  return { value: rest.at(-1)!, gradient };
}
