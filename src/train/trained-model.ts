import type { Network, Tensors } from '../net/network.ts';
import type { ModelInfo } from '../schema/generated/artifacts/model.ts';
import type { Split, TrainedModel } from '../stage/artifacts.ts';

export interface Trained {
  readonly network: Network;
  /** Of these, those that the network names are kept. */
  readonly weights: Tensors;
  /** What it was trained on. */
  readonly images: Split;
  readonly architecture: NonNullable<ModelInfo['architecture']>;
  readonly training: ModelInfo['training'];
}

/** The model artifact of a network that was trained alone. */
export function trainedModel({ network, weights, images, architecture, training }: Trained): TrainedModel {
  const { mean, deviation, classes } = images.info;
  const { space, encoding } = architecture;
  const info = {
    classes,
    mean,
    deviation,
    input: network.input,
    architecture: { space, encoding },
    training,
  };
  return { info, network, weights: new Map(network.weights.map(({ name }) => [name, weights.get(name)!])) };
}
