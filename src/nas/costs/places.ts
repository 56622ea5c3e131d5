import type { Shape } from '../../net/network.ts';
import { shapeText, stridedShape } from '../../net/shape.ts';
import type { Item } from '../networks/item.ts';
import { distinctItems } from '../networks/item.ts';
import { blockDecisions, blockItem, blockKey } from '../networks/items.ts';
import { layerItemOf } from '../networks/stacks.ts';
import type { Encoding } from '../space/encoding.ts';
import { decide } from '../space/encoding.ts';
import type { PiecewiseSpace, StacksSpace } from '../space/layout.ts';
import { spaceLayout } from '../space/layout.ts';
import { layerKey, specify } from '../space/stacks/decide.ts';
import { stackWays, surroundings } from '../space/stacks/walk.ts';

/** A layer between stem and head, in its place. */
export interface Place {
  readonly id: string;
  /** Every way to be there, sorted by key. */
  readonly ways: readonly Item[];
  /** The shapes at which it may be left out. */
  readonly absent: readonly Shape[];
}

/** Key of a layer's shape in its place, in tables that tell places apart. */
export const placedKey = (place: string, key: string): string => `${place}: ${key}`;

/** Key of a place whose layer is left out, so that the shape before it is the one behind it. */
export const absentKey = (place: string, shape: Shape): string =>
  placedKey(place, `left out at ${shapeText(shape)}`);

/** The places of a space, in order. */
export function placesOf(space: PiecewiseSpace): Place[] {
  if (space.grammar === 'stacks') return stackPlaces(space);
  return spaceLayout(space).blocks.map((layout) => ({
    id: layout.block.id,
    ways: distinctItems(blockDecisions(layout).map((decision) => blockItem(space, layout, decision))),
    absent: layout.block.identity ? [layout.input] : [],
  }));
}

function stackPlaces(space: StacksSpace): Place[] {
  const { images, stems, stacks } = surroundings(space);
  let shapes = new Map<string, Shape>();
  for (const { of: input } of images) {
    for (const { of: stem } of stems) {
      const shape = stridedShape(input, space.stem.stride, stem.filters);
      shapes.set(shapeText(shape), shape);
    }
  }
  return stacks.flatMap((layout) => {
    const found = new Map(
      layout.layers.map(({ id }) => [id, { items: [] as Item[], absent: new Map<string, Shape>() }]),
    );
    const next: typeof shapes = new Map();
    for (const shape of shapes.values()) {
      for (const { output, parts } of stackWays(space, layout, shape)) {
        next.set(shapeText(output), output);
        for (const [index, runs] of parts.entries()) {
          for (const { of: specs } of runs) {
            if (specs.length === 0)
              found.get(layout.layers[index]!.id)!.absent.set(shapeText(output), output);
            for (const spec of specs) {
              const place = found.get(spec.id) ?? { items: [] as Item[], absent: new Map<string, Shape>() };
              place.items.push(layerItemOf(space, spec));
              found.set(spec.id, place);
            }
          }
        }
      }
    }
    shapes = next;
    return [...found]
      .filter(([, { items }]) => items.length > 0)
      .map(([id, { items, absent }]) => ({ id, ways: distinctItems(items), absent: [...absent.values()] }));
  });
}

/** Keys of an architecture's layers in their places, those of layers that are left out included. */
export function placedKeys(space: PiecewiseSpace, encoding: Encoding): string[] {
  if (space.grammar === 'mobilenet') {
    return spaceLayout(space).blocks.map((layout) => {
      const decision = decide(layout, encoding);
      const { id } = layout.block;
      return decision.present ? placedKey(id, blockKey(layout, decision)) : absentKey(id, layout.input);
    });
  }
  return specify(space, encoding).places.map(({ id, shape, spec }) =>
    spec === undefined ? absentKey(id, shape) : placedKey(id, layerKey(spec)),
  );
}
