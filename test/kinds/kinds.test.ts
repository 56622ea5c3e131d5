import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/rng.ts';
import { isKind, kinds, registry } from '../../src/kinds/index.ts';
import { childNetwork } from '../../src/nas/index.ts';
import type { Tensors } from '../../src/net/network.ts';
import { figuresOfItems } from '../../src/stage/artifacts.ts';
import { initialise } from '../../src/train/initialise.ts';
import { kindContract } from '../contract/kind.ts';
import * as samples from './samples.ts';

const {
  architecture,
  controller,
  evaluation,
  correlation,
  latencyMeasurement,
  latencyTable,
  model,
  space,
  split,
  supernet,
  trials,
} = samples;

/** The tensors with the first value of one of them changed. */
function nudged(tensors: Tensors, name: string, by: number): Tensors {
  const { shape, data } = tensors.get(name)!;
  return new Map([
    ...tensors,
    [name, { shape, data: data.map((value, i) => (i === 0 ? value + by : value)) }],
  ]);
}

const without = <K, V>(map: ReadonlyMap<K, V>, key: K): Map<K, V> =>
  new Map([...map].filter(([name]) => name !== key));

for (const kind of [kinds['train-split'], kinds['validation-split'], kinds['test-split']]) {
  kindContract(
    kind,
    split,
    [
      { name: 'name', value: { ...split, info: { ...split.info, name: 'other' } }, changes: ['name'] },
      { name: 'a pixel', value: { ...split, images: split.images.with(3, 9) }, changes: ['images'] },
      { name: 'a label', value: { ...split, labels: split.labels.with(0, 1) }, changes: ['labels'] },
      {
        name: 'fewer images',
        value: {
          info: { ...split.info, count: 3 },
          images: split.images.slice(0, 36),
          labels: split.labels.slice(0, 3),
        },
        changes: ['count'],
      },
    ],
    [
      ['labels.u8: value 3 at 1, but there are 3 classes', { ...split, labels: split.labels.with(1, 3) }],
      [
        'images.u8: 47 bytes instead of 48 as info.json has it',
        { ...split, images: split.images.subarray(1) },
      ],
      [
        'labels.u8: 3 labels instead of 4 as info.json has it',
        { ...split, labels: split.labels.subarray(1) },
      ],
      [
        'info.json: mean and deviation are not of 2 channels',
        { ...split, info: { ...split.info, mean: [0.5] } },
      ],
      ['info.json: a deviation is not positive', { ...split, info: { ...split.info, deviation: [0, 1] } }],
      ['info.json: count must be >= 1', { ...split, info: { ...split.info, count: 0 } }],
      ['info.json: the value has an unknown member "more"', { ...split, info: { ...split.info, more: 1 } }],
    ],
  );
}

kindContract(
  kinds['search-space'],
  space,
  [
    { name: 'name', value: { ...space, name: 'other' }, changes: ['name'] },
    {
      name: 'options of a block',
      value: { ...space, blocks: space.blocks.with(1, { ...space.blocks[1]!, kernel: [3] }) },
      changes: ['blocks.1.kernel'],
    },
  ],
  [
    ['space.json: classes must be >= 2', { ...space, classes: 1 }],
    ['two blocks are called b1', { ...space, blocks: space.blocks.with(1, space.blocks[0]!) }],
  ],
);

const choice = Object.keys(architecture.choices).find((block) => block.endsWith('.kernel'))!;
kindContract(
  kinds.architecture,
  architecture,
  [
    {
      name: 'a choice',
      value: { ...architecture, choices: { ...architecture.choices, [choice]: '9' } },
      changes: [choice],
    },
    {
      name: 'cost and accuracy',
      value: {
        ...architecture,
        costs: { ...architecture.costs, latency: 0.5 },
        accuracy: { ...architecture.accuracy!, value: 0.625, images: 80 },
      },
      changes: ['latency', 'accuracy', 'accuracy.images'],
    },
    {
      name: 'a figure',
      value: { ...architecture, log: { samples: 41, entropy: 3.5 } },
      changes: ['log.samples'],
    },
  ],
  [
    [
      'architecture.json: origin must be one of controller, evolution, gates, netadapt, random, published, user',
      { ...architecture, origin: 'luck' },
    ],
    [
      'architecture.json: accuracy.value must be <= 1',
      { ...architecture, accuracy: { ...architecture.accuracy, value: 2 } },
    ],
  ],
);

