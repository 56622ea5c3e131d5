import type { Change } from '../kinds/index.ts';
import type { Comparison, MetricComparison, StageComparison } from './diff.ts';
import { padEnd, padStart, table, widthOf, wrap } from './layout.ts';
import { changeText, fieldName, isInput } from './preimage.ts';
import type { Style } from './style.ts';
import { duration, figure, milliseconds, percent, si } from './units.ts';

const WIDTH = 80;

/** A comparison for people: the first difference, metrics, blocks, what each stage changed, what is the same. */
export function comparisonLines(comparison: Comparison, style: Style): string[] {
  const { a, b, same, first, stages } = comparison;
  const names = { same: of(stages, 'same'), again: of(stages, 'measured-again') };
  const closing = [...listed('measured again', names.again, style), ...listed('same', names.same, style)];
  if (same) return [style.green(`${a} and ${b} are the same`), ...closing];
  const blocks = comparison.architecture.map(({ block, a, b }) => [block, a, '→', b]);
  return [
    ...(first
      ? [
          `${style.bold('first difference')}   ${first.stage}.${fieldName(first.change.field)}   ${changeText(first.change)}`,
        ]
      : []),
    ...metricLines(comparison),
    ...table(blocks).map(
      (line, index) => `${style.bold(padEnd(index === 0 ? 'architecture' : '', 20))} ${line}`,
    ),
    ...stages.filter(({ status }) => status === 'different').flatMap((stage) => stageLines(stage, style)),
    ...listed(`only in ${a}`, of(stages, 'only-a'), style),
    ...listed(`only in ${b}`, of(stages, 'only-b'), style),
    ...closing,
  ];
}

const of = (stages: readonly StageComparison[], status: StageComparison['status']): string[] =>
  stages.filter((stage) => stage.status === status).map(({ stage }) => stage);

const listed = (title: string, names: readonly string[], style: Style): string[] =>
  names.length === 0 ? [] : [`${style.bold(padEnd(title, 20))} ${names.join(' ')}`];

function metricLines({ a, b, metrics }: Comparison): string[] {
  if (metrics.length === 0) return [];
  const rows = metrics.map((metric) => {
    const [from, to] = [shown(metric, metric.a), shown(metric, metric.b)];
    return [` ${metric.name}`, from, to, deltaText(metric), noiseText(metric)];
  });
  const wide = Math.max(...[a, b, ...rows.flatMap((row) => [row[1]!, row[2]!])].map(widthOf));
  return [
    `${' '.repeat(21)}${padStart(a, wide)}  ${padStart(b, wide)}`,
    ...rows.map(([name, from, to, delta, noise]) =>
      `${padEnd(name!, 21)}${padStart(from!, wide)}  ${padStart(to!, wide)}  ${padStart(delta!, 6)}   ${noise}`.trimEnd(),
    ),
  ];
}

function shown({ unit }: MetricComparison, value: number | undefined): string {
  if (value === undefined) return '–';
  switch (unit) {
    case 'share':
      return percent(value);
    case 'ms':
      return milliseconds(value);
    case 'count':
      return si(value);
    case 'time':
      return duration(value);
  }
}

/** `+0.4` in points of a percentage, `−22 %` of other figures. */
function deltaText({ unit, a, b }: MetricComparison): string {
  if (a === undefined || b === undefined || a === b) return '';
  const sign = b > a ? '+' : '−';
  if (unit === 'share') return `${sign}${Math.abs(100 * (b - a)).toFixed(1)}`;
  return a === 0 ? '' : `${sign}${Math.abs((100 * (b - a)) / a).toFixed(0)} %`;
}

function noiseText({ a, b, margin }: MetricComparison): string {
  if (a === undefined || b === undefined || margin === undefined || a === b) return '';
  return `${Math.abs(b - a) <= margin ? 'within' : 'beyond'} noise (± ${(100 * margin).toFixed(1)})`;
}

/** Most changes of one output that are listed. */
const SHOWN = 6;

/** What is different in a stage: what was set, then what came out of it. */
function stageLines({ stage, changes, outputs }: StageComparison, style: Style): string[] {
  const own = changes.filter((change) => !isInput(change));
  const inputs = changes.filter(isInput).map(({ field }) => field.slice('inputs.'.length));
  const lines = [
    ...own.map((change) => `${fieldName(change.field)}  ${changeText(change)}`),
    ...(own.length === 0 && inputs.length > 0 ? [`only its inputs differ: ${inputs.join(', ')}`] : []),
    ...outputs.flatMap(({ port, changes: found }) => {
      const shownOnes = found.slice(0, SHOWN).map(outputChange);
      const more = found.length > SHOWN ? [`and ${found.length - SHOWN} more`] : [];
      const text = shownOnes.length === 0 ? 'differs' : [...shownOnes, ...more].join('; ');
      return wrap(`${port}: ${text}`, WIDTH - 21);
    }),
  ];
  return lines.map((line, index) => `${style.bold(padEnd(index === 0 ? stage : '', 20))} ${line}`);
}

/** `accuracy 90.9 % → 91.3 %` */
function outputChange({ what, from, to, unit, note }: Change): string {
  const value = (of: string | number | undefined): string => {
    if (of === undefined) return 'nothing';
    if (typeof of === 'string') return /^[0-9a-f]{64}$/.test(of) ? `${of.slice(0, 8)}…` : of;
    if (unit === 'share') return percent(of);
    if (unit === 'ms') return milliseconds(of);
    return unit === 'params' || unit === 'macs' ? si(of) : figure(of);
  };
  const sides = from === undefined && to === undefined ? '' : ` ${value(from)} → ${value(to)}`;
  return `${what}${sides}${note === undefined ? '' : ` (${note})`}`;
}
