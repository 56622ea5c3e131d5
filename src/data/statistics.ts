import type { ImageSet } from './image-set.ts';

/** Per-channel mean and standard deviation of pixels scaled to 0…1. */
export interface ChannelStatistics {
  readonly mean: number[];
  /** Never 0: a channel of one single value counts as deviation 1, so that standardising it gives zeros. */
  readonly deviation: number[];
}

/**
 * Statistics over all pixels of a set (the population's deviation). Sums are of integers and exact, so the result
 * depends on neither order nor machine.
 */
export function channelStatistics({ info, images }: ImageSet): ChannelStatistics {
  const { channels } = info;
  const histograms = Array.from({ length: channels }, () => new Float64Array(256));
  for (let i = 0; i < images.length; i += channels) {
    for (let c = 0; c < channels; c++) histograms[c]![images[i + c]!]!++;
  }
  const count = BigInt(images.length / channels);
  const mean: number[] = [];
  const deviation: number[] = [];
  for (const histogram of histograms) {
    let sum = 0n;
    let squares = 0n;
    histogram.forEach((times, value) => {
      sum += BigInt(times) * BigInt(value);
      squares += BigInt(times) * BigInt(value * value);
    });
    // count² · 255² · variance = count · Σx² - (Σx)²
    const spread = count * squares - sum * sum;
    mean.push(Number(sum) / Number(count * 255n));
    deviation.push(spread === 0n ? 1 : Math.sqrt(Number(spread)) / Number(count * 255n));
  }
  return { mean, deviation };
}
