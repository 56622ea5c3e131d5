import { afterAll, beforeAll, describe, test } from 'vitest';
import type { Backend, Batch, OptimiserSpec } from '../../src/net/backend.ts';
import type { Tensors } from '../../src/net/network.ts';
import { openOracle, startingValues } from './backend.ts';
import { options } from './backend-agreement.ts';
import { type Case, someBatch } from './backend-cases.ts';
import { expectAllClose } from './backend-compare.ts';
import { randomCase } from './backend-random.ts';

const optimiser: OptimiserSpec = { kind: 'sgd', momentum: 0.9, nesterov: true, ema: true };
/** Networks of one test; what fails names its network. */
const TOGETHER = 50;

/**
 * Random networks on a backend against the oracle: loss, and all weights, slots and statistics after one step, within
 * 1e-4 of each tensor's norm.
 */
export function backendFuzz(
  label: string,
  open: () => Promise<Backend>,
  networks: number,
  first = 100,
): void {
  describe(`${label}: ${networks} random networks from seed ${first}`, () => {
    let oracle: Backend;
    let backend: Backend;
    beforeAll(async () => {
      oracle = await openOracle();
      backend = await open();
    });
    afterAll(async () => {
      await backend.close();
      await oracle.close();
    });

    for (let from = first; from < first + networks; from += TOGETHER) {
      const to = Math.min(from + TOGETHER, first + networks);
      test(`${from} to ${to - 1}`, async () => {
        for (let seed = from; seed < to; seed++) await expectEqualStep(oracle, backend, randomCase(seed));
      }, 60_000);
    }
  });
}

async function expectEqualStep(oracle: Backend, backend: Backend, one: Case): Promise<void> {
  const batch = someBatch(one.path.input, one.batch);
  const named = (tensors: Tensors): Tensors =>
    new Map([...tensors].map(([name, tensor]) => [`${one.name}: ${name}`, tensor]));
  const expected = await stepped(oracle, one, batch);
  expectAllClose(named(await stepped(backend, one, batch)), named(expected));
}

/** Everything that a model holds after one step, and the loss of it. */
async function stepped(backend: Backend, { path, weights }: Case, batch: Batch): Promise<Tensors> {
  const model = await backend.build(weights, optimiser);
  await model.write(startingValues(weights, optimiser));
  const { loss } = await model.step(path, batch, { ...options, teacherRatio: 0.5 });
  const all = new Map(await model.read());
  await model.close();
  return all.set('loss', { shape: [1], data: Float32Array.of(loss) });
}
