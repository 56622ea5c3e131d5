import { describe, expect, test } from 'vitest';
import { type ArtifactKind, kinds, partOf } from '../../src/kinds/index.ts';
import { essenceNames } from '../../src/stage/artifacts.ts';
import { architecture, model } from './samples.ts';

const digest = (kind: keyof typeof essenceNames, name: string, value: unknown): string =>
  partOf(kinds[kind] as ArtifactKind<never>, name, value)!.digest;

test('stage types may name exactly the essences that kinds have', () => {
  const found = Object.values(kinds).flatMap(({ kind, essences }) =>
    essences === undefined ? [] : [[kind, Object.keys(essences)]],
  );
  expect(Object.fromEntries(found)).toEqual(essenceNames);
  expect(partOf(kinds.model as ArtifactKind<never>, 'toString', model)).toBeUndefined();
});

describe('choices of an architecture', () => {
  const of = (change: object): string => digest('architecture', 'choices', { ...architecture, ...change });

  test('are its encoding and its space', () => {
    const part = partOf(kinds.architecture as ArtifactKind<never>, 'choices', architecture)!;
    expect(part.value).toEqual({ space: architecture.space, encoding: architecture.encoding });
  });

  test.each([{ log: { steps: 3 } }, { origin: 'user' }, { accuracy: undefined }, { description: 'x' }])(
    'do not depend on %j',
    (change) => expect(of(change)).toBe(of({})),
  );

  test.each([{ space: '1'.repeat(64) }, { encoding: [...architecture.encoding].reverse() }])(
    'depend on %j',
    (change) => expect(of(change)).not.toBe(of({})),
  );
});

describe('of a model', () => {
  const [name] = [...model.weights.keys()];
  const { shape, data } = model.weights.get(name!)!;
  const retrained = {
    ...model,
    weights: new Map(model.weights).set(name!, { shape, data: data.map((value) => value + 1) }),
  };
  const reported = { ...model, info: { ...model.info, training: { ...model.info.training, epochs: 9 } } };
  const shifted = { ...model, info: { ...model.info, mean: [0.5] } };

  test('the predictor is all but how it was trained', () => {
    const before = digest('model', 'predictor', model);
    expect(digest('model', 'predictor', reported)).toBe(before);
    expect(digest('model', 'predictor', retrained)).not.toBe(before);
    expect(digest('model', 'predictor', shifted)).not.toBe(before);
    const { value } = partOf(kinds.model as ArtifactKind<never>, 'predictor', model)!;
    expect(Object.keys((value as typeof model).info)).not.toContain('training');
  });

  test('it knows whose its weights are: inherited ones, and ones that were trained from those, are others', () => {
    const { training } = model.info;
    const of = (change: object) => ({
      ...model,
      info: { ...model.info, training: { ...training, ...change } },
    });
    const inherited = of({ accuracy: { ...training.accuracy, provenance: 'inherited' } });
    const tuned = of({ start: 'inherited' });
    const digests = [model, inherited, tuned].map((each) => digest('model', 'predictor', each));
    expect(new Set(digests).size).toBe(3);
    const from = [model, inherited, tuned].map(
      (each) => partOf(kinds.model as ArtifactKind<never>, 'predictor', each)!.value,
    );
    expect(from).toMatchObject([
      { weightsFrom: { provenance: 'trained' } },
      { weightsFrom: { provenance: 'inherited' } },
      { weightsFrom: { provenance: 'trained', start: 'inherited' } },
    ]);
    expect(kinds.model.render(inherited as never)).toMatch(
      /\nweights of a supernet, batch normalisation recal/,
    );
    expect(kinds.model.render(tuned as never)).toMatch(/ images, from inherited weights: accuracy /);
  });
});
