import type { Json } from '../../src/base/index.ts';
import { childNetwork, profileItems, randomEncoding, unsteadyEntries } from '../../src/nas/index.ts';
import type { Network } from '../../src/net/index.ts';
import type { Inputs, Outputs, Params } from '../../src/schema/generated/stages/latency-profile.ts';
import { defineStage, type LatencyTable } from '../../src/stage/index.ts';
import {
  type Conditions,
  inputConditions,
  measuredDevice,
  requireUnchanged,
  timeSteadily,
} from '../../src/train/index.ts';
import { latencyTable, type TimedNetwork } from './table.ts';

/** What has been measured so far: a checkpoint of this stage. */
interface Measured {
  readonly entries: readonly LatencyTable['entries'][number][];
  readonly networks: readonly TimedNetwork[];
  readonly under: Conditions;
}

export default defineStage<Params, Inputs, Outputs>({
  async run({ params, inputs, inputDigests, rng, timer, device, resume, tick, summary }) {
    const space = inputs.space;
    const { warmup, repeats, precision, mostRepeats, threads } = params;
    const profiled = measuredDevice(device);
    const items = profileItems(space);
    const executor = await timer();
    const timed = (network: Network) =>
      timeSteadily(executor, network, { batch: 1, warmup, repeats, precision, mostRepeats, threads });
    const under: Conditions = {
      ...inputConditions(inputDigests),
      warmup,
      repeats,
      precision,
      mostRepeats,
      device: { ...profiled },
    };
    const measured = (resume?.state ?? { entries: [], networks: [], under }) as unknown as Measured;
    requireUnchanged(measured.under, under);
    const entries = [...measured.entries];
    const networks = [...measured.networks];
    const report = (ms: number, phase: string) =>
      tick(
        {
          step: entries.length + networks.length,
          total: items.length + params.networks,
          metrics: { ms },
          phase,
        },
        () => ({ state: { entries, networks, under } as unknown as Json, tensors: new Map() }),
      );
    for (const { key, network } of items.slice(entries.length)) {
      const { median, spread, margin, samples } = await timed(network);
      entries.push({ key, median, spread, margin, samples });
      await report(median, 'layer shapes');
    }
    const draws = rng.fork('networks');
    while (networks.length < params.networks) {
      const encoding = randomEncoding(space, draws.fork(networks.length));
      const { median } = await timed(childNetwork(space, encoding));
      networks.push({ encoding, ms: median });
      await report(median, 'whole networks');
    }
    const table = latencyTable(space, inputDigests.space!, profiled, precision, entries, networks);
    const unsteady = unsteadyEntries(table).length;
    summary({
      shapes: entries.length,
      ...(unsteady === 0 ? {} : { unsteady }),
      networks: table.validation.networks,
      'summed error': table.validation.summedError,
      'mean error': table.validation.meanAbsolutePercentageError,
      r2: table.validation.r2,
      tau: table.validation.kendallTau,
    });
    return { table };
  },
});
