import type { Result } from '../../base/result.ts';
import { fail, ok } from '../../base/result.ts';
import type { LatencyTable } from '../../schema/generated/artifacts/latency-table.ts';
import { blockKey, headItem, profileItems, stemItem } from '../networks/items.ts';
import type { Encoding } from '../space/encoding.ts';
import { decide } from '../space/encoding.ts';
import type { SearchSpace } from '../space/layout.ts';
import { spaceLayout } from '../space/layout.ts';
import type { CostModel } from './cost.ts';
import { additiveCost } from './cost.ts';

export type { LatencyTable };

/**
 * Predicted milliseconds of one pass on the profiled device: overhead + one entry a piece. `digest` is the content
 * digest of `space`. Codes: `table-of-another-space`; `missing-latency`, naming the layer shapes that the table lacks.
 */
export function latencyCost(space: SearchSpace, digest: string, table: LatencyTable): Result<CostModel> {
  if (table.space !== digest) {
    return fail({
      code: 'table-of-another-space',
      message: `the latency table was measured for the space ${table.space.slice(0, 12)}…, not for ${digest.slice(0, 12)}… (${space.name})`,
    });
  }
  const medians = mediansOf(table);
  const missing = profileItems(space).filter(({ key }) => !medians.has(key));
  if (missing.length > 0) return fail(missingKeys(missing.map(({ key }) => key)));
  const entry = (key: string): number => medians.get(key)!;
  return ok(
    additiveCost(space, 'latency', 'ms', {
      fixed: table.overhead + entry(stemItem(space).key) + entry(headItem(space).key),
      block: (layout, decision) => entry(blockKey(layout, decision)),
    }),
  );
}

/** Keys of the pieces that one architecture is made of, in order; a shape that occurs twice is listed twice. */
export const latencyKeys = (space: SearchSpace, encoding: Encoding): string[] => [
  stemItem(space).key,
  ...spaceLayout(space).blocks.flatMap((layout) => {
    const decision = decide(layout, encoding);
    return decision.present ? [blockKey(layout, decision)] : [];
  }),
  headItem(space).key,
];

/** Predicted milliseconds of the pieces with these keys: overhead + sum. Code: `missing-latency`. */
export function predictLatency(table: LatencyTable, keys: readonly string[]): Result<number> {
  const medians = mediansOf(table);
  const missing = keys.filter((key) => !medians.has(key));
  if (missing.length > 0) return fail(missingKeys(missing));
  return ok(keys.reduce((sum, key) => sum + medians.get(key)!, table.overhead));
}

const mediansOf = (table: LatencyTable): ReadonlyMap<string, number> =>
  new Map(table.entries.map(({ key, median }) => [key, median]));

const missingKeys = (keys: readonly string[]): { code: string; message: string } => ({
  code: 'missing-latency',
  message: `the latency table lacks ${[...new Set(keys)].join('; ')}`,
});
