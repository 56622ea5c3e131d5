import { never } from '../../../base/result.ts';
import type { Rng } from '../../../base/rng.ts';
import type { Encoding } from '../../space/encoding.ts';
import { activeChoices } from '../../space/encoding.ts';
import type { Searchable } from '../../space/layout.ts';
import { choiceBlocks } from '../../space/layout.ts';
import { type MlpSettings, mlp } from './mlp.ts';
import { ridge } from './ridge.ts';

/** What an evaluation found of an architecture. */
export interface Sample {
  readonly encoding: Encoding;
  readonly value: number;
}

/** What foretells, with all its settings. */
export type PredictorSpec =
  /** Linear in the chosen options. */
  | { readonly kind: 'ridge'; readonly penalty: number }
  /** Once-for-All's: a perceptron on the chosen options. */
  | ({ readonly kind: 'mlp' } & MlpSettings);

/** Foretells what evaluations would find. */
export interface Predictor {
  predict(encoding: Encoding): number;
  /** Root mean square error on samples held out in turn (cross-validation): of predictors fitted without them. */
  readonly heldOutError: number;
}

/** Each option of each choice, 1 where it is chosen and decides something. */
function features(space: Searchable, encoding: Encoding): number[] {
  const choices = choiceBlocks(space);
  const active = activeChoices({ choices }, encoding);
  return choices.flatMap(({ options }, at) =>
    options.map((_, option) => (active[at] && encoding[at] === option ? 1 : 0)),
  );
}

/** Parts that samples are held out in. */
const FOLDS = 5;

/**
 * A predictor fitted on all samples, two at least. For its error they are held out in five parts, by their position
 * modulo the number of parts. The same samples and rng give the same predictor.
 */
export function fitPredictor(
  space: Searchable,
  samples: readonly Sample[],
  spec: PredictorSpec,
  rng: Rng,
): Predictor {
  const rows = samples.map(({ encoding }) => features(space, encoding));
  const values = samples.map(({ value }) => value);
  const fitted = (chosen: readonly number[], own: Rng) =>
    modelOf(
      chosen.map((i) => rows[i]!),
      chosen.map((i) => values[i]!),
      spec,
      own,
    );
  const all = [...rows.keys()];
  const parts = Math.min(FOLDS, samples.length);
  let squares = 0;
  for (let part = 0; part < parts; part++) {
    const model = fitted(
      all.filter((i) => i % parts !== part),
      rng.fork(part),
    );
    for (const i of all) if (i % parts === part) squares += (model(rows[i]!) - values[i]!) ** 2;
  }
  const model = fitted(all, rng.fork('all'));
  return {
    predict: (encoding) => model(features(space, encoding)),
    heldOutError: Math.sqrt(squares / samples.length),
  };
}

function modelOf(
  rows: readonly (readonly number[])[],
  values: readonly number[],
  spec: PredictorSpec,
  rng: Rng,
): (row: readonly number[]) => number {
  switch (spec.kind) {
    case 'ridge':
      return ridge(rows, values, spec.penalty);
    case 'mlp':
      return mlp(rows, values, spec, rng);
    default:
      return never(spec);
  }
}
