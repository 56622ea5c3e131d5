import type { Evaluation } from '../schema/generated/artifacts/evaluation.ts';
import type { LatencyMeasurement } from '../schema/generated/artifacts/latency-measurement.ts';
import type { RunResult } from '../schema/generated/run-result.ts';
import type { ArtifactValues, Kind } from '../stage/index.ts';
import { lastOutput } from './last-output.ts';
import { groupsOf, type NetworkGroup, networksOf } from './networks.ts';
import { type LastSearch, lastSearchOf, searchRows } from './search.ts';
import type { ArtifactSource } from './source.ts';
import { count, milliseconds, percent, si } from './units.ts';

/** What a run found. */
export interface Headline {
  /** Of the one network that it evaluated; absent where it evaluated several: no one of them speaks for the run. */
  readonly evaluation?: Evaluation;
  readonly measurement?: LatencyMeasurement;
  /** All networks that it evaluated, those that differ in their seed alone together. */
  readonly groups?: readonly NetworkGroup[];
  /** `stage/port` of the model, for commands to name. */
  readonly model?: string;
  readonly search?: LastSearch;
}

async function lastValue<K extends Kind>(
  result: RunResult,
  kind: K,
  source: ArtifactSource,
): Promise<ArtifactValues[K] | undefined> {
  const output = lastOutput(result, kind);
  return output && source.load(kind, output.digest);
}

export async function headlineOf(result: RunResult, source: ArtifactSource): Promise<Headline> {
  const networks = await networksOf(result, source);
  const only = networks.length === 1 ? networks[0] : undefined;
  const measurement =
    only?.measurement ??
    (networks.length === 0 ? await lastValue(result, 'latency-measurement', source) : undefined);
  const model = lastOutput(result, 'model')?.place;
  const search = await lastSearchOf(result, source);
  return {
    groups: groupsOf(networks),
    ...(only ? { evaluation: only.evaluation.metrics } : {}),
    ...(measurement ? { measurement } : {}),
    ...(model ? { model } : {}),
    ...(search ? { search } : {}),
  };
}

/** `91.3 % ± 0.6` */
export const accuracyText = (evaluation: Evaluation): string =>
  `${percent(evaluation.accuracy.value)} ± ${(evaluation.margin * 100).toFixed(1)}`;

/** `trained weights, 10,000 test images`, `trained weights that were inherited first, 10,000 test images` */
export const provenanceText = ({ accuracy, start }: Pick<Evaluation, 'accuracy' | 'start'>): string => {
  const weights = accuracy.provenance === 'predicted' ? 'predicted' : `${accuracy.provenance} weights`;
  const first = { inherited: ' that were inherited first', trained: ' that were trained before' };
  return `${weights}${start === undefined ? '' : first[start]}, ${count(accuracy.images)} ${accuracy.split} images`;
};

/** Rows of label and text: of the one network of a run accuracy, costs, latency; of its last search who came next. */
export function headlineRows({ evaluation, measurement, search }: Headline): [string, string][] {
  const rows: [string, string][] = [];
  if (evaluation) {
    const { split } = evaluation.accuracy;
    rows.push([
      `${split[0]!.toUpperCase()}${split.slice(1)} accuracy`,
      `${accuracyText(evaluation)}   (${provenanceText(evaluation)})`,
    ]);
    const { params, macs } = evaluation.costs;
    rows.push(['Network', `${si(params)} params · ${si(macs)} MACs`]);
  }
  if (measurement) rows.push(['Latency', latencyText(measurement)]);
  if (search) rows.push(...searchRows(search));
  return rows;
}

/** `2.41 ms measured (2.30–2.80), 2.55 ms ± 0.04 predicted, 1 thread` */
export function latencyText(measurement: LatencyMeasurement): string {
  const { median, p10, p90, predicted, predictedMargin, device, batch } = measurement;
  const bare = (ms: number): string => milliseconds(ms).replace(' ms', '');
  const range = `${bare(p10)}–${bare(p90)}`;
  const margin = predictedMargin === undefined ? '' : ` ± ${bare(predictedMargin)}`;
  return [
    `${milliseconds(median)} measured (${range})`,
    ...(predicted === undefined ? [] : [`${milliseconds(predicted)}${margin} predicted`]),
    ...(batch === 1 ? [] : [`${batch} images a pass`]),
    device.threads === 1 ? '1 thread' : `${device.threads} threads`,
  ].join(', ');
}
