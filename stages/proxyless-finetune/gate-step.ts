import type { Rng } from '../../src/base/index.ts';
import {
  type ChoiceGates,
  type CostModel,
  canonicalEncoding,
  checkGateLoss,
  choiceGates,
  type Encoding,
  type GateLossSpec,
  gateGradients,
  gatePath,
  pathGates,
  reward,
  supernetPath,
} from '../../src/nas/index.ts';
import type { Model } from '../../src/net/index.ts';
import type { Inputs, Params } from '../../src/schema/generated/stages/proxyless-finetune.ts';
import type { Values } from '../../src/stage/index.ts';
import {
  type BatchSource,
  batchQuality,
  type Metrics,
  metricOf,
  orFail,
  requireGates,
  type SearchCosts,
  searchCosts,
} from '../../src/train/index.ts';

type Given = Values<Inputs>;
type GradientLoss = Exclude<Params['loss'], { kind: 'reinforce' }>;
type Reinforce = Extract<Params['loss'], { kind: 'reinforce' }>;

/** One update of the gates; resolves to what is to be shown of it. */
export type GateStep = () => Promise<Metrics>;

/** What gate steps work on. */
export interface GateSteps {
  readonly model: Model;
  /** Validation batches, one a gate step. */
  readonly batches: BatchSource;
  /** Of what the steps draw; each forks its own number from it. */
  readonly rng: Rng;
}

/** The gates that the loss asks for. */
export interface Gated {
  readonly gates: ChoiceGates;
  readonly costs: SearchCosts;
  /** What is to be shown before the first gate step. */
  readonly shown: Metrics;
  stepsOn(steps: GateSteps): GateStep;
}

/**
 * Gates moved down the gradient of the loss, or by REINFORCE. Ends the stage with `no-gates` where no gradient reaches the
 * choices of the space, with `cost-below-one` where a logarithm has none, and as `searchCosts` does.
 *
 * @param digest content digest of the space
 * @param rng of the gates' initial parameters
 */
export function gated(params: Params, inputs: Given, digest: string, rng: Rng): Gated {
  const { loss } = params;
  return loss.kind === 'reinforce'
    ? rewarded(loss, params, inputs, digest, rng)
    : descending(loss, params, inputs, digest, rng);
}

/** Where the gates start. */
const startOf = ({ neighbourhood }: Params, { architecture }: Given) =>
  architecture && { start: { encoding: architecture.encoding, probability: neighbourhood } };

function descending(asked: GradientLoss, params: Params, inputs: Given, digest: string, rng: Rng): Gated {
  const space = requireGates(inputs.space, asked.kind);
  const costs = searchCosts({ ...inputs, space }, digest, params.target, 'target');
  const { loss, cost } = gateLossOf(asked, costs);
  const gates = pathGates(space, rng, { mode: params.mode, ...startOf(params, inputs) });
  const shown = (): Metrics => ({ cost: costs.model.expected(gates.distribution()).value });
  return {
    gates,
    costs,
    shown: shown(),
    stepsOn:
      ({ model, batches, rng: draws }) =>
      async () => {
        const proposal = gates.propose(draws.fork(gates.steps));
        const path = gatePath(space, proposal.encoding, proposal.alternatives);
        const batch = batches.at(gates.steps, path.network.input);
        const { loss: crossEntropy, gates: gradients } = await model.gradients(path.network, batch, {
          labelSmoothing: 0,
        });
        const measured = { crossEntropy, gates: gateGradients(path.gates, gradients) };
        gates.feedback(proposal, measured, loss, cost, params.gateRate);
        return shown();
      },
  };
}

function rewarded(
  { samples, metric, costExponent, baselineDecay }: Reinforce,
  params: Params,
  inputs: Given,
  digest: string,
  rng: Rng,
): Gated {
  const { space } = inputs;
  const costs = searchCosts(inputs, digest, params.target, 'target');
  const spec = { kind: 'mnas-soft', target: costs.target!, exponent: costExponent } as const;
  const gates = choiceGates(space, rng, startOf(params, inputs));
  return {
    gates,
    costs,
    shown: {},
    stepsOn:
      ({ model, batches, rng: draws }) =>
      async () => {
        const own = draws.fork(gates.steps);
        const earned: { encoding: Encoding; reward: number }[] = [];
        let cost = 0;
        for (let k = 0; k < samples; k++) {
          // the update needs the choices that were drawn, all else the network that they stand for
          const drawn = gates.sample(own.fork(k));
          const encoding = canonicalEncoding(space, drawn);
          const path = supernetPath(space, encoding);
          const batch = batches.at(gates.steps, path.input);
          const quality = await batchQuality(model, path, batch, { statistics: 'batch' });
          const price = costs.model.cost(encoding);
          cost += price / samples;
          earned.push({ encoding: drawn, reward: reward(spec, metricOf(quality, metric), price) });
        }
        const { reward: mean, baseline } = gates.reinforce(earned, baselineDecay, params.gateRate);
        return { reward: mean, baseline, cost };
      },
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
