import { kinds } from '../../kinds/index.ts';
import type { LatencyTable } from '../../schema/generated/artifacts/latency-table.ts';
import { at, escapeText, picture, plane } from './markup.ts';
import { legend } from './scatter.ts';

/** What a latency table predicts of whole networks, with its interval, against what they took; and the table in words. */
export function latencyPicture(table: LatencyTable): string {
  return `${pairsPicture(table.validation.pairs ?? [])}<pre>${escapeText(kinds['latency-table'].render(table))}</pre>`;
}

function pairsPicture(pairs: NonNullable<LatencyTable['validation']['pairs']>): string {
  if (pairs.length === 0) return '';
  const all = pairs.flatMap(({ predicted, margin, measured }) => [
    predicted - margin,
    predicted + margin,
    measured,
  ]);
  const axis = { low: Math.min(...all), high: Math.max(...all), scale: 'number' } as const;
  const { x, y, axes, width, height } = plane(
    { ...axis, label: 'measured, ms' },
    { ...axis, label: 'predicted, ms' },
  );
  const diagonal = `<line class="front" x1="${at(x(axis.low))}" y1="${at(y(axis.low))}" x2="${at(x(axis.high))}" y2="${at(y(axis.high))}"/>`;
  const marks = pairs.map(({ encoding, predicted, margin, measured }) => {
    const title = `${predicted.toFixed(3)} ± ${margin.toFixed(3)} ms predicted, ${measured.toFixed(3)} ms measured: [${encoding.join(' ')}]`;
    return (
      `<line class="curve" x1="${at(x(measured))}" x2="${at(x(measured))}" y1="${at(y(predicted - margin))}" y2="${at(y(predicted + margin))}"/>` +
      `<circle class="c0" cx="${at(x(measured))}" cy="${at(y(predicted))}" r="4"><title>${escapeText(title)}</title></circle>`
    );
  });
  return (
    picture('predicted latency against measured', width, height, axes + diagonal + marks.join('')) +
    legend([
      ['c0', 'a network that had no part in the table, with the 95 % interval of its prediction'],
      ['line front', 'predicted as measured'],
    ])
  );
}
