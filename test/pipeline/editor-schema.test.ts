import * as fs from 'node:fs';
import * as path from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { repository } from '../engine/project.ts';

type Fields = { [name: string]: unknown };
const read = (...place: string[]): Fields =>
  JSON.parse(fs.readFileSync(path.join(repository, ...place), 'utf8'));

/** As editors read it: they know no keywords of ours, and fill in nothing. */
const fits = new Ajv({ strict: false, validateFormats: false, code: { optimize: false } }).compile(
  read('schemas', 'pipeline.schema.json'),
);
const pipelines = fs.readdirSync(path.join(repository, 'pipelines')).filter((name) => name.endsWith('.json'));

test.each(pipelines)('editors find nothing wrong with %s', (name) => {
  expect([fits(read('pipelines', name)), fits.errors]).toEqual([true, null]);
});

describe('null, where it takes away what is inherited', () => {
  const stages = read('pipelines', 'smoke.json').stages as { [id: string]: Fields };
  const whole = { name: 'whole', stages };
  const taken = (of: Fields): Fields => ({ name: 'taken', extends: 'smoke.json', stages: of });
  const foreach = (each: unknown): Fields => ({ type: 'foreach', items: 'search.trials', stages: { each } });
  const { warmup } = stages;
  test.each<[string, Fields]>([
    ['a stage', { search: null }],
    ['a param', { warmup: { ...warmup, params: { epochs: null } } }],
    ['an input', { warmup: { ...warmup, inputs: { train: null } } }],
    ['a param of a stage without its type', { warmup: { params: { epochs: null } } }],
    ['an input of a stage without its type', { warmup: { inputs: { train: null } } }],
    ['a preset', { warmup: { ...warmup, preset: null } }],
    ['a preset of a stage without its type', { warmup: { preset: null } }],
    ['a stage of a foreach', { top: foreach(null) }],
    ['a param of a stage of a foreach', { top: foreach({ ...warmup, params: { epochs: null } }) }],
  ])('%s', (_, of) => {
    expect([fits(taken(of)), fits.errors]).toEqual([true, null]);
    expect(fits({ ...whole, stages: { ...stages, ...of } })).toBe(false);
  });

  test.each<[string, Fields]>([
    ['a stage type that there is not', { warmup: { type: 'supernet-warmpu' } }],
    ['a field', { warmup: { ...warmup, parms: {} } }],
    ['a param', { warmup: { ...warmup, params: { epoch: 3 } } }],
    ['the value of a param', { warmup: { ...warmup, params: { epochs: 'three' } } }],
    ['null inside a param', { search: { ...stages.search, params: { target: { quantity: null } } } }],
    ['a preset', { warmup: { ...warmup, preset: 'tuna' } }],
    ['an input', { warmup: { ...warmup, inputs: { trian: 'data.train' } } }],
    ['null in place of params', { warmup: { ...warmup, params: null } }],
    ['null in place of a type', { warmup: { type: null } }],
    ['a text in place of a stage', { warmup: 'none' }],
  ])('what is wrong without extends stays wrong with it: %s', (_, of) => {
    expect(fits(taken(of))).toBe(false);
    expect(fits({ ...whole, stages: { ...stages, ...of } })).toBe(false);
  });

  test('a pipeline that extends none has stages', () => {
    expect(fits({ name: 'empty' })).toBe(false);
    expect(fits({ name: 'same', extends: 'smoke.json' })).toBe(true);
  });
});

describe('params beside a preset', () => {
  const stages = read('pipelines', 'smoke.json').stages as { [id: string]: Fields };
  const warmup = (more: Fields) => ({
    name: 'own',
    stages: { ...stages, warmup: { ...stages.warmup, ...more } },
  });
  const preset = 'tunas';

  test('may be parts of what it says, which are wrong without it', () => {
    const params = { learningRate: { floor: 1 } };
    expect([fits(warmup({ preset, params })), fits.errors]).toEqual([true, null]);
    expect(fits(warmup({ params }))).toBe(false);
    const { reward: _, target: __, ...search } = stages.search!.params as Fields;
    const of = (more: Fields) => ({
      name: 'own',
      stages: { ...stages, search: { ...stages.search, params: search, ...more } },
    });
    expect([fits(of({ preset: 'enas-macro' })), fits.errors]).toEqual([true, null]);
    expect(fits(of({}))).toBe(false);
  });

  test.each<[string, Fields]>([
    ['a member that no kind has', { learningRate: { flor: 1 } }],
    ['a kind that there is not', { learningRate: { kind: 'cosin' } }],
    ['a param', { epoch: 3 }],
  ])('are wrong where anything would be: %s', (_, params) => {
    expect(fits(warmup({ preset, params }))).toBe(false);
  });
});
