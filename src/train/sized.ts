import { resized, type Sides } from '../data/index.ts';
import type { Split } from '../stage/artifacts.ts';
import { stageFailure } from '../stage/contract.ts';

/** What a network takes: height, width and channels of one image. */
export type Input = Sides & { readonly c: number };

const known = new WeakMap<Split, Map<string, Split>>();

/**
 * A split at the size of image that a network takes, with the statistics that it has: itself where that is its own, else
 * its images resized, once for each size.
 * Ends the stage with `channels-differ` where the network takes images of another number of channels.
 */
export function splitFor(split: Split, { h, w, c }: Input): Split {
  const { name, height, width, channels } = split.info;
  if (c !== channels) {
    throw stageFailure(
      'channels-differ',
      `the network takes images of ${c === 1 ? '1 channel' : `${c} channels`}, but those of ${name} have ${channels}; make the space from the images that it is used with`,
    );
  }
  if (h === height && w === width) return split;
  const sizes = known.get(split) ?? new Map<string, Split>();
  known.set(split, sizes);
  const found = sizes.get(`${h}x${w}`) ?? resized(split, h, w);
  sizes.set(`${h}x${w}`, found);
  return found;
}
