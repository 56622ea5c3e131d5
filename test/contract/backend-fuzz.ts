import { afterAll, beforeAll, describe, test } from 'vitest';
import type { Backend } from '../../src/net/backend.ts';
import type { Tensors } from '../../src/net/network.ts';
import { openOracle } from './backend.ts';
import { options } from './backend-agreement.ts';
import { type Case, someBatch } from './backend-cases.ts';
import { expectAllClose } from './backend-compare.ts';
import { descents } from './backend-descent.ts';
import { startingValues } from './backend-lab.ts';
import { randomCase } from './backend-random.ts';

/** Networks of one test; what fails names its network. */
const TOGETHER = 50;

/**
 * Random networks on backends against the oracle: loss, and all weights, slots and statistics after one step, within
 * 1e-4 of each tensor's norm.
 */
export function backendFuzz(
  open: Readonly<Record<string, () => Promise<Backend>>>,
  networks: number,
  first = 100,
): void {
  describe(`${networks} random networks from seed ${first} on ${Object.keys(open).join(', ')}`, () => {
    let oracle: Backend;
    let backends: (readonly [name: string, Backend])[] = [];
    beforeAll(async () => {
      oracle = await openOracle();
      const opened = Object.entries(open).map(async ([name, one]) => [name, await one()] as const);
      backends = await Promise.all(opened);
    });
    afterAll(async () => {
      for (const [, backend] of backends) await backend.close();
      await oracle.close();
    });

    for (let from = first; from < first + networks; from += TOGETHER) {
      const to = Math.min(from + TOGETHER, first + networks);
      test(`${from} to ${to - 1}`, async () => {
        for (let seed = from; seed < to; seed++) {
          const one = randomCase(seed);
          const expected = await stepped(oracle, one);
          for (const [name, backend] of backends) {
            const named = (tensors: Tensors): Tensors =>
              new Map([...tensors].map(([weight, of]) => [`${name}, ${one.name}: ${weight}`, of]));
            expectAllClose(named(await stepped(backend, one)), named(expected));
          }
        }
      }, 60_000);
    }
  });
}

/** Everything that a model holds after one step, and the loss of it. */
async function stepped(backend: Backend, { path, weights, batch: size }: Case): Promise<Tensors> {
  const batch = someBatch(path.input, size);
  const { optimiser, clipBy } = descents[weights.length % descents.length]!;
  const model = await backend.build(weights, optimiser);
  await model.write(startingValues(weights, optimiser));
  const { loss } = await model.step(path, batch, {
    ...options,
    teacherRatio: 0.5,
    ...(clipBy && { clipBy, clipNorm: 0.1 }),
  });
  const all = new Map(await model.read());
  await model.close();
  return all.set('loss', { shape: [1], data: Float32Array.of(loss) });
}
