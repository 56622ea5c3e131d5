import { at, picture, plane } from './markup.ts';

/** One value of a metric. */
export interface CurvePoint {
  readonly step: number;
  readonly value: number;
}

/** A metric over the steps of a stage as a line. Nothing for fewer than two points. */
export function curvePicture(metric: string, points: readonly CurvePoint[]): string {
  const finite = points.filter(({ value }) => Number.isFinite(value));
  if (finite.length < 2) return '';
  const values = finite.map(({ value }) => value);
  const steps = finite.map(({ step }) => step);
  const { x, y, axes, width, height } = plane(
    { label: 'step', low: Math.min(...steps), high: Math.max(...steps), scale: 'count' },
    {
      label: metric,
      low: Math.min(...values),
      high: Math.max(...values),
      scale: /(^|[ -])accuracy$/i.test(metric) ? 'share' : 'number',
    },
    640,
    220,
  );
  const line = finite.map(({ step, value }) => `${at(x(step))},${at(y(value))}`).join(' ');
  return picture(`${metric} by step`, width, height, `${axes}<polyline class="curve" points="${line}"/>`);
}
