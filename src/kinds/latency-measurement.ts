import type { Failure } from '../base/result.ts';
import type { LatencyMeasurement } from '../stage/artifacts.ts';
import { change, figureChanges, jsonChanges } from './changes.ts';
import { singleFileKind } from './single.ts';
import { amount, counted, milliseconds } from './text.ts';
import { inconsistent } from './value.ts';

/** `latency.json`. */
export const latencyMeasurement = singleFileKind<LatencyMeasurement>({
  kind: 'latency-measurement',
  version: 2,
  description: 'Latency of one model, measured on one device.',
  file: 'latency.json',
  schema: 'latency-measurement',

  *failures({ p10, median, p90 }): Iterable<Failure> {
    if (!(p10 <= median && median <= p90)) {
      yield inconsistent(`latency.json: the median ${median} does not lie in ${p10}…${p90}`);
    }
  },

  describe: ({ median, batch, device }) => ({ ms: median, batch, device: device.name }),

  render: ({ device, batch, median, p10, p90, margin, samples, predicted, predictedMargin = 0 }) =>
    [
      `${milliseconds(median)} ± ${milliseconds(margin)} a pass of ${counted(batch, 'image')} ` +
        `(80 % within ${milliseconds(p10)} … ${milliseconds(p90)}; ${amount(samples)} passes)`,
      ...(predicted === undefined
        ? []
        : [`${milliseconds(predicted)} ± ${milliseconds(predictedMargin)} predicted from the latency table`]),
      `${device.name} (${device.arch}), ${device.backend} ${device.instructionSet}, ${counted(device.threads, 'thread')}`,
    ].join('\n'),

  diff: (a, b) => [
    ...change('latency', a.median, b.median, {
      unit: 'ms',
      ...(a.p10 <= b.p90 && b.p10 <= a.p90 ? { note: 'the ranges of 80 % of the passes overlap' } : {}),
    }),
    ...figureChanges(a, b, [['p10', 'ms'], ['p90', 'ms'], ['predicted', 'ms'], ['samples'], ['batch']]),
    ...jsonChanges(a.device, b.device, 'device'),
  ],
});
