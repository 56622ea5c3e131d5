import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/rng.ts';
import { isKind, kinds, registry } from '../../src/kinds/index.ts';
import { childNetwork } from '../../src/nas/index.ts';
import type { Tensors } from '../../src/net/network.ts';
import { figuresOfItems } from '../../src/stage/artifacts.ts';
import { initialise } from '../../src/train/initialise.ts';
import { kindContract } from '../contract/kind.ts';
import { architecture, controller, evaluation, model, space, supernet } from './samples.ts';

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
  test('an accuracy is compared with the margins of both, on the same images with that of their difference', () => {
    const moved = (value: number, first = evaluation.labels[0]!): typeof evaluation => ({
      metrics: { ...evaluation.metrics, margin: 0.006, accuracy: { ...evaluation.metrics.accuracy, value } },
      probabilities: evaluation.probabilities,
      labels: evaluation.labels.with(0, first),
    });
    const [first] = kinds.evaluation.diff(moved(0.909), moved(0.913, 1));
    expect(first).toMatchObject({ what: 'test accuracy', from: 0.909, to: 0.913, unit: 'share' });
    expect(first!.note).toBe('within noise (± 0.8 %)');
    expect(kinds.evaluation.diff(moved(0.9), moved(0.913, 1))[0]!.note).toBe('beyond noise (± 0.8 %)');
    const worse = {
      ...moved(0.5),
      probabilities: evaluation.probabilities.with(0, 0),
    };
    expect(kinds.evaluation.diff(moved(0.75), worse)[0]!.note).toBe(
      'within noise (± 42.4 % on the same images)',
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
