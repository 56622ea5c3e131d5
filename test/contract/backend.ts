import { afterAll, beforeAll, describe, test } from 'vitest';
import type { Backend, Model, OptimiserSpec } from '../../src/net/backend.ts';
import type { WeightSpec } from '../../src/net/network.ts';
import { openTfBackend } from '../../src/tf/index.ts';
import { expectAgreement, type Observations, observe } from './backend-agreement.ts';
import { type Case, cases } from './backend-cases.ts';
import { callsAreFunctions } from './backend-function.ts';
import { type ContractLab, everything, named, startingValues } from './backend-lab.ts';
import { tensorsHaveNames } from './backend-names.ts';
import { objectivesAddUp } from './backend-objective.ts';
import { randomCase } from './backend-random.ts';
import { pathsAreSeparate } from './backend-reach.ts';
import { updatesAreStated } from './backend-updates.ts';

/** The plain JavaScript kernels of TensorFlow.js with its autodiff. */
export async function openOracle(): Promise<Backend> {
  const opened = await openTfBackend({ runtime: 'cpu' });
  if (!opened.ok) throw new Error(opened.failures[0]!.message);
  return opened.value;
}

export interface ContractOptions {
  /** The backend under test is the oracle: comparing it with itself is skipped. */
  readonly isOracle?: boolean;
}

/** What the oracle said, by name of the case: it is slow, and several backends may be compared with it. */
const truths = new Map<string, Observations>();

/** What every backend must do; `open` makes the one under test. */
export function backendContract(
  label: string,
  open: () => Promise<Backend>,
  { isOracle = false }: ContractOptions = {},
): void {
  describe(label, () => {
    let oracle: Backend;
    let backend: Backend;
    const models: Model[] = [];

    beforeAll(async () => {
      oracle = await openOracle();
      backend = await open();
    });
    afterAll(async () => {
      for (const model of models) await model.close();
      await backend.close();
      await oracle.close();
    });

    const build = async (on: Backend, weights: readonly WeightSpec[], optimiser: OptimiserSpec) => {
      const model = await on.build(weights, optimiser);
      models.push(model);
      await model.write(startingValues(weights, optimiser));
      return model;
    };
    const agrees = async (one: Case): Promise<void> => {
      if (!truths.has(one.name)) {
        truths.set(one.name, await observe(await build(oracle, one.weights, everything), one));
      }
      const seen = await observe(await build(backend, one.weights, everything), one);
      expectAgreement(seen, truths.get(one.name)!);
    };
    describe.skipIf(isOracle)('agrees with the oracle (which is not compared with itself)', () => {
      test.each(named(cases))('%s', async (_, one) => {
        await agrees(one);
      });

      const drawn = Array.from({ length: 12 }, (_, seed) => randomCase(seed));
      test.each(named(drawn))('%s', async (_, one) => {
        await agrees(one);
      });
    });

    const lab: ContractLab = {
      get backend() {
        return backend;
      },
      get oracle() {
        return oracle;
      },
      models,
      build,
    };
    updatesAreStated(lab);
    pathsAreSeparate(lab);
    callsAreFunctions(lab);
    objectivesAddUp(lab);
    tensorsHaveNames(lab);
  });
}
