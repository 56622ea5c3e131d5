import type { Shape } from '../../net/network.ts';
import { shapeText, stridedShape } from '../../net/shape.ts';
import type { StacksSpace } from '../../schema/generated/artifacts/search-space.ts';
import type { Item } from '../networks/item.ts';
import { headItemOf, layerItemOf, stemItemOf } from '../networks/stacks.ts';
import type { StackLayout } from '../space/stacks/layout.ts';
import type { StackWay } from '../space/stacks/walk.ts';
import { stackWays, surroundings } from '../space/stacks/walk.ts';
import type { LayeredGraph, Way } from './layered.ts';

const END = 0;

/** Where the cost of a space of stacks comes from. */
export interface StacksTerms {
  /** What every architecture costs besides. */
  readonly fixed: number;
  /** What a piece costs in its place. */
  readonly piece: (item: Item) => number;
  /** What the place of a layer costs that is left out at a shape. */
  readonly absent: (place: string, shape: Shape) => number;
}

/**
 * A space of stacks as a graph of what is paid on the way from the image to the classifier. What a layer costs depends on the
 * widths before and behind it, so in front of a stack there is one node for each shape that may enter it.
 */
export function stacksGraph(space: StacksSpace, { fixed, piece, absent }: StacksTerms): LayeredGraph {
  const { images, stems, heads, stacks } = surroundings(space);
  const nodes: Way[][] = [[]];
  const known = new Map<string, number>();
  /** The node of a key, made once; making it makes the nodes behind it first. */
  const once = (key: string, make: () => Way[]): number => {
    const found = known.get(key);
    if (found !== undefined) return found;
    const node = nodes.push(make()) - 1;
    known.set(key, node);
    return node;
  };

  /** In front of a stack, or behind the last. */
  const before = (at: number, shape: Shape): number =>
    once(`${at} ${shapeText(shape)}`, () =>
      at === stacks.length
        ? heads(shape).map(({ of, picks }) => ({ picks, cost: piece(headItemOf(space, of)), to: END }))
        : stackWays(space, stacks[at]!, shape).map((way, index) => ({
            picks: way.picks,
            cost: 0,
            to: within(`${at} ${shapeText(shape)} ${index}`, stacks[at]!, way, before(at + 1, way.output)),
          })),
    );

  /**
   * In front of the layers of one way through a stack. Where layers that are left out come last, another layer stands in
   * the place that follows those that are there already, and the last places are empty.
   */
  const within = (
    key: string,
    { stack, layers }: StackLayout,
    { parts, output }: StackWay,
    behind: number,
  ): number => {
    const moves = space.identities === 'last' && !stack.same && parts.length > 1;
    const from = (part: number, place: number): number => {
      if (part === parts.length) return behind;
      return once(`${key} ${part} ${place}`, () =>
        parts[part]!.map(({ of: specs, picks }) => {
          const placed =
            moves && part > 0 ? specs.map((spec) => ({ ...spec, id: `${stack.id}l${place}` })) : specs;
          const taken = part === 0 || specs.length > 0;
          const next = moves && taken ? place + 1 : place;
          const empty =
            moves && part > 0
              ? layers.slice(part === parts.length - 1 ? next : parts.length, parts.length)
              : layers.slice(part, specs.length === 0 ? part + 1 : part);
          return {
            picks,
            cost:
              placed.reduce((sum, spec) => sum + piece(layerItemOf(space, spec)), 0) +
              empty.reduce((sum, { id }) => sum + absent(id, output), 0),
            to: from(part + 1, next),
          };
        }),
      );
    };
    return from(0, 0);
  };

  const start = images.flatMap((image) =>
    stems.map(
      (stem): Way => ({
        picks: [...image.picks, ...stem.picks],
        cost: fixed + piece(stemItemOf(space, image.of, stem.of)),
        to: before(0, stridedShape(image.of, space.stem.stride, stem.of.filters)),
      }),
    ),
  );
  nodes.push(start);
  return nodes;
}
