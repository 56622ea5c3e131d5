import { type RewardSpec, resolveTarget, reward } from '../nas/index.ts';
import type { Preimage } from '../schema/generated/record.ts';
import type { DerivedCosts } from './costs.ts';

/** The cost that a search looks at, its target in the cost's unit, and the reward that its params ask for. */
export interface DerivedReward {
  readonly target?: number;
  cost(encoding: readonly number[]): number;
  /** Absent where the params ask for none. */
  readonly reward?: (accuracy: number, cost: number) => number;
}

interface SearchParams {
  readonly target?: Target | null;
  readonly limit?: Target | null;
  readonly reward?: string;
  readonly costExponent?: number | null;
}

interface Target {
  readonly quantity: 'params' | 'macs' | 'latency';
  readonly fraction?: number;
  readonly value?: number;
}

/** Reads the params of a shipped search; nothing when they are of another form, or a cost is not known. */
export function derivedReward(params: Preimage['params'], costs: DerivedCosts): DerivedReward | undefined {
  const { target: aimed, limit, reward: kind, costExponent } = params as SearchParams;
  const wanted = aimed ?? limit ?? null;
  const model = costs.models[wanted?.quantity ?? 'macs'];
  if (model === undefined) return undefined;
  let target: number | undefined;
  if (wanted !== null) {
    const of = wanted.fraction === undefined ? { value: wanted.value! } : { fraction: wanted.fraction };
    const resolved = resolveTarget(model, of, aimed ? 'target' : 'limit');
    if (!resolved.ok) return undefined;
    target = resolved.value;
  }
  const spec = specOf(kind, target, costExponent ?? undefined);
  return {
    ...(target !== undefined && { target }),
    cost: (encoding) => model.cost(encoding),
    ...(spec && { reward: (accuracy: number, cost: number) => reward(spec, accuracy, cost) }),
  };
}

function specOf(
  kind: string | undefined,
  target: number | undefined,
  given: number | undefined,
): RewardSpec | undefined {
  if (kind === 'accuracy') return { kind };
  if (target === undefined) return undefined;
  if (kind === 'tunas-absolute') return { kind, target, ...(given !== undefined && { beta: given }) };
  if (kind === 'mnas-soft' || kind === 'mnas-hard') {
    return { kind, target, ...(given !== undefined && { exponent: given }) };
  }
  return undefined;
}
