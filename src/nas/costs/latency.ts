import type { Result } from '../../base/result.ts';
import { fail, ok } from '../../base/result.ts';
import type { Shape } from '../../net/network.ts';
import type { LatencyTable } from '../../schema/generated/artifacts/latency-table.ts';
import type { Item } from '../networks/item.ts';
import { blockKey, headItem, profileItems, stemItem } from '../networks/items.ts';
import { stacksItems } from '../networks/stacks.ts';
import { wholeItems } from '../networks/whole-pieces.ts';
import type { Encoding } from '../space/encoding.ts';
import { decide } from '../space/encoding.ts';
import type { BlockLayout, GatedSpace, SearchSpace } from '../space/layout.ts';
import { inPlaces, spaceLayout } from '../space/layout.ts';
import { cellsCost } from './cells.ts';
import { additiveCost } from './cost.ts';
import { macroCost } from './macro.ts';
import type { ArchitectureCost, CostModel } from './model.ts';
import { absentKey, placedKey, placedKeys, placesOf } from './places.ts';
import { stacksCost } from './stacks.ts';

export type { LatencyTable };

/**
 * Predicted milliseconds of one pass on the profiled device: overhead + one entry a piece. `digest` is the content
 * digest of `space`. Codes: `table-of-another-space`; `missing-latency`, naming the layer shapes that the table lacks.
 */
export function latencyCost(space: GatedSpace, digest: string, table: LatencyTable): Result<CostModel>;
export function latencyCost(
  space: SearchSpace,
  digest: string,
  table: LatencyTable,
): Result<ArchitectureCost>;
export function latencyCost(
  space: SearchSpace,
  digest: string,
  table: LatencyTable,
): Result<ArchitectureCost> {
  if (table.space !== digest) {
    return fail({
      code: 'table-of-another-space',
      message: `the latency table was measured for the space ${table.space.slice(0, 12)}…, not for ${digest.slice(0, 12)}… (${space.name})`,
    });
  }
  const medians = mediansOf(table);
  const missing = tableKeys(space, table).filter((key) => !medians.has(key));
  if (missing.length > 0) return fail(missingKeys(missing));
  const entry = (key: string): number => medians.get(key)!;
  if (!inPlaces(space)) {
    const piece = ({ key }: Item): number => entry(key);
    if (space.grammar === 'macro') {
      const terms = { fixed: table.overhead, piece, unusedHalvings: false };
      return ok(macroCost(space, 'latency', 'ms', terms));
    }
    const whole = (encoding: Encoding): number =>
      wholeItems(space, encoding).reduce((sum, item) => sum + piece(item), table.overhead);
    return ok(cellsCost(space, 'latency', 'ms', { whole, piece }));
  }
  const layer = (place: string, key: string): number => entry(table.places ? placedKey(place, key) : key);
  const absent = (place: string, shape: Shape): number => (table.places ? entry(absentKey(place, shape)) : 0);
  if (space.grammar === 'stacks') {
    const piece = ({ key, place }: Item) => (place === undefined ? entry(key) : layer(place, key));
    return ok(stacksCost(space, 'latency', 'ms', { fixed: table.overhead, piece, absent }));
  }
  // what a block costs beyond its absence, which every architecture pays for
  const absence = ({ block, input }: BlockLayout): number => (block.identity ? absent(block.id, input) : 0);
  const fixed = spaceLayout(space).blocks.reduce((sum, layout) => sum + absence(layout), table.overhead);
  return ok(
    additiveCost(space, 'latency', 'ms', {
      fixed: fixed + entry(stemItem(space).key) + entry(headItem(space).key),
      block: (layout, decision) => layer(layout.block.id, blockKey(layout, decision)) - absence(layout),
    }),
  );
}

/** Every key that the table of a space must have. */
function tableKeys(space: SearchSpace, { places }: Pick<LatencyTable, 'places'>): string[] {
  const items = profileItems(space);
  if (!places || !inPlaces(space)) return items.map(({ key }) => key);
  const layers = placesOf(space);
  const within = new Set(layers.flatMap(({ ways }) => ways.map(({ key }) => key)));
  return [
    ...items.flatMap(({ key }) => (within.has(key) ? [] : [key])),
    ...layers.flatMap(({ id, ways, absent }) => [
      ...ways.map(({ key }) => placedKey(id, key)),
      ...absent.map((shape) => absentKey(id, shape)),
    ]),
  ];
}

/**
 * Keys of the pieces that one architecture is made of, as a table has them, in order; a shape that occurs twice is listed
 * twice.
 */
export function latencyKeys(
  space: SearchSpace,
  encoding: Encoding,
  { places }: Pick<LatencyTable, 'places'> = {},
): string[] {
  if (!inPlaces(space)) return wholeItems(space, encoding).map(({ key }) => key);
  if (places) {
    const shapes = latencyKeys(space, encoding);
    return [shapes[0]!, ...placedKeys(space, encoding), shapes.at(-1)!];
  }
  if (space.grammar === 'stacks') return stacksItems(space, encoding).map(({ key }) => key);
  return [
    stemItem(space).key,
    ...spaceLayout(space).blocks.flatMap((layout) => {
      const decision = decide(layout, encoding);
      return decision.present ? [blockKey(layout, decision)] : [];
    }),
    headItem(space).key,
  ];
}

/** Milliseconds that a table predicts, and the half-width of their 95 % interval. */
export interface PredictedLatency {
  readonly ms: number;
  readonly margin: number;
}

/**
 * Predicted milliseconds of the pieces with these keys: overhead + sum. The margins of different entries are
 * independent, those of one entry that occurs several times are not; they know nothing of what a sum of pieces leaves
 * out, which the table's validation tells. Code: `missing-latency`.
 */
export function predictLatency(table: LatencyTable, keys: readonly string[]): Result<PredictedLatency> {
  const entries = new Map(table.entries.map((entry) => [entry.key, entry]));
  const missing = keys.filter((key) => !entries.has(key));
  if (missing.length > 0) return fail(missingKeys(missing));
  const times = new Map<string, number>();
  for (const key of keys) times.set(key, (times.get(key) ?? 0) + 1);
  let squares = table.overheadMargin ** 2;
  for (const [key, count] of times) squares += (count * entries.get(key)!.margin) ** 2;
  const ms = keys.reduce((sum, key) => sum + entries.get(key)!.median, table.overhead);
  return ok({ ms, margin: Math.sqrt(squares) });
}

/** Entries whose median is less certain than the precision that was asked for. */
export const unsteadyEntries = ({ entries, precision }: LatencyTable): LatencyTable['entries'] =>
  entries.filter(({ median, margin }) => margin > precision * median);

const mediansOf = (table: LatencyTable): ReadonlyMap<string, number> =>
  new Map(table.entries.map(({ key, median }) => [key, median]));

const missingKeys = (keys: readonly string[]): { code: string; message: string } => ({
  code: 'missing-latency',
  message: `the latency table lacks ${[...new Set(keys)].join('; ')}`,
});
