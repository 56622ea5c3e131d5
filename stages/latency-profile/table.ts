import type { SearchSpace } from '../../src/nas/index.ts';
import { latencyCost, latencyKeys, predictLatency } from '../../src/nas/index.ts';
import type { DeviceInfo, LatencyTable } from '../../src/stage/index.ts';
import { orFail, predictionError, summariseTimes } from '../../src/train/index.ts';

/** A whole random network and the median ms that it took. */
export interface TimedNetwork {
  readonly encoding: readonly number[];
  readonly ms: number;
}

/**
 * The table of measured layer shapes. Its overhead is the median of what the first half of the whole networks took
 * beyond the sum of their pieces; the errors are those of predictions of the other half, which had no part in it.
 * Where whole networks took less than their pieces, the overhead is negative, but no further than to the network whose pieces
 * take least it leaves the time of the longest of them: no network is predicted to take less than that.
 */
export function latencyTable(
  space: SearchSpace,
  digest: string,
  device: DeviceInfo,
  precision: number,
  entries: LatencyTable['entries'],
  networks: readonly TimedNetwork[],
): LatencyTable {
  const bare = {
    space: digest,
    device,
    batch: 1,
    unit: 'ms' as const,
    precision,
    overhead: 0,
    overheadMargin: 0,
    entries: [...entries].sort((a, b) => (a.key < b.key ? -1 : 1)),
    validation: { networks: 0, meanAbsolutePercentageError: 0, summedError: 0, r2: 0, kendallTau: 0 },
  };
  const predict = (table: LatencyTable, { encoding }: TimedNetwork) =>
    orFail(predictLatency(table, latencyKeys(space, encoding)));
  const summed = networks.map((network) => predict(bare, network).ms);
  const half = Math.floor(networks.length / 2);
  const beyond = networks.slice(0, half).map(({ ms }, i) => ms - summed[i]!);
  const { median, margin: overheadMargin } = summariseTimes(Float64Array.from(beyond));
  const overhead = Math.max(median, leastOverhead(space, digest, bare));
  const corrected = { ...bare, overhead, overheadMargin };
  const pairs = networks.slice(half).map((network) => {
    const { ms: predicted, margin } = predict(corrected, network);
    return { encoding: [...network.encoding], predicted, margin, measured: network.ms };
  });
  const error = predictionError(
    pairs.map(({ predicted }) => predicted),
    pairs.map(({ measured }) => measured),
  );
  return { ...corrected, validation: { networks: pairs.length, pairs, ...error } };
}

/** The longest piece of the network whose pieces take least, less all of them, ms: 0 or negative. */
function leastOverhead(space: SearchSpace, digest: string, table: LatencyTable): number {
  const { minEncoding } = orFail(latencyCost(space, digest, table)).range();
  const medians = new Map(table.entries.map(({ key, median }) => [key, median]));
  const pieces = latencyKeys(space, minEncoding).map((key) => medians.get(key)!);
  return Math.max(...pieces) - pieces.reduce((sum, ms) => sum + ms, 0);
}
