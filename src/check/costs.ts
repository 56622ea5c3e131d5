import { type Encoding, latencyCost, macsCost, paramsCost } from '../nas/index.ts';
import type { Costs } from '../schema/generated/artifacts/trials.ts';
import type { LatencyTable, SearchSpace } from '../stage/index.ts';

/** Derives the costs of architectures from their space and, where there is one, the latency table. */
export interface DerivedCosts {
  of(encoding: Encoding): Costs;
  readonly models: { readonly [quantity in 'params' | 'macs' | 'latency']?: ReturnType<typeof macsCost> };
}

/** `digest`: of the space. A table of another space counts as none. */
export function derivedCosts(space: SearchSpace, digest: string, table?: LatencyTable): DerivedCosts {
  const params = paramsCost(space);
  const macs = macsCost(space);
  const found = table && latencyCost(space, digest, table);
  const latency = found?.ok ? found.value : undefined;
  return {
    models: { params, macs, ...(latency && { latency }) },
    of: (encoding) => ({
      params: params.cost(encoding),
      macs: macs.cost(encoding),
      ...(latency && { latency: latency.cost(encoding) }),
    }),
  };
}

/** The costs that are not what was said; `derived` may know fewer. */
export const costDifferences = (said: Costs, derived: Costs): string[] =>
  (['params', 'macs', 'latency'] as const).flatMap((name) => {
    const [a, b] = [said[name], derived[name]];
    if (a === undefined || b === undefined || close(a, b)) return [];
    return [`${name} ${a}, derived ${b}`];
  });

/** Equal but for the last bits. */
export const close = (a: number, b: number): boolean =>
  Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));
