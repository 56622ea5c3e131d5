import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import { openCpuBackend } from '../../src/cpu/index.ts';
import {
  isValidEncoding,
  macsCost,
  paramsCost,
  randomEncoding,
  type SearchSpace,
  supernetWeights,
} from '../../src/nas/index.ts';
import type { Backend } from '../../src/net/index.ts';
import type { Architecture, Supernet, Trial } from '../../src/stage/index.ts';
import { initialise } from '../../src/train/index.ts';
import { smallNamedSpaces } from '../nas/small-spaces.ts';
import { sidedSpace, variedSpace } from '../nas/spaces.ts';
import { bytesOf, failureOf, runStage, type Setup } from './harness.ts';
import { digests, space as gatedSpace, spaceDigest, train, validation } from './tiny.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await openCpuBackend({ threads: 1 });
});
afterAll(() => backend.close());

const named = new Map(smallNamedSpaces({ input: gatedSpace.input, classes: gatedSpace.classes }));

/** A search of a space by gates that starts at a random architecture. */
function searchOf(space: SearchSpace): (params: object) => Setup {
  const given = randomEncoding(space, createRng(5));
  const supernet: Supernet = {
    info: { space: spaceDigest, steps: 0, phases: [] },
    weights: initialise(supernetWeights(space), createRng(9)),
  };
  return (params) => ({
    params: {
      batch: 8,
      augment: { pad: 1, flip: false, cutout: 0 },
      steps: 2,
      gateStart: 0,
      gateEvery: 1,
      gateBatch: 8,
      gateRate: 0.5,
      derive: 1,
      recalibrationImages: 16,
      target: { quantity: 'macs', fraction: 0.6 },
      ...params,
    } as never,
    inputs: {
      train,
      validation,
      space,
      supernet,
      architecture: { space: spaceDigest, encoding: [...given] },
    },
    inputDigests: digests,
    backend,
  });
}

describe.each([
  ['stacks, of two sides of images', sidedSpace],
  ...['enas-macro-channels', 'enas-micro'].map((name) => [name, named.get(name)!] as const),
] as const)('%s', (_, space) => {
  const setup = searchOf(space);
  const reinforce = { kind: 'reinforce', samples: 2, metric: 'likelihood' };

  test('is searched by REINFORCE, below a hard limit, to the same bytes each time', async () => {
    const params = { loss: reinforce, limit: { quantity: 'params', fraction: 0.4 } };
    const { outputs, ticks } = await runStage('proxyless-finetune', setup(params));
    const cost = paramsCost(space);
    const { min, max } = cost.range();
    const found = outputs!.architecture as Architecture;
    expect(isValidEncoding(space, found.encoding)).toBe(true);
    expect(found).toMatchObject({ origin: 'gates', log: { gateSteps: 2 } });
    expect(cost.cost(found.encoding)).toBeLessThanOrEqual(min + 0.4 * (max - min));
    const trials = outputs!.trials as Trial[];
    expect(trials).toHaveLength(3);
    for (const { encoding, costs } of trials) expect(costs.macs).toBe(macsCost(space).cost(encoding));
    expect(ticks[1]!.metrics).toMatchObject({
      reward: expect.any(Number),
      baseline: expect.any(Number),
      cost: expect.any(Number),
    });
    const again = await runStage('proxyless-finetune', setup(params));
    expect(bytesOf(again.outputs)).toEqual(bytesOf(outputs));
  });

  test('cheaper architectures become more probable where cost is all that is rewarded', async () => {
    const { ticks } = await runStage(
      'proxyless-finetune',
      setup({
        loss: { ...reinforce, samples: 20, costExponent: -3 },
        steps: 6,
        derive: 0,
        neighbourhood: 0.4,
        target: { quantity: 'macs', fraction: 0.1 },
      }),
    );
    const costs = ticks.slice(0, 6).map(({ metrics }) => metrics!.cost as number);
    expect(costs[5]!).toBeLessThan(costs[0]!);
  });

  test.each(['add-linear', 'mul-log'])('is refused where %s needs gradients at its gates', async (kind) => {
    const { backend: _, ...without } = setup({ loss: { kind } });
    const reinforce = '"loss": {"kind": "reinforce"} needs none and searches it';
    const none = {
      sided: `but the choice resolution.side of sided can have none: a gate mixes what its options make of one batch, and images of 4 and 7 pixels are not in one batch; ${reinforce}, and a space with one of the sides has gates`,
      'enas-macro-channels': `but the choices of channels of enas-macro-channels have none: gates are drawn independently, and where channels begin limits how many there are; ${reinforce}, and with the partition 0 a macro space has gates`,
      'enas-micro': `which spaces of the grammars mobilenet, stacks and macro have, but enas-micro is of the grammar cells, in which a choice is made for all cells of a kind at once; ${reinforce}`,
    }[space.name];
    expect(await failureOf('proxyless-finetune', without)).toEqual({
      code: 'no-gates',
      message: `the loss ${kind} takes gradients at path gates, ${none}`,
    });
  });
});

describe.each([
  ['stacks with every kind of choice', variedSpace],
  ['enas-macro', named.get('enas-macro')!],
] as const)('%s, by the gradient', (_, space) => {
  const setup = searchOf(space);

  test.each([
    ['full', { kind: 'add-linear', weight: 50 }],
    ['two', { kind: 'mul-log', scale: 50, exponent: 50 }],
  ])('mode %s: cheaper architectures become more probable where cost is heavy', async (mode, loss) => {
    const params = {
      mode,
      loss,
      steps: mode === 'full' ? 6 : 24,
      derive: 0,
      neighbourhood: 0.4,
      target: { quantity: 'macs', fraction: 0.1 },
    };
    const { ticks, outputs } = await runStage('proxyless-finetune', setup(params));
    const expected = ticks.slice(0, params.steps).map(({ metrics }) => metrics!.cost as number);
    expect(expected.at(-1)!).toBeLessThan(0.8 * expected[0]!);
    const { log, encoding } = outputs!.architecture as Architecture;
    expect(isValidEncoding(space, encoding)).toBe(true);
    expect(log.gateSteps).toBe(params.steps);
    expect(log.mostProbableCost!).toBeLessThan(expected[0]!);
  });
});

test('gates of stacks are moved on images that are resized to the one side that a space has', async () => {
  const space = { ...sidedSpace, sides: [4] };
  const { outputs } = await runStage('proxyless-finetune', searchOf(space)({ loss: { kind: 'add-linear' } }));
  expect(isValidEncoding(space, (outputs!.architecture as Architecture).encoding)).toBe(true);
});
