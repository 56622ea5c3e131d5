import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCpuBackend } from '../../src/cpu/index.ts';
import type { Backend } from '../../src/net/index.ts';
import { runStage, type Setup } from './harness.ts';
import { digests } from './tiny.ts';
import { trainingCases } from './training-cases.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await openCpuBackend({ threads: 1 });
});
afterAll(() => backend.close());

type Change = { readonly params?: object; readonly inputDigests?: object };

const rate = { learningRate: { kind: 'constant', rate: 0.01 } };

/** Stage type, tick of the checkpoint, what a branch may change there, and what it may not and why. */
const branches: readonly (readonly [
  type: string,
  at: number,
  may: object,
  mayNot: readonly (readonly [Change, RegExp])[],
])[] = [
  [
    'supernet-warmup',
    5,
    rate,
    [
      [{ params: { batch: 4 } }, /^the checkpoint counts in batches of 8 images, and a batch has 4 now$/],
      [{ params: { epochs: 0.5 } }, /^the checkpoint is at step 5, but there are only \d steps$/],
      [
        { params: { momentum: 0 } },
        /^the network or its optimiser is another: .* is \[.*\] in the checkpoint and absent here$/,
      ],
    ],
  ],
  [
    'controller-search',
    4,
    { ...rate, samples: 1 },
    [
      [{ params: { reward: 'accuracy' } }, /^reward changed \("tunas-absolute" → "accuracy"\), and what the/],
      [{ params: { controller: 'factorised' } }, /^controller changed \("lstm" → "factorised"\)/],
      [{ inputDigests: { validation: 'f'.repeat(64) } }, /^input validation changed, and what the/],
    ],
  ],
  [
    'evolutionary-refinement',
    6,
    { strategy: { kind: 'aging-evolution', population: 4, tournament: 1, mutations: 2 } },
    [
      [{ params: { strategy: { kind: 'aging-evolution', population: 3 } } }, /^population changed \(4 → 3\)/],
      [
        { params: { strategy: { kind: 'evolution', population: 4 } } },
        /^strategy changed \("aging-evolution" → "evolution"\)/,
      ],
      [
        { params: { limit: { quantity: 'params', fraction: 0.6 } } },
        /^limit changed \(\{"fraction":0.6,"quantity":"macs"\} → /,
      ],
      [{ params: { evaluations: 5 } }, /^the checkpoint has 6 evaluations, but there are to be only 5$/],
    ],
  ],
  [
    'random-search',
    4,
    { evaluations: 6 },
    [[{ params: { recalibrationImages: 8 } }, /^recalibrationImages changed \(16 → 8\)/]],
  ],
  [
    'proxyless-finetune',
    7,
    { derive: 1 },
    [[{ params: { target: { quantity: 'macs', fraction: 0.4 } } }, /^target changed/]],
  ],
  [
    'final-train',
    5,
    { ...rate, epochs: 3 },
    [[{ params: { emaDecay: 0 } }, /^the network or its optimiser is another: ema:/]],
  ],
];

describe.each(branches)('%s, branched at a checkpoint', (type, at, may, mayNot) => {
  const { setup } = trainingCases.find((each) => each.type === type)!;
  const changed = ({ params, inputDigests }: Change): Setup => ({
    ...setup,
    params: { ...(setup.params as object), ...params } as Setup['params'],
    inputDigests: { ...digests, ...inputDigests },
    backend,
  });

  test('goes on with params that may change, and says of others why not', async () => {
    const { checkpoint: resume } = await runStage(type, changed({}), { stopAt: at });
    const { outputs } = await runStage(type, changed({ params: may }), { resume: resume! });
    expect(outputs).toBeDefined();
    for (const [change, message] of mayNot) {
      await expect(runStage(type, changed(change), { resume: resume! })).rejects.toMatchObject({
        code: 'checkpoint-refused',
        message: expect.stringMatching(message),
      });
    }
  });
});
