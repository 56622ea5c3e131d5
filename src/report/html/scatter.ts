import { kinds } from '../../kinds/index.ts';
import { trialFront } from '../../nas/index.ts';
import type { Trial } from '../../schema/generated/artifacts/trials.ts';
import { figure, percent } from '../units.ts';
import { at, escapeText, picture, plane } from './markup.ts';

/** Accuracy against cost, one mark a trial, coloured by the part of the search; the target and the Pareto front as lines. */
export function trialsPicture(trials: readonly Trial[], unit: string): string {
  if (trials.length === 0) return '';
  const costs = trials.map(({ cost }) => cost);
  const targets = [...new Set(trials.flatMap(({ target }) => (target === undefined ? [] : [target])))];
  const accuracies = trials.map(({ accuracy }) => accuracy.value);
  const { x, y, axes, width, height } = plane(
    {
      label: `cost, ${unit}`,
      low: Math.min(...costs, ...targets),
      high: Math.max(...costs, ...targets),
      scale: 'number',
    },
    {
      label: 'accuracy',
      low: Math.min(...accuracies),
      high: Math.max(...accuracies),
      scale: 'share',
    },
  );
  const phases = [...new Set(trials.map(({ phase }) => phase))];
  const marks = trials.map(({ index, cost, accuracy, phase }) => {
    const title = `trial ${index} · ${phase} · ${percent(accuracy.value)} ${accuracy.provenance}, ${accuracy.images} ${accuracy.split} images · ${figure(cost)} ${unit}`;
    return `<circle class="c${phases.indexOf(phase) % 6}" cx="${at(x(cost))}" cy="${at(y(accuracy.value))}" r="3"><title>${escapeText(title)}</title></circle>`;
  });
  const front = trialFront(trials).map(({ cost, accuracy }) => `${at(x(cost))},${at(y(accuracy.value))}`);
  const limits = targets.map(
    (target) =>
      `<line class="limit" x1="${at(x(target))}" x2="${at(x(target))}" y1="${at(y(Math.min(...accuracies)))}" y2="${at(y(Math.max(...accuracies)))}"><title>target ${escapeText(figure(target))} ${escapeText(unit)}</title></line>`,
  );
  const svg = picture(
    'accuracy of each trial against its cost',
    width,
    height,
    `${axes}<polyline class="front" points="${front.join(' ')}"/>${limits.join('')}${marks.join('')}`,
  );
  return (
    svg +
    legend([
      ...phases.map((phase, index) => [`c${index % 6}`, phase] as const),
      ...(front.length > 1 ? [['line front', 'best at their cost'] as const] : []),
      ...(targets.length > 0 ? [['line limit', 'target'] as const] : []),
    ]) +
    `<pre>${escapeText(kinds.trials.render(trials))}</pre>`
  );
}

/** Coloured dots, or lines (`line …`), with their meaning. */
export const legend = (entries: readonly (readonly [string, string])[]): string =>
  `<p class="legend">${entries.map(([mark, text]) => `<span class="${/^line /.test(mark) ? mark : `dot ${mark}`}"></span>${escapeText(text)}`).join(' ')}</p>`;
