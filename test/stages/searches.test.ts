import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Result } from '../../src/base/result.ts';
import { openCpuBackend } from '../../src/cpu/index.ts';
import {
  encodingKey,
  latencyCost,
  macsCost,
  paramsCost,
  resolveTarget,
  supernetPath,
} from '../../src/nas/index.ts';
import type { Backend, Network } from '../../src/net/index.ts';
import type { Architecture, Controller, Trial } from '../../src/stage/index.ts';
import { choose } from '../../stages/proxyless-finetune/derive.ts';
import { bytesOf, failureOf, runStage, type Setup } from './harness.ts';
import {
  architecture,
  digests,
  space,
  spaceDigest,
  supernet,
  table,
  tableSum,
  train,
  trial,
  validation,
} from './tiny.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await openCpuBackend({ threads: 1 });
});
afterAll(() => backend.close());

function orThrow<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.failures[0]!.message);
  return result.value;
}

/** What tells a path from another. */
const layersOf = ({ layers }: Network): string => JSON.stringify(layers);

const macs = macsCost(space);
const latencyOf = orThrow(latencyCost(space, spaceDigest, table));
const limitAt = (fraction: number): number => {
  const limit = resolveTarget(macs, { fraction });
  if (!limit.ok) throw new Error('expected a reachable limit');
  return limit.value;
};
const inputs = { train, validation, space, supernet };
const setup = (params: object, more: object = {}): Setup => ({
  params: { recalibrationImages: 16, ...params } as never,
  inputs: { ...inputs, ...more },
  inputDigests: digests,
  backend,
});

test('an impossible target ends every search before a backend is even opened', async () => {
  const target = { quantity: 'macs', value: 10 };
  const { min, max } = macs.range();
  for (const [type, params, more] of [
    ['controller-search', { target }, {}],
    ['evolutionary-refinement', { limit: target }, { trials: [] }],
    ['random-search', { limit: target }, {}],
    ['proxyless-finetune', { target }, { architecture: architecture([0, 0, 0, 0, 0, 0, 0]) }],
  ] as const) {
    const { backend: _, ...without } = setup(params, more);
    const { code, message } = await failureOf(type, without);
    expect(code).toBe('impossible-target');
    expect(message).toContain('10 MACs cannot be reached');
    expect(message).toContain(
      `${Number((min / 1e3).toPrecision(4))} k MACs to ${Number((max / 1e3).toPrecision(4))} k MACs`,
    );
  }
});

test('a latency target without a table is refused', async () => {
  const { code } = await failureOf('random-search', setup({ limit: { quantity: 'latency', fraction: 0.5 } }));
  expect(code).toBe('no-latency-table');
});

test('a penalty of skips is refused where there are none', async () => {
  const params = { reward: 'accuracy', target: null };
  for (const asked of [{ skipTarget: 0.3 }, { skipWeight: 0 }]) {
    expect(await failureOf('controller-search', setup({ ...params, ...asked }))).toEqual({
      code: 'no-skips',
      message:
        'skipTarget and skipWeight are for spaces of layers with skips, such as enas-macro; small has none: leave them out',
    });
  }
});

test('a supernet of another space is refused', async () => {
  const foreign = { ...supernet, info: { ...supernet.info, space: '6'.repeat(64) } };
  const params = { limit: { quantity: 'macs', fraction: 0.5 } };
  expect((await failureOf('random-search', setup(params, { supernet: foreign }))).code).toBe(
    'space-mismatch',
  );
});

test('a hard limit that nothing of the space meets ends controller and gates before a backend is even opened', async () => {
  const limit = { quantity: 'params', value: 3 };
  const target = { quantity: 'macs', fraction: 0.5 };
  for (const type of ['controller-search', 'proxyless-finetune']) {
    const { backend: _, ...without } = setup({ target, limit });
    const { code, message } = await failureOf(type, without);
    expect(code).toBe('impossible-target');
    expect(message).toContain('a params limit of 3 parameters cannot be reached');
  }
});

