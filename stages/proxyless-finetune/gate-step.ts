import type { Rng } from '../../src/base/index.ts';
import {
  type CostModel,
  canonicalEncoding,
  checkGateLoss,
  type GateLossSpec,
  gateGradients,
  gatePath,
  type MobilenetSpace,
  type PathGates,
  reward,
  supernetPath,
} from '../../src/nas/index.ts';
import type { Model } from '../../src/net/index.ts';
import type { Params } from '../../src/schema/generated/stages/proxyless-finetune.ts';
import {
  type BatchSource,
  batchQuality,
  type Metrics,
  metricOf,
  orFail,
  type SearchCosts,
} from '../../src/train/index.ts';

type GradientLoss = Exclude<Params['loss'], { kind: 'reinforce' }>;
type Reinforce = Extract<Params['loss'], { kind: 'reinforce' }>;

/** What gate steps work on. */
export interface GateSteps {
  readonly space: MobilenetSpace;
  readonly model: Model;
  readonly gates: PathGates;
  readonly costs: SearchCosts<CostModel>;
  /** Validation batches, one a gate step. */
  readonly batches: BatchSource;
  /** Of what the steps draw; each forks its own number from it. */
  readonly rng: Rng;
  /** Learning rate of the gates. */
  readonly rate: number;
}

/** One update of the gates; resolves to what is to be shown of it. */
export type GateStep = () => Promise<Metrics>;

/**
 * The gate step that the loss asks for: down its gradient at the gates, or REINFORCE. Ends the stage with
 * `cost-below-one` where a logarithm has none.
 */
export function gateStepOf(loss: Params['loss'], steps: GateSteps): GateStep {
  return loss.kind === 'reinforce' ? rewarded(loss, steps) : descending(gateLossOf(loss, steps.costs), steps);
}

function descending(
  { loss, cost }: { readonly loss: GateLossSpec; readonly cost: CostModel },
  { space, model, gates, costs, batches, rng, rate }: GateSteps,
): GateStep {
  return async () => {
    const proposal = gates.propose(rng.fork(gates.steps));
    const path = gatePath(space, proposal.encoding, proposal.alternatives);
    const batch = batches.at(gates.steps);
    const { loss: crossEntropy, gates: gradients } = await model.gradients(path.network, batch, {
      labelSmoothing: 0,
    });
    const measured = { crossEntropy, gates: gateGradients(path.gates, gradients) };
    gates.feedback(proposal, measured, loss, cost, rate);
    return { cost: costs.model.expected(gates.distribution()).value };
  };
}

function rewarded(
  { samples, metric, costExponent, baselineDecay }: Reinforce,
  { space, model, gates, costs, batches, rng, rate }: GateSteps,
): GateStep {
  const spec = { kind: 'mnas-soft', target: costs.target!, exponent: costExponent } as const;
  return async () => {
    const draws = rng.fork(gates.steps);
    const batch = batches.at(gates.steps);
    const earned: { encoding: readonly number[]; reward: number }[] = [];
    for (let k = 0; k < samples; k++) {
      const encoding = canonicalEncoding(space, gates.sample(draws.fork(k)));
      const quality = await batchQuality(model, supernetPath(space, encoding), batch, {
        statistics: 'batch',
      });
      earned.push({
        encoding,
        reward: reward(spec, metricOf(quality, metric), costs.model.cost(encoding)),
      });
    }
    const { reward: mean, baseline } = gates.reinforce(earned, baselineDecay, rate);
    return { reward: mean, baseline, cost: costs.model.expected(gates.distribution()).value };
  };
}

/**
 * The loss of the gates and the cost it looks at. Logarithms need costs above 1, so `mul-log` counts latency in µs.
 */
function gateLossOf(
  params: GradientLoss,
  { model, target }: SearchCosts<CostModel>,
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
