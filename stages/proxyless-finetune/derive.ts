import { type CostModel, checkGateLoss, type GateLossSpec } from '../../src/nas/index.ts';
import type { Params } from '../../src/schema/generated/stages/proxyless-finetune.ts';
import type { Trial } from '../../src/stage/index.ts';
import { orFail, type SearchCosts } from '../../src/train/index.ts';

/**
 * The loss of the gates and the cost it looks at. Logarithms need costs above 1, so `mul-log` counts latency in µs.
 */
export function gateLossOf(
  params: Params['loss'],
  { model, target }: SearchCosts,
): { readonly loss: GateLossSpec; readonly cost: CostModel } {
  const reference = target!;
  if (params.kind === 'add-linear') {
    return { loss: { kind: 'add#linear', reference, lambda: params.weight }, cost: model };
  }
  const factor = model.quantity === 'latency' ? 1000 : 1;
  const cost = scaled(model, factor);
  const { scale: alpha, exponent: beta } = params;
  const loss: GateLossSpec = { kind: 'mul#log', reference: reference * factor, alpha, beta };
  return { loss: orFail(checkGateLoss(loss, cost.range(), cost.unit)), cost };
}

/** The cost times a factor. */
const scaled = (model: CostModel, factor: number): CostModel => ({
  ...model,
  cost: (encoding) => factor * model.cost(encoding),
  expected(probabilities) {
    const { value, gradient } = model.expected(probabilities);
    return { value: factor * value, gradient: gradient.map((row) => row.map((g) => factor * g)) };
  },
  range() {
    const range = model.range();
    return { ...range, min: factor * range.min, max: factor * range.max };
  },
});

/** The most accurate trial whose cost is within the target, the first of equals; the cheapest where none is. */
export function choose(trials: readonly Trial[], target: number): Trial {
  const within = trials.filter(({ cost }) => cost <= target);
  return within.length > 0
    ? within.reduce((a, b) => (b.accuracy.value > a.accuracy.value ? b : a))
    : trials.reduce((a, b) => (b.cost < a.cost ? b : a));
}
