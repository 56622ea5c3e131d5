import type { Failure } from '../base/result.ts';
import { unsteadyEntries } from '../nas/index.ts';
import type { LatencyTable } from '../stage/artifacts.ts';
import { change, figureChanges, jsonChanges } from './changes.ts';
import type { Change } from './kind.ts';
import { singleFileKind } from './single.ts';
import { amount, counted, milliseconds, percent, table } from './text.ts';
import { inconsistent } from './value.ts';

/** Layer shapes shown, those that take longest. */
const SHOWN = 20;

/** `table.json`. */
export const latencyTable = singleFileKind<LatencyTable>({
  kind: 'latency-table',
  version: 2,
  description: 'Latency of each distinct layer shape of a search space, measured on one device.',
  file: 'table.json',
  schema: 'latency-table',

  *failures({ entries }): Iterable<Failure> {
    for (let i = 1; i < entries.length; i++) {
      const [before, { key }] = [entries[i - 1]!.key, entries[i]!];
      if (before >= key) {
        yield inconsistent(`table.json: entries.${i} (${key}) is not sorted behind ${before}`);
        return;
      }
    }
  },

  describe: ({ entries, validation, device }) => ({
    'layer shapes': entries.length,
    'summed error': validation.summedError,
    device: device.name,
  }),

  render(value) {
    const { device, entries, overhead, batch, validation, precision } = value;
    const unsteady = unsteadyEntries(value).length;
    const slowest = entries.toSorted((a, b) => b.median - a.median).slice(0, SHOWN);
    return [
      device.backend === 'published'
        ? `${device.name}, from a published table`
        : `${device.name} (${device.arch}), ${device.backend} ${device.instructionSet}, ${counted(device.threads, 'thread')}, batch ${batch}`,
      `${amount(entries.length)} layer shapes, ${milliseconds(overhead)} a network besides` +
        (unsteady === 0 ? '' : `; ${amount(unsteady)} of them less certain than ± ${percent(precision)}`),
      ...tried(validation),
      '',
      table([
        [entries.length > SHOWN ? `the ${SHOWN} slowest` : 'layer shape', 'median', '±', 'spread', 'samples'],
        ...slowest.map(({ key, median, margin, spread, samples }) => [
          key,
          milliseconds(median),
          milliseconds(margin),
          milliseconds(spread),
          amount(samples),
        ]),
      ]),
    ].join('\n');
  },

  diff: (a, b) => [
    ...change('space', a.space, b.space),
    ...jsonChanges(a.device, b.device, 'device'),
    ...change('batch', a.batch, b.batch),
    ...change('overhead', a.overhead, b.overhead, { unit: 'ms' }),
    ...entryChanges(a.entries, b.entries),
    ...figureChanges(
      a.validation,
      b.validation,
      [
        ['networks'],
        ['meanAbsolutePercentageError', 'share'],
        ['summedError', 'share'],
        ['r2'],
        ['kendallTau'],
      ],
      'validation.',
    ),
  ],
});

/** How well the table predicted whole networks, and how many of them took what the 95 % interval of it says. */
function tried(validation: LatencyTable['validation']): string[] {
  const { networks, summedError, meanAbsolutePercentageError: meanError, r2, kendallTau, pairs } = validation;
  if (networks === 0) return ['not tried on whole networks'];
  const errors = `summed error ${percent(summedError)}, mean error ${percent(meanError)}`;
  const agreement = `R² ${r2.toFixed(2)}, rank correlation ${kendallTau.toFixed(2)}`;
  const lines = [`on ${networks} whole networks: ${errors}, ${agreement}`];
  if (pairs === undefined) return lines;
  const inside = pairs.filter(({ predicted, margin, measured }) => Math.abs(measured - predicted) <= margin);
  return [
    ...lines,
    `${inside.length} of ${pairs.length} took what the 95 % interval of their prediction says`,
  ];
}

type Entries = LatencyTable['entries'];

/** Shapes that only one table has, and the entry whose median changed most in proportion. */
function entryChanges(a: Entries, b: Entries): Change[] {
  const before = new Map(a.map((entry) => [entry.key, entry]));
  const after = new Map(b.map((entry) => [entry.key, entry]));
  const gone = a.filter(({ key }) => !after.has(key)).length;
  const added = b.filter(({ key }) => !before.has(key)).length;
  const common = b.flatMap((to) => {
    const from = before.get(to.key);
    return from === undefined || jsonChanges(from, to).length === 0 ? [] : [{ from, to }];
  });
  const ratio = ({ from, to }: (typeof common)[number]): number =>
    from.median > 0
      ? Math.abs(to.median - from.median) / from.median
      : to.median > 0
        ? Number.POSITIVE_INFINITY
        : 0;
  const most = common.toSorted((x, y) => ratio(y) - ratio(x))[0];
  return [
    ...change('entries.only in the first', 0, gone),
    ...change('entries.only in the second', 0, added),
    ...(most === undefined
      ? []
      : [
          {
            what: `entries.${most.to.key}`,
            from: most.from.median,
            to: most.to.median,
            delta: most.to.median - most.from.median,
            unit: 'ms' as const,
            note: `the largest of ${common.length} changes in proportion, ${percent(ratio(most))}`,
          },
        ]),
  ];
}