test.each([
  ['controller-search', 0, 1, 'params'],
  ['controller-search', 0.3, 2, 'latency'],
  ['controller-search', 0.02, 3, 'macs'],
  ['proxyless-finetune', 0, 1, 'latency'],
  ['proxyless-finetune', 0.3, 2, 'params'],
  ['proxyless-finetune', 0.02, 3, 'macs'],
])(
  '%s never gives an architecture above a hard limit at %f, seed %i, of %s, though it aims at the dearest',
  async (type, fraction, seed, quantity) => {
    const dearest = macs.range().maxEncoding;
    const { outputs } = await runStage(type, {
      ...setup(
        {
          batch: 8,
          steps: 2,
          derive: 3,
          target: { quantity: 'macs', fraction: 1 },
          limit: { quantity, fraction },
          ...(type === 'controller-search'
            ? { validationBatch: 10 }
            : { gateBatch: 8, neighbourhood: 0.999 }),
        },
        { table, ...(type === 'proxyless-finetune' && { architecture: architecture([...dearest]) }) },
      ),
      seed,
    });
    const model = { macs, params: paramsCost(space), latency: latencyOf }[quantity as 'macs'];
    const { min, max } = model.range();
    const limit = min + fraction * (max - min);
    expect(model.cost((outputs!.architecture as Architecture).encoding)).toBeLessThanOrEqual(limit);
    const derived = (outputs!.trials as Trial[]).filter(({ phase }) => phase === 'derive');
    const kept = derived.filter(({ encoding }) => model.cost(encoding) <= limit);
    // of the gates the given architecture is evaluated too, for comparison
    expect(derived.length - kept.length).toBe(type === 'controller-search' ? 0 : 1);
    expect(derived).toHaveLength(type === 'controller-search' ? 3 : 5);
  },
);

test.each(['factorised', 'ppo'])(
  'the controller %s is paid by the reward asked for, and the best of its final candidates is derived',
  async (kind) => {
    const { outputs } = await runStage(
      'controller-search',
      setup(
        {
          batch: 8,
          steps: 4,
          samples: 2,
          validationBatch: 10,
          derive: 3,
          reward: 'mnas-hard',
          costExponent: -0.5,
          controller: kind,
          target: { quantity: 'latency', value: 10 },
        },
        { table },
      ),
    );
    const trials = outputs!.trials as Trial[];
    expect(trials.map(({ index }) => index)).toEqual(trials.map((_, i) => i));
    for (const { encoding, reward, accuracy, cost, costs } of trials) {
      expect(cost).toBeCloseTo(tableSum(encoding), 9);
      expect(costs.latency).toBe(cost);
      expect(reward).toBeCloseTo(cost <= 10 ? accuracy.value : accuracy.value * (cost / 10) ** -0.5, 9);
    }
    const searched = trials.filter(({ phase }) => phase === 'search');
    const derived = trials.filter(({ phase }) => phase === 'derive');
    expect(searched).toHaveLength(8);
    expect(searched.every(({ accuracy }) => accuracy.images === 10)).toBe(true);
    expect(derived).toHaveLength(3);
    expect(derived.every(({ accuracy }) => accuracy.images === validation.info.count)).toBe(true);
    const best = derived.reduce((a, b) => (b.reward! > a.reward! ? b : a));
    const found = outputs!.architecture as Architecture;
    expect(found).toMatchObject({ encoding: best.encoding, accuracy: best.accuracy, origin: 'controller' });
    expect(found.space).toBe(spaceDigest);
    const controller = outputs!.controller as Controller;
    expect(controller.info).toMatchObject({ controller: kind, steps: 4 });
    expect([...controller.weights.keys()].some((name) => name.startsWith('adam:'))).toBe(false);
  },
);

