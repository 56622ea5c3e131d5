/** Text made safe between tags and inside quoted attributes. */
export const escapeText = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);

/** A coordinate with two decimals at most: a picture needs no more, and equal data gives equal bytes. */
export const at = (value: number): string => String(Math.round(value * 100) / 100);

/** Round values that span [low, high], about `wanted` of them (steps of 1, 2 or 5 times a power of ten). */
export function ticks(low: number, high: number, wanted = 5): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough)!;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}

/** How the values of an axis are read: a share of one is told in per cent, a count has ticks at whole numbers only. */
export type Scale = 'number' | 'share' | 'count';

/** Round values as labels: in thousands or millions where they are that large, with as many decimals as tell them apart. */
export function tickTexts(values: readonly number[], scale: Scale): string[] {
  const largest = Math.max(...values.map(Math.abs));
  const [unit, suffix] =
    scale === 'share' ? [0.01, ' %'] : largest >= 1e6 ? [1e6, ' M'] : largest >= 1e4 ? [1e3, ' k'] : [1, ''];
  const step = values.length > 1 ? (values[1]! - values[0]!) / unit : largest / unit || 1;
  const decimals = Math.min(12, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
  return values.map((value) => {
    const text = (value / unit).toFixed(decimals);
    return `${Number(text) === 0 ? text.replace('-', '') : text}${suffix}`;
  });
}

/** A chart's plane: where values land in the picture, and its axes. */
export interface Plane {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  /** Grid, tick labels and axis titles as SVG. */
  readonly axes: string;
  readonly width: number;
  readonly height: number;
}

const MARGIN = { left: 76, right: 14, top: 12, bottom: 42 };

export interface Axis {
  readonly label: string;
  readonly low: number;
  readonly high: number;
  readonly scale: Scale;
}

/** A plane of `width` × `height` pixels with both axes a little wider than the data. */
export function plane(horizontal: Axis, vertical: Axis, width = 640, height = 300): Plane {
  const scale = ({ low, high }: Axis, from: number, to: number) => {
    const slack = high > low ? (high - low) * 0.03 : Math.abs(low) * 0.1 || 1;
    const [start, span] = [low - slack, high - low + 2 * slack];
    return (value: number): number => from + ((value - start) / span) * (to - from);
  };
  const x = scale(horizontal, MARGIN.left, width - MARGIN.right);
  const y = scale(vertical, height - MARGIN.bottom, MARGIN.top);
  const bottom = height - MARGIN.bottom;
  const rows = ticks(vertical.low, vertical.high);
  const columns = ticks(horizontal.low, horizontal.high, 7).filter(
    (value) => horizontal.scale !== 'count' || Number.isInteger(value),
  );
  const rowTexts = tickTexts(rows, vertical.scale);
  const columnTexts = tickTexts(columns, horizontal.scale);
  const grid = [
    ...rows.map(
      (value, index) =>
        `<line class="grid" x1="${MARGIN.left}" x2="${width - MARGIN.right}" y1="${at(y(value))}" y2="${at(y(value))}"/>` +
        `<text x="${MARGIN.left - 6}" y="${at(y(value) + 4)}" text-anchor="end">${escapeText(rowTexts[index]!)}</text>`,
    ),
    ...columns.map(
      (value, index) =>
        `<line class="grid" x1="${at(x(value))}" x2="${at(x(value))}" y1="${MARGIN.top}" y2="${bottom}"/>` +
        `<text x="${at(x(value))}" y="${bottom + 15}" text-anchor="middle">${escapeText(columnTexts[index]!)}</text>`,
    ),
  ];
  const titles =
    `<text x="${at((MARGIN.left + width - MARGIN.right) / 2)}" y="${height - 6}" text-anchor="middle">${escapeText(horizontal.label)}</text>` +
    `<text transform="translate(13 ${at((MARGIN.top + bottom) / 2)}) rotate(-90)" text-anchor="middle">${escapeText(vertical.label)}</text>`;
  return { x, y, axes: grid.join('') + titles, width, height };
}

/** An SVG picture with a name for screen readers. */
export const picture = (name: string, width: number, height: number, body: string): string =>
  `<svg viewBox="0 0 ${at(width)} ${at(height)}" width="${at(width)}" role="img" aria-label="${escapeText(name)}">${body}</svg>`;
