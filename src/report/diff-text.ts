import { artifactChanges } from './change-text.ts';
import type { Comparison, MetricComparison, StageComparison } from './diff.ts';
import { marginText, valueText } from './figures.ts';
import { padEnd, padStart, table, widthOf, wrap } from './layout.ts';
import { changeText, fieldName, isInput } from './preimage.ts';
import type { Style } from './style.ts';

const WIDTH = 80;

/**
 * A comparison for people, the two called as they were asked for: the first difference, figures, blocks, what else was
 * changed, what followed, what is the same.
 */
export function comparisonLines(
  comparison: Comparison,
  style: Style,
  { a, b }: { readonly a: string; readonly b: string } = comparison,
): string[] {
  const { same, first, stages } = comparison;
  const closing = [
    ...listed('measured again', of(stages, 'measured-again'), style),
    ...listed('same', of(stages, 'same'), style),
  ];
  if (same) return [style.green(`${a} and ${b} are the same`), ...closing];
  const different = stages.filter(({ status }) => status === 'different' || status === 'equal-outputs');
  const followed = different.filter(({ changes }) => changes.length > 0 && changes.every(isInput));
  // one pair of stages was asked for: then what came out of them is the answer, whatever caused it
  const single = stages.length === 1;
  const blocks = comparison.architecture.map(({ block, a, b }) => [block, a, '→', b]);
  return [
    ...(first
      ? [
          `${style.bold('first difference')}     ${first.stage}.${fieldName(first.change.field)}   ${changeText(first.change)}`,
        ]
      : []),
    ...metricLines(comparison.metrics, a, b),
    ...table(blocks).map(
      (line, index) => `${style.bold(padEnd(index === 0 ? 'architecture' : '', 20))} ${line}`,
    ),
    ...different.flatMap((stage) =>
      followed.includes(stage) && !single ? [] : stageLines(stage, comparison, single, style),
    ),
    ...listed('follows from inputs', single ? [] : followed.map(({ id }) => id), style),
    ...listed(`only in ${a}`, of(stages, 'only-first'), style),
    ...listed(`only in ${b}`, of(stages, 'only-second'), style),
    ...closing,
  ];
}

const of = (stages: readonly StageComparison[], status: StageComparison['status']): string[] =>
  stages.filter((stage) => stage.status === status).map(({ id }) => id);

function listed(title: string, names: readonly string[], style: Style): string[] {
  const column = Math.max(20, widthOf(title));
  return wrap(names.join(' '), WIDTH - column - 1).map(
    (line, index) => `${style.bold(padEnd(index === 0 ? title : '', column))} ${line}`,
  );
}

/** Figures of two runs, the two called `a` and `b`. */
export function metricLines(metrics: readonly MetricComparison[], a: string, b: string): string[] {
  if (metrics.length === 0) return [];
  const rows = metrics.map((metric) => {
    const [from, to] = [shown(metric, metric.a), shown(metric, metric.b)];
    return [` ${metric.name}`, from, to, deltaText(metric), noiseText(metric)];
  });
  const names = Math.max(21, ...rows.map(([name]) => widthOf(name!) + 1));
  const wide = Math.max(...[a, b, ...rows.flatMap((row) => [row[1]!, row[2]!])].map(widthOf));
  return [
    `${' '.repeat(names)}${padStart(a, wide)}  ${padStart(b, wide)}`,
    ...rows.flatMap(([name, from, to, delta, noise], index) => {
      const { of: what } = metrics[index]!;
      const line = `${padEnd(name!, names)}${padStart(from!, wide)}  ${padStart(to!, wide)}  ${padStart(delta!, 6)}   ${noise}`;
      const title = what === metrics[index - 1]?.of ? [] : [what ?? 'in all'];
      return [...title, line.trimEnd()];
    }),
  ];
}

const shown = ({ unit }: MetricComparison, value: number | undefined): string =>
  value === undefined ? '–' : valueText(unit, value);

/** `+0.4` in points of a percentage, `−22 %` of other figures. */
function deltaText({ unit, a, b }: MetricComparison): string {
  if (a === undefined || b === undefined || a === b) return '';
  const sign = b > a ? '+' : '−';
  if (unit === 'share') return `${sign}${Math.abs(100 * (b - a)).toFixed(1)}`;
  return a === 0 ? '' : `${sign}${Math.abs((100 * (b - a)) / a).toFixed(0)} %`;
}

function noiseText({ unit, a, b, margin }: MetricComparison): string {
  if (a === undefined || b === undefined || margin === undefined || a === b) return '';
  return `${Math.abs(b - a) <= margin ? 'within' : 'beyond'} noise (± ${marginText(unit, margin)})`;
}

/** Most changes of one output that are listed. */
const SHOWN = 6;

/**
 * What was set otherwise in a stage, beyond the first difference, which is told already. What came out is told where one
 * stage was asked for, and where nothing that went in explains it.
 */
function stageLines(
  { id, changes, outputs, accepted }: StageComparison,
  { first }: Comparison,
  single: boolean,
  style: Style,
): string[] {
  const own = changes.filter((change) => !isInput(change) && change !== first?.change);
  const inputs = changes.filter(isInput).map(({ field }) => field.slice('inputs.'.length));
  const unexplained =
    changes.length === 0 && outputs.some(({ same }) => !same)
      ? ['other outputs although nothing that goes in differs']
      : [];
  const lines = [
    ...own.map((change) => `${fieldName(change.field)}  ${changeText(change)}`),
    ...(inputs.length > 0 ? [`other inputs: ${inputs.join(', ')}`] : []),
    ...unexplained,
    ...(accepted === undefined ? [] : [`edit of its code accepted: ${accepted}`]),
    ...(outputs.every(({ same }) => same)
      ? [accepted === undefined ? 'equal outputs all the same' : 'the outputs are taken over']
      : []),
    ...(single || unexplained.length > 0 ? outputs : []).flatMap(({ port, same, changes: found }) => {
      if (same) return [];
      const text = found.length === 0 ? 'differs' : artifactChanges(found, SHOWN);
      return wrap(`${port}: ${text}`, WIDTH - 21);
    }),
  ];
  return lines.map((line, index) => `${style.bold(padEnd(index === 0 ? id : '', 20))} ${line}`);
}
