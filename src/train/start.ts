import { canonicalJson, type Json } from '../base/canonical.ts';
import type { Network } from '../net/network.ts';
import type { Essences, Split, SplitInfo } from '../stage/artifacts.ts';
import { stageFailure } from '../stage/contract.ts';

type Predictor = Essences['model']['predictor'];

/**
 * Ends the stage with `start-differs` where a model that training is to begin with is another network, or for other
 * classes than the training images have.
 */
export function requireSameNetwork({ info, network }: Predictor, own: Network, images: SplitInfo): void {
  const text = (of: Network): string => canonicalJson(of as unknown as Json);
  if (text(network) !== text(own)) {
    throw stageFailure(
      'start-differs',
      'the model that is wired to start is another network than that of the architecture; wire one that was made with the same space and architecture',
    );
  }
  if (info.classes.join('\n') !== images.classes.join('\n')) {
    throw stageFailure(
      'start-differs',
      `the model that is wired to start tells ${info.classes.join(', ')} apart, but the training images are of ${images.classes.join(', ')}`,
    );
  }
}

/** A split with the statistics of a model: its images are then standardised as the model was trained. */
export const standardisedFor = (
  split: Split,
  { mean, deviation }: Pick<SplitInfo, 'mean' | 'deviation'>,
): Split => ({ ...split, info: { ...split.info, mean, deviation } });
