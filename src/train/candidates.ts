import type { Json } from '../base/canonical.ts';
import { digestBytes, digestValue } from '../base/digest.ts';
import { createRng } from '../base/rng.ts';
import { choicesOf, describeArchitecture, type Encoding, encodingKey, supernetPath } from '../nas/index.ts';
import type { Model } from '../net/backend.ts';
import type { Tensors } from '../net/network.ts';
import { writeSafetensors } from '../net/safetensors.ts';
import type { Architecture, SearchSpace, Split, Trial } from '../stage/artifacts.ts';
import type { CheckpointState, StageContext } from '../stage/contract.ts';
import { type CalibrationOptions, calibrationImages } from './evaluate.ts';
import type { SearchCosts } from './search-costs.ts';
import { inheritedRating, type Rating } from './supernet.ts';

/** Images a forward pass. One number for all stages, for statistics over another batch are others. */
export const evaluationBatch = 250;

/** How the batch normalisation of an architecture is recalibrated: on images that the train split alone draws. */
export const calibrationOf = (images: number, digests: StageContext['inputDigests']): CalibrationOptions => ({
  images,
  batchSize: evaluationBatch,
  rng: createRng(0).fork('recalibration').fork(digests.train!),
});

export interface EvaluatorOptions {
  /** Holds the supernet's weights, which do not change while the evaluator is in use. */
  readonly model: Model;
  readonly space: SearchSpace;
  /** Where the recalibration images are drawn from. */
  readonly train: Split;
  readonly validation: Split;
  readonly recalibrationImages: number;
  /** The weights that the model holds, moving statistics included; asked for once, before the first evaluation. */
  readonly weights: () => Promise<Tensors> | Tensors;
  /** Content digests of the inputs `space`, `train` and `validation`. */
  readonly digests: StageContext['inputDigests'];
  readonly remember: StageContext['remember'];
}

/**
 * Rating of architectures with inherited weights on the whole validation split, after recalibration of their batch
 * normalisation. The images for it are drawn by the train split alone, not by stage or seed: one architecture with the
 * same weights has one rating, whoever asks. So repeats are remembered: in this search, and in the store under all that
 * decides an evaluation, where other stages and runs find them.
 */
export function inheritedEvaluator(options: EvaluatorOptions): (encoding: Encoding) => Promise<Rating> {
  const { model, space, train, validation, recalibrationImages, digests, remember } = options;
  const calibration = () => calibrationOf(recalibrationImages, digests);
  let basis: Promise<Json> | undefined;
  const decisive = async (): Promise<Json> => ({
    what: 'inherited rating',
    space: digests.space!,
    weights: digestBytes(writeSafetensors(await options.weights())),
    validation: digests.validation!,
    train: digests.train!,
    calibration: digestValue('naspipe/calibration', [
      ...calibrationImages(train, recalibrationImages, calibration().rng),
    ]),
    batch: evaluationBatch,
  });
  const known = new Map<string, Rating>();
  return async (encoding) => {
    const key = encodingKey(encoding);
    const remembered = known.get(key);
    if (remembered !== undefined) return remembered;
    basis ??= decisive();
    const rating = await remember({ encoding: [...encoding], of: await basis }, () =>
      inheritedRating(model, supernetPath(space, encoding), validation, {
        calibration: { split: train, ...calibration() },
        batchSize: evaluationBatch,
      }),
    );
    known.set(key, rating);
    return rating;
  };
}

export interface TrialFacts
  extends Pick<
    Trial,
    'index' | 'origin' | 'accuracy' | 'quality' | 'phase' | 'reward' | 'parent' | 'predicted' | 'epochs'
  > {
  readonly encoding: Encoding;
}

/** The costs of a trial: all that are known, and the one that the search looks at. */
export type TrialCosts = Pick<SearchCosts, 'of' | 'target'> & {
  readonly model: Pick<SearchCosts['model'], 'cost'>;
};

/** A trial with its costs filled in. */
export const trialOf = (costs: TrialCosts, facts: TrialFacts): Trial => ({
  ...facts,
  encoding: [...facts.encoding],
  costs: costs.of(facts.encoding),
  cost: costs.model.cost(facts.encoding),
  ...(costs.target === undefined ? {} : { target: costs.target }),
});

/** Candidates that a finished training is judged by. */
export interface FinalCandidates {
  readonly model: Model;
  readonly candidates: readonly Encoding[];
  /** Steps before the first candidate. */
  readonly steps: number;
  /** Trials of the first so many candidates, from before a resumption; the others are added, one a tick. */
  readonly done: Trial[];
  readonly evaluate: (encoding: Encoding) => Promise<Rating>;
  readonly trial: (encoding: Encoding, rating: Rating) => Trial;
  readonly tick: StageContext['tick'];
  readonly snapshot: () => Promise<CheckpointState>;
}

/**
 * Evaluates the candidates in their order and adds a trial for each to `done`. The model's moving statistics, which an
 * evaluation recalibrates, are put back after each, so that what becomes of the weights does not depend on candidates.
 */
export async function evaluateCandidates(final: FinalCandidates): Promise<void> {
  const { model, candidates, steps, done } = final;
  const statistics = model.weights.flatMap(({ name, trainable }) => (trainable ? [] : [name]));
  const trained = await model.read(statistics);
  while (done.length < candidates.length) {
    const encoding = candidates[done.length]!;
    const trial = final.trial(encoding, await final.evaluate(encoding));
    await model.write(trained);
    done.push(trial);
    const { reward, accuracy } = trial;
    await final.tick(
      {
        step: steps + done.length,
        total: steps + candidates.length,
        metrics: { ...(reward === undefined ? {} : { reward }), accuracy: accuracy.value },
        phase: 'derive',
      },
      final.snapshot,
    );
  }
}

export interface DerivedFrom {
  readonly space: SearchSpace;
  /** Content digest of the space. */
  readonly digest: string;
  readonly costs: SearchCosts;
  /** What was found. */
  readonly found: Pick<Trial, 'encoding' | 'accuracy'>;
  readonly origin: Architecture['origin'];
  /** Figures of the search, by name. */
  readonly log: { readonly [name: string]: number };
}

/** The architecture artifact of what a search found. */
export function architectureOf({ space, digest, costs, found, origin, log }: DerivedFrom): Architecture {
  const { encoding, accuracy } = found;
  return {
    space: digest,
    encoding: [...encoding],
    description: describeArchitecture(space, encoding),
    choices: choicesOf(space, encoding),
    costs: costs.of(encoding),
    accuracy,
    origin,
    log,
  };
}
