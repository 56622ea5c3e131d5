import type { Rng } from '../../src/base/index.ts';
import {
  type ArchitectureController,
  choiceBlocks,
  enasController,
  factorisedController,
  macroForm,
  ppoController,
  type RewardSpec,
} from '../../src/nas/index.ts';
import type { Params } from '../../src/schema/generated/stages/controller-search.ts';
import { type Controller, type SearchSpace, stageFailure } from '../../src/stage/index.ts';

/**
 * The sampler that the params ask for, at its initial distribution. Ends the stage with `no-skips` when a penalty of
 * skips is asked for and the space has none.
 */
export function makeController(params: Params, space: SearchSpace, rng: Rng): ArchitectureController {
  const { entropyWeight, baselineDecay, hidden, tanhConstant, temperature, skipTarget, skipWeight } = params;
  const { clip, passes } = params;
  const recurrent = {
    entropyWeight,
    baselineDecay,
    ...(hidden === null ? {} : { hidden }),
    ...(tanhConstant === null ? {} : { tanhConstant }),
    ...(temperature === null ? {} : { temperature }),
  };
  if ((skipTarget !== null || skipWeight !== null) && macroForm(choiceBlocks(space)) === undefined) {
    throw stageFailure(
      'no-skips',
      `skipTarget and skipWeight are for spaces of layers with skips, such as enas-macro; ${space.name} has none: leave them out`,
    );
  }
  switch (params.controller) {
    case 'factorised':
      return factorisedController(space, { entropyWeight, baselineDecay });
    case 'lstm':
      return enasController(space, rng, {
        ...recurrent,
        ...(skipTarget === null ? {} : { skipTarget }),
        ...(skipWeight === null ? {} : { skipWeight }),
      });
    case 'ppo':
      return ppoController(space, rng, { ...recurrent, clip, passes });
  }
}

/** The reward that the params ask for; `target` is there for every reward but `accuracy`. */
export function rewardSpecOf({ reward, costExponent }: Params, target: number | undefined): RewardSpec {
  if (reward === 'accuracy') return { kind: reward };
  if (target === undefined)
    throw new Error(`internal error: expected a target of the reward ${reward}, got none`);
  if (costExponent === null) return { kind: reward, target };
  return reward === 'tunas-absolute'
    ? { kind: reward, target, beta: costExponent }
    : { kind: reward, target, exponent: costExponent };
}

/** Mean entropy of the distributions that an architecture is drawn from, nats, over 32 draws. */
export function meanEntropy(controller: ArchitectureController, rng: Rng): number {
  const draws = Array.from({ length: 32 }, (_, i) => controller.propose(rng.fork(i)).entropy);
  return draws.reduce((sum, entropy) => sum + entropy, 0) / draws.length;
}

/** The controller artifact: parameters without optimiser slots. `entropy` is that of a sampled architecture, nats. */
export function controllerArtifact(
  controller: ArchitectureController,
  space: string,
  entropy: number,
): Controller {
  const { kind, steps, baseline } = controller;
  const probabilities = Object.entries(controller.probabilities()).map(([choice, p]) => [choice, [...p]]);
  const { tensors } = controller.save();
  return {
    info: {
      space,
      controller: kind,
      steps,
      baseline,
      entropy,
      probabilities: Object.fromEntries(probabilities) as { [choice: string]: number[] },
    },
    weights: new Map([...tensors].filter(([name]) => !name.startsWith('adam:'))),
  };
}