const someWeight = [...supernet.weights.keys()][0]!;
kindContract(
  kinds.supernet,
  supernet,
  [
    { name: 'steps', value: { ...supernet, info: { ...supernet.info, steps: 121 } }, changes: ['steps'] },
    {
      name: 'a weight',
      value: { ...supernet, weights: nudged(supernet.weights, someWeight, 1) },
      changes: ['weights'],
    },
    {
      name: 'a tensor less',
      value: { ...supernet, weights: without(supernet.weights, someWeight) },
      changes: ['weights'],
    },
  ],
  [
    ['info.json: the value lacks the member "space"', { ...supernet, info: { steps: 0, phases: [] } }],
    ['weights.safetensors: expected a Map of tensors', { ...supernet, weights: {} }],
    [
      'weights.safetensors: x has shape [2] but 3 values',
      { ...supernet, weights: new Map([['x', { shape: [2], data: new Float32Array(3) }]]) },
    ],
  ],
);

kindContract(
  kinds.controller,
  controller,
  [
    {
      name: 'entropy',
      value: { ...controller, info: { ...controller.info, entropy: 10 } },
      changes: ['entropy'],
    },
    {
      name: 'a probability',
      value: {
        ...controller,
        info: {
          ...controller.info,
          probabilities: { ...controller.info.probabilities, 'b1.block': [0.25, 0.75] },
        },
      },
      changes: ['probabilities'],
    },
    {
      name: 'a logit',
      value: { ...controller, weights: nudged(controller.weights, 'logits/b1.block', 1) },
      changes: ['weights'],
    },
  ],
  [
    [
      'info.json: the probabilities of b1.kernel add up to 1.25',
      { ...controller, info: { ...controller.info, probabilities: { 'b1.kernel': [0.5, 0.5, 0.25] } } },
    ],
  ],
);

kindContract(
  kinds.trials,
  trials,
  [
    { name: 'one less', value: trials.slice(0, 2), changes: ['trials'] },
    {
      name: 'the best',
      value: trials.with(1, { ...trials[1]!, reward: 0.8 }),
      changes: ['differing trials', 'best reward'],
    },
    { name: 'none', value: [], changes: ['trials', 'best accuracy', 'best reward', 'best encoding'] },
  ],
  [
    ['trials.jsonl, line 2: there is another trial 0', trials.with(1, trials[0]!)],
    ['trials.jsonl, line 3: cost must be >= 0', trials.with(2, { ...trials[2]!, cost: -1 })],
  ],
);

const weightName = model.network.weights[0]!.name;
const activation = model.network.layers.find(({ op }) => op === 'activation')!.id;
kindContract(
  kinds.model,
  model,
  [
    {
      name: 'preprocessing',
      value: { ...model, info: { ...model.info, mean: [0.5] } },
      changes: ['mean'],
    },
    {
      name: 'a weight',
      value: { ...model, weights: nudged(model.weights, weightName, 1) },
      changes: ['weights'],
    },
    {
      name: 'an activation',
      value: {
        ...model,
        network: {
          ...model.network,
          layers: model.network.layers.map((layer) =>
            layer.op === 'activation' && layer.id === activation ? { ...layer, fn: 'tanh' } : layer,
          ),
        },
      },
      changes: [`layer ${activation}.fn`],
    },
  ],
  [
    [
      `weights.safetensors: ${weightName} is missing`,
      { ...model, weights: without(model.weights, weightName) },
    ],
    [
      'weights.safetensors: stray is no weight of the network',
      {
        ...model,
        weights: new Map([...model.weights, ['stray', { shape: [1], data: new Float32Array(1) }]]),
      },
    ],
    [
      'network.json: 3 logits for 2 classes',
      { ...model, info: { ...model.info, classes: ['left', 'right'] } },
    ],
    [
      'network.json: the output is nowhere, which no layer produces',
      { ...model, network: { ...model.network, output: 'nowhere' } },
    ],
    [
      'network.json: the input has another shape than in info.json',
      { ...model, info: { ...model.info, input: { h: 27, w: 28, c: 1 } } },
    ],
  ],
);

