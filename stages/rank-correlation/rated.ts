import { type Encoding, encodingKey } from '../../src/nas/index.ts';
import { countNetwork } from '../../src/net/index.ts';
import { stageFailure, type TrainedModel, type Trial } from '../../src/stage/index.ts';

/** An architecture and an accuracy of it. */
export interface Rated {
  readonly encoding: Encoding;
  readonly accuracy: Trial['accuracy'];
}

/** One that stands as a network of its own. */
export interface RatedModel extends Rated {
  /** Multiply-accumulates of one image. */
  readonly macs: number;
}

/**
 * Models with their accuracies and multiply-accumulates, in order, by the key of their encoding. Ends the stage with
 * `not-trained` for a model of the port `models` that was not trained alone, with `no-architecture` for one of no search
 * space, with `not-held-out` for an accuracy on images that the model was trained on, with `repeated-architecture`.
 */
export function ratedModels(models: readonly TrainedModel[], port: string): ReadonlyMap<string, RatedModel> {
  const rated = new Map<string, RatedModel>();
  for (const [index, { info, network }] of models.entries()) {
    const name = `${port} ${index + 1}`;
    const { architecture, training } = info;
    if (architecture === undefined) {
      throw stageFailure('no-architecture', `${name} is no network of a search space`);
    }
    if (port === 'models' && training.accuracy.provenance !== 'trained') {
      const remedy = 'wire models that final-train made to models, and this one to proxies';
      throw stageFailure('not-trained', `${name} has inherited weights; ${remedy}`);
    }
    if (training.accuracy.split !== 'validation') {
      const remedy = 'train it with useValidation off and the input validation wired';
      throw stageFailure(
        'not-held-out',
        `the accuracy of ${name} is on its ${training.accuracy.split} split; ${remedy}`,
      );
    }
    const key = encodingKey(architecture.encoding);
    if (rated.has(key))
      throw stageFailure('repeated-architecture', `${name} has the architecture of another`);
    rated.set(key, {
      encoding: architecture.encoding,
      accuracy: training.accuracy,
      macs: countNetwork(network).macs,
    });
  }
  return rated;
}

/** Trials, in order, by the key of their encoding; of several of one architecture the first of those on most images. */
export function ratedTrials(trials: readonly Trial[]): ReadonlyMap<string, Rated> {
  const rated = new Map<string, Rated>();
  for (const { encoding, accuracy } of trials) {
    const key = encodingKey(encoding);
    const known = rated.get(key);
    if (known === undefined || accuracy.images > known.accuracy.images)
      rated.set(key, { encoding, accuracy });
  }
  return rated;
}

/** What all accuracies are; ends the stage with `mixed-accuracies` when they are not of one provenance. */
export function provenanceOf(rated: Iterable<Rated>): Trial['accuracy']['provenance'] {
  const [first, ...others] = new Set([...rated].map(({ accuracy }) => accuracy.provenance));
  if (others.length > 0) {
    throw stageFailure(
      'mixed-accuracies',
      `accuracies of different kinds (${[first, ...others].join(', ')}) do not rank`,
    );
  }
  return first!;
}