test.each(['trained', 'sampled'])('what is rewarded: paths that were %s', async (rewarded) => {
  const trained: string[] = [];
  const watched: Backend = {
    ...backend,
    async build(weights, optimiser) {
      const model = await backend.build(weights, optimiser);
      const step = model.step.bind(model);
      return Object.assign(model, {
        step(...[path, batch, options]: Parameters<typeof step>) {
          trained.push(layersOf(path));
          return step(path, batch, options);
        },
      });
    },
  };
  const params = {
    batch: 8,
    steps: 2,
    weightSteps: 3,
    validationBatch: 10,
    derive: 1,
    controller: 'factorised',
    controllerStart: 0,
    rewarded,
    target: { quantity: 'macs', fraction: 0.4 },
    ...(rewarded === 'sampled' && { samples: 3 }),
  };
  const { outputs } = await runStage('controller-search', { ...setup(params), backend: watched });
  const searched = (outputs!.trials as Trial[]).filter(({ phase }) => phase === 'search');
  const paths = searched.map(({ encoding }) => layersOf(supernetPath(space, encoding)));
  expect([trained.length, paths.length]).toEqual([6, 6]);
  expect(paths.join() === trained.join()).toBe(rewarded === 'trained');
});

test.each(['macro-f1', 'likelihood'] as const)(
  'the controller may be paid by %s instead of accuracy',
  async (metric) => {
    const params = {
      batch: 8,
      steps: 2,
      validationBatch: 10,
      derive: 3,
      target: { quantity: 'macs', fraction: 0.3 },
    };
    const { outputs } = await runStage(
      'controller-search',
      setup({ ...params, metric, reward: 'mnas-soft' }),
    );
    const trials = outputs!.trials as Trial[];
    for (const { quality, reward, cost } of trials) {
      expect(quality!.metric).toBe(metric);
      expect(reward).toBeCloseTo(quality!.value * (cost / limitAt(0.3)) ** -0.07, 9);
    }
    expect(trials.some(({ quality, accuracy }) => quality!.value !== accuracy.value)).toBe(true);
    const derived = trials.filter(({ phase }) => phase === 'derive');
    const best = derived.reduce((a, b) => (b.reward! > a.reward! ? b : a));
    expect((outputs!.architecture as Architecture).encoding).toEqual(best.encoding);
  },
);

test('how many candidates are looked at in the end leaves the trained weights alone', async () => {
  const weightsAfter = async (derive: number) => {
    const params = { batch: 8, steps: 1, validationBatch: 10, derive, reward: 'accuracy' };
    return bytesOf((await runStage('controller-search', setup(params))).outputs!.supernet);
  };
  expect(await weightsAfter(4)).toEqual(await weightsAfter(1));
});

test('the reward accuracy has no target', async () => {
  const { outputs } = await runStage(
    'controller-search',
    setup({ batch: 8, steps: 1, validationBatch: 10, derive: 1, reward: 'accuracy', hidden: 5 }),
  );
  const [first] = outputs!.trials as Trial[];
  expect(first!.reward).toBe(first!.accuracy.value);
  expect(first!.target).toBeUndefined();
  expect(first!.cost).toBe(first!.costs.macs);
  const { weights } = outputs!.controller as Controller;
  expect([...weights.values()].some(({ shape }) => shape.includes(5))).toBe(true);
});