kindContract(
  kinds.evaluation,
  evaluation,
  [
    {
      name: 'a metric',
      value: { ...evaluation, metrics: { ...evaluation.metrics, negativeLogLikelihood: 0.5 } },
      changes: ['negativeLogLikelihood'],
    },
    {
      name: 'a prediction',
      value: { ...evaluation, probabilities: evaluation.probabilities.with(3, 0.75) },
      changes: ['predictions'],
    },
    {
      name: 'a probability',
      value: { ...evaluation, probabilities: evaluation.probabilities.with(0, 0.75) },
      changes: ['probabilities'],
    },
  ],
  [
    ['labels.u8: 3 labels for 4 images', { ...evaluation, labels: evaluation.labels.subarray(1) }],
    [
      'probabilities.safetensors: 11 values for 4 x 3',
      { ...evaluation, probabilities: evaluation.probabilities.subarray(1) },
    ],
    [
      'metrics.json: the confusion matrix is not 3 x 3',
      { ...evaluation, metrics: { ...evaluation.metrics, confusion: [[4]] } },
    ],
    [
      'metrics.json: the confusion matrix counts 5 of 4 images',
      {
        ...evaluation,
        metrics: { ...evaluation.metrics, confusion: evaluation.metrics.confusion.with(1, [1, 1, 0]) },
      },
    ],
    [
      'metrics.json: accuracy 0.5, but 3 of 4 on the diagonal',
      {
        ...evaluation,
        metrics: { ...evaluation.metrics, accuracy: { ...evaluation.metrics.accuracy, value: 0.5 } },
      },
    ],
  ],
);

kindContract(
  kinds['latency-table'],
  latencyTable,
  [
    {
      name: 'an entry',
      value: {
        ...latencyTable,
        entries: latencyTable.entries.with(1, { ...latencyTable.entries[1]!, median: 0.125 }),
      },
      changes: ['entries.dense 64 3'],
    },
    {
      name: 'an entry less',
      value: { ...latencyTable, entries: latencyTable.entries.slice(0, 1) },
      changes: ['entries.only in the first'],
    },
    {
      name: 'the device',
      value: { ...latencyTable, device: { ...latencyTable.device, threads: 2 } },
      changes: ['device.threads'],
    },
  ],
  [
    [
      'table.json: entries.1 (conv 28x28x1 k3) is not sorted behind dense 64 3',
      { ...latencyTable, entries: latencyTable.entries.toReversed() },
    ],
    ['table.json: unit must be "ms"', { ...latencyTable, unit: 's' }],
  ],
);

kindContract(
  kinds.correlation,
  correlation,
  [
    {
      name: 'the coefficient',
      value: { ...correlation, kendall: { value: 0.5, low: 0, high: 1 } },
      changes: ['kendall.value'],
    },
    {
      name: 'an architecture more',
      value: {
        ...correlation,
        pairs: [...correlation.pairs, { encoding: [0, 0, 0], cheap: 0.5, trained: 0.5 }],
      },
      changes: ['architectures', 'pairs that differ'],
    },
  ],
  [
    ['correlation.json: pairs must NOT have fewer than 2 items', { ...correlation, pairs: [] }],
    [
      'correlation.json: the interval of kendall ends before it begins',
      { ...correlation, kendall: { value: 0, low: 0.5, high: 0 } },
    ],
  ],
);

kindContract(
  kinds['latency-measurement'],
  latencyMeasurement,
  [{ name: 'median', value: { ...latencyMeasurement, median: 1.3 }, changes: ['latency'] }],
  [['latency.json: the median 2 does not lie in 1.125…1.5', { ...latencyMeasurement, median: 2 }]],
);

kindContract(
  kinds.json,
  { list: [1, [2, 3], { deep: null }], name: 'x', '10': true, '9': -0.5 },
  [
    {
      name: 'a deep member',
      value: { list: [1, [2, 4], { deep: null }], name: 'x', '10': true, '9': -0.5 },
      changes: ['list.1'],
    },
    { name: 'another form', value: [1], changes: ['value'] },
  ],
  [
    ['value.json: a is NaN, which JSON cannot hold', { a: Number.NaN }],
    ['value.json: ["b c"][0] is a Map, which JSON cannot hold', { 'b c': [new Map()] }],
    ['value.json: a is undefined, which JSON cannot hold', { a: undefined }],
  ],
);

