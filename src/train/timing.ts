import type { TimeOptions, Timer } from '../net/backend.ts';
import type { Network } from '../net/network.ts';

/** Milliseconds of repeated passes in a few numbers. */
export interface TimingSummary {
  readonly median: number;
  readonly p10: number;
  readonly p90: number;
  /** Interquartile range. */
  readonly spread: number;
  /** Half the width of the 95 % interval of the median, by order statistics. */
  readonly margin: number;
  readonly samples: number;
}

/** Summary of at least one sample; robust against the few that an interruption made long. */
export function summariseTimes(samples: Float64Array): TimingSummary {
  if (samples.length === 0) throw new Error('internal error: expected timing samples, got none');
  const sorted = Float64Array.from(samples).sort();
  return {
    median: quantile(sorted, 0.5),
    p10: quantile(sorted, 0.1),
    p90: quantile(sorted, 0.9),
    spread: quantile(sorted, 0.75) - quantile(sorted, 0.25),
    margin: medianMargin(sorted),
    samples: samples.length,
  };
}

/** Half the distance of the samples between which the median lies with 95 %; all of them when there are fewer than six. */
function medianMargin(ascending: Float64Array): number {
  const n = ascending.length;
  const below = Math.max(0, Math.floor(n / 2 - 0.98 * Math.sqrt(n)));
  return (ascending[n - 1 - below]! - ascending[below]!) / 2;
}

export interface SteadyOptions extends TimeOptions {
  /** Repeats until the median is known within ± this share of itself … */
  readonly precision: number;
  /** … or so many passes were timed. */
  readonly mostRepeats: number;
}

/**
 * Times passes of a network until the 95 % interval of their median is narrow enough: another process, or a processor
 * that slows down when it is hot, makes passes differ. Doubles the samples each time; gives the summary of all.
 */
export async function timeSteadily(
  timer: Pick<Timer, 'time'>,
  network: Network,
  { precision, mostRepeats, ...options }: SteadyOptions,
): Promise<TimingSummary> {
  let samples = new Float64Array();
  for (;;) {
    const repeats =
      samples.length === 0 ? options.repeats : Math.min(samples.length, mostRepeats - samples.length);
    const more = await timer.time(network, { ...options, repeats });
    samples = Float64Array.of(...samples, ...more);
    const summary = summariseTimes(samples);
    if (summary.margin <= precision * summary.median || samples.length >= mostRepeats) return summary;
  }
}

/** Quantile of ascending values, interpolated linearly between neighbours (type 7 of Hyndman & Fan 1996). */
export function quantile(ascending: ArrayLike<number>, share: number): number {
  const position = share * (ascending.length - 1);
  const below = Math.floor(position);
  const low = ascending[below]!;
  const high = ascending[Math.min(below + 1, ascending.length - 1)]!;
  return low + (position - below) * (high - low);
}