test('evolution starts from the best allowed trials, never leaves the limit, and returns the best it saw', async () => {
  const [low, wide, tall] = [
    [0, 0, 0, 0, 0, 0, 0],
    [0, 1, 0, 1, 0, 0, 1],
    [1, 2, 0, 2, 1, 1, 0],
  ] as const;
  const limit = macs.cost(wide);
  expect(macs.cost(tall)).toBeGreaterThan(limit);
  const { outputs } = await runStage(
    'evolutionary-refinement',
    setup(
      {
        limit: { quantity: 'macs', value: limit },
        evaluations: 14,
        strategy: { kind: 'aging-evolution', population: 4, tournament: 3, mutations: 2 },
        start: 3,
      },
      {
        trials: [
          trial(0, low, 0.9, 7),
          trial(1, tall, 1, 21),
          trial(2, wide, 0.2, 21),
          trial(3, wide, 0.4, 7),
        ],
      },
    ),
  );
  const trials = outputs!.trials as Trial[];
  expect(trials).toHaveLength(14);
  // Measured on more images comes first; the one above the limit is passed over, the repeat counts once.
  expect(trials.slice(0, 2).map(({ encoding }) => encoding)).toEqual([[...wide], [...low]]);
  expect(trials.map(({ phase }) => phase).slice(0, 5)).toEqual([
    're-evaluated',
    're-evaluated',
    'population',
    'population',
    'evolve',
  ]);
  expect(trials.every(({ cost }) => cost <= limit)).toBe(true);
  expect(trials.slice(4).every(({ parent, index }) => parent! < index)).toBe(true);
  const byEncoding = new Map(trials.map((each) => [encodingKey(each.encoding), each.accuracy.value]));
  for (const { encoding, accuracy } of trials)
    expect(byEncoding.get(encodingKey(encoding))).toBe(accuracy.value);
  const best = Math.max(...trials.map(({ accuracy }) => accuracy.value));
  expect((outputs!.architecture as Architecture).accuracy).toEqual({
    value: best,
    provenance: 'inherited',
    split: 'validation',
    images: 21,
  });
});

test('random search never repeats an architecture', async () => {
  const { outputs } = await runStage(
    'random-search',
    setup({ limit: { quantity: 'macs', fraction: 0.3 }, evaluations: 12 }),
  );
  const trials = outputs!.trials as Trial[];
  expect(new Set(trials.map(({ encoding }) => encodingKey(encoding))).size).toBe(12);
  expect(trials.every(({ cost }) => cost <= limitAt(0.3))).toBe(true);
});

test('fine-tuning takes the most accurate within the target, and the cheapest where none is', () => {
  const trials = [
    { ...trial(0, [0, 0, 0, 0, 0, 0, 0], 0.7, 21), cost: 5 },
    { ...trial(1, [0, 0, 0, 0, 0, 0, 1], 0.9, 21), cost: 9 },
    { ...trial(2, [0, 0, 0, 0, 0, 1, 0], 0.8, 21), cost: 6 },
  ];
  expect(choose(trials, 7).index).toBe(2);
  expect(choose(trials, 9).index).toBe(1);
  expect(choose(trials, 4).index).toBe(0);
});

test('gates that start next to an architecture and do not move give it back', async () => {
  const given = [0, 1, 0, 1, 0, 1, 0];
  const { outputs, summary } = await runStage(
    'proxyless-finetune',
    setup(
      {
        batch: 8,
        steps: 2,
        gateStart: 1,
        neighbourhood: 0.999,
        derive: 0,
        target: { quantity: 'macs', fraction: 1 },
      },
      { architecture: architecture(given) },
    ),
  );
  expect((outputs!.architecture as Architecture).encoding).toEqual(given);
  expect(summary.architecture).toBe('architecture kept');
});

test('a heavy cost in the loss of the gates makes the architecture cheaper', async () => {
  for (const loss of [
    { kind: 'add-linear', weight: 50 },
    { kind: 'mul-log', scale: 50, exponent: 50 },
    { kind: 'reinforce', samples: 12, metric: 'likelihood', costExponent: -3 },
  ]) {
    const start = architecture([0, 1, 1, 2, 1, 1, 0]);
    const { outputs } = await runStage(
      'proxyless-finetune',
      setup(
        {
          batch: 8,
          steps: 12,
          gateStart: 0,
          gateEvery: 1,
          gateRate: 0.5,
          gateBatch: 8,
          loss,
          derive: 0,
          target: { quantity: 'latency', fraction: 0.2 },
        },
        { architecture: start, table },
      ),
    );
    const { log } = outputs!.architecture as Architecture;
    expect(log.mostProbableCost!).toBeLessThan(tableSum(start.encoding));
  }
});