describe('differs', () => {
  test('an accuracy is compared with the margins of both', () => {
    const moved = (value: number, margin: number): typeof evaluation => ({
      ...evaluation,
      metrics: { ...evaluation.metrics, margin, accuracy: { ...evaluation.metrics.accuracy, value } },
    });
    const [first] = kinds.evaluation.diff(moved(0.909, 0.006), moved(0.913, 0.006));
    expect(first).toMatchObject({ what: 'test accuracy', from: 0.909, to: 0.913, unit: 'share' });
    expect(first!.note).toBe('within noise (± 0.8 %)');
    expect(kinds.evaluation.diff(moved(0.9, 0.006), moved(0.913, 0.006))[0]!.note).toBe(
      'beyond noise (± 0.8 %)',
    );
  });

  test('weights are compared by the largest difference in proportion', () => {
    const tensors = (...values: number[]): Tensors =>
      new Map([
        ['a', { shape: [2], data: Float32Array.of(4, 1) }],
        ['b', { shape: [values.length], data: Float32Array.from(values) }],
      ]);
    const of = (weights: Tensors) => ({ ...supernet, weights });
    expect(kinds.supernet.diff(of(tensors(2, -8)), of(tensors(2, -6)))).toEqual([
      {
        what: 'weights',
        delta: 0.25,
        note: '1 of 2 tensors with other values, most of all b by 0.250 of its largest',
      },
    ]);
    expect(kinds.supernet.diff(of(tensors(0)), of(tensors(1e-9)))[0]).toMatchObject({ delta: 1 });
    expect(kinds.supernet.diff(of(tensors(2)), of(tensors(2, 3)))).toEqual([
      { what: 'weights', note: '1 tensor of another shape' },
    ]);
  });

  test('models of two architectures are told apart in a few lines', () => {
    const encoding = model.info.architecture!.encoding.map(() => 0);
    const network = childNetwork(space, encoding);
    const other = {
      ...model,
      info: { ...model.info, architecture: { ...model.info.architecture!, encoding } },
      network,
      weights: initialise(network.weights, createRng(1)),
    };
    const changes = kinds.model.diff(model, other);
    expect(changes.map(({ what }) => what)).toEqual([
      'params',
      'macs',
      'architecture.encoding',
      'layers',
      'weights',
    ]);
    expect(changes[3]!.note).toMatch(/^\d+ in both, \d+ of them changed$/);
    expect(changes[4]!.note).toMatch(/only in the (first|second)/);
  });

  test('a controller is compared by the choice block that moved most', () => {
    const probabilities = { 'b1.kernel': [0.25, 0.5, 0.25], 'b1.block': [0.25, 0.75] };
    expect(
      kinds.controller.diff(controller, { ...controller, info: { ...controller.info, probabilities } }),
    ).toEqual([
      {
        what: 'probabilities',
        delta: 0.25,
        unit: 'share',
        note: '2 of 2 choice blocks moved; most of all b1.kernel',
      },
    ]);
  });

  test('choices are named with both options, numbers in their order', () => {
    const [first, second] = kinds.architecture.diff(
      { ...architecture, choices: { 'b10.kernel': '3', 'b2.kernel': '5' } },
      { ...architecture, choices: { 'b10.kernel': '7', 'b2.kernel': '3' } },
    );
    expect(first).toEqual({ what: 'b2.kernel', from: '5', to: '3' });
    expect(second).toEqual({ what: 'b10.kernel', from: '3', to: '7' });
  });
});

describe('registry', () => {
  test('knows every kind by its own name', () => {
    for (const [name, { kind }] of Object.entries(kinds)) expect(kind).toBe(name);
    expect(isKind('model')).toBe(true);
    expect(isKind('constructor')).toBe(false);
  });

  test('two kinds of one name are our bug', () => {
    expect(() => registry([kinds.model, kinds.model])).toThrow(
      'internal error: expected one kind "model", got two',
    );
  });

  test('a kind without an entry is our bug', () => {
    const { model: _, ...others } = kinds;
    expect(() => registry(Object.values(others))).toThrow(
      'internal error: expected every kind, got none of model',
    );
  });
});

test('a foreach may rank trials by each number of their schema, and by nothing else', () => {
  interface Shape {
    readonly type: string;
    readonly properties?: { readonly [name: string]: Shape };
  }
  const numbers = ({ type, properties = {} }: Shape, path: string): string[] => {
    if (type === 'number' || type === 'integer') return [path];
    const inside = Object.entries(properties).flatMap(([name, shape]) =>
      numbers(shape, path === '' ? name : `${path}.${name}`),
    );
    return 'value' in properties ? [path, ...inside] : inside;
  };
  const schema = JSON.parse(readFileSync('schemas/artifacts/trials.schema.json', 'utf8'));
  expect(new Set(figuresOfItems.trials)).toEqual(new Set(numbers(schema, '')));
});
