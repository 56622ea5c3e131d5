import type { Correlation } from '../../schema/generated/artifacts/correlation.ts';
import { percent } from '../units.ts';
import { at, escapeText, picture, plane } from './markup.ts';

/** Each architecture where its cheap accuracy and the one after training alone put it, with the coefficients in words. */
export function correlationPicture({ cheap, pairs, kendall, spearman, bySize }: Correlation): string {
  const axis = (label: string, values: readonly number[]) => ({
    label,
    low: Math.min(...values),
    high: Math.max(...values),
    scale: 'share' as const,
  });
  const { x, y, axes, width, height } = plane(
    axis(
      cheap === 'trained' ? 'accuracy in the proxy task' : `${cheap} accuracy`,
      pairs.map((pair) => pair.cheap),
    ),
    axis(
      'accuracy trained alone',
      pairs.map((pair) => pair.trained),
    ),
  );
  const marks = pairs.map((pair) => {
    const title = `[${pair.encoding.join(' ')}]: ${percent(pair.cheap)} ${cheap}, ${percent(pair.trained)} trained alone`;
    return `<circle class="c0" cx="${at(x(pair.cheap))}" cy="${at(y(pair.trained))}" r="4"><title>${escapeText(title)}</title></circle>`;
  });
  const words = [
    `Kendall’s τ ${interval(kendall)}`,
    `Spearman’s ρ ${interval(spearman)}`,
    `by MACs alone τ ${interval(bySize.kendall)}`,
    `${pairs.length} architectures, 95 % intervals`,
  ].join(' · ');
  return `${picture('accuracy trained alone against the cheap one', width, height, axes + marks.join(''))}<p>${escapeText(words)}</p>`;
}

const interval = ({ value, low, high }: Correlation['kendall']): string =>
  `${value.toFixed(2)} (${low.toFixed(2)} … ${high.toFixed(2)})`;
