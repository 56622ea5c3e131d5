import { latencyCost, latencyKeys, type PredictedLatency, predictLatency } from '../nas/index.ts';
import type { LatencyTable, SearchSpace, TrainedModel } from '../stage/artifacts.ts';
import { type DeviceInfo, stageFailure } from '../stage/contract.ts';
import { orFail, requireSpace } from './inputs.ts';

/** The device of a stage whose manifest declares `needs.device`; its absence is a bug of the runner. */
export function measuredDevice(device: DeviceInfo | undefined): DeviceInfo {
  if (device === undefined) throw new Error('internal error: expected a device to measure, got none');
  return device;
}

/**
 * Milliseconds that a latency table predicts for a child model; nothing when neither `table` nor `space` is wired.
 * Ends the stage with `incomplete-inputs` when only one of them is, or when the model is no child of a space.
 */
export function predictedLatency(
  {
    model,
    table,
    space,
  }: {
    model: { info: Pick<TrainedModel['info'], 'architecture'> };
    table?: LatencyTable;
    space?: SearchSpace;
  },
  digests: { readonly [port: string]: string },
): PredictedLatency | undefined {
  if (table === undefined && space === undefined) return undefined;
  const { architecture } = model.info;
  if (table === undefined || space === undefined || architecture === undefined) {
    const lacking =
      table === undefined ? 'table' : space === undefined ? 'space' : 'a model made from an architecture';
    throw stageFailure('incomplete-inputs', `to predict the latency, ${lacking} is needed, too`);
  }
  requireSpace(digests.space, { model: architecture });
  orFail(latencyCost(space, digests.space!, table));
  return orFail(predictLatency(table, latencyKeys(space, architecture.encoding, table)));
}
