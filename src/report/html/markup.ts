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

/** A chart's plane: where values land in the picture, and its axes. */
export interface Plane {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  /** Grid, tick labels and axis titles as SVG. */
  readonly axes: string;
  readonly width: number;
  readonly height: number;
}

const MARGIN = { left: 58, right: 14, top: 12, bottom: 42 };

export interface Axis {
  readonly label: string;
  readonly low: number;
  readonly high: number;
  readonly write: (value: number) => string;
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
  const grid = [
    ...ticks(vertical.low, vertical.high).map(
      (value) =>
        `<line class="grid" x1="${MARGIN.left}" x2="${width - MARGIN.right}" y1="${at(y(value))}" y2="${at(y(value))}"/>` +
        `<text x="${MARGIN.left - 6}" y="${at(y(value) + 4)}" text-anchor="end">${escapeText(vertical.write(value))}</text>`,
    ),
    ...ticks(horizontal.low, horizontal.high, 7).map(
      (value) =>
        `<line class="grid" x1="${at(x(value))}" x2="${at(x(value))}" y1="${MARGIN.top}" y2="${bottom}"/>` +
        `<text x="${at(x(value))}" y="${bottom + 15}" text-anchor="middle">${escapeText(horizontal.write(value))}</text>`,
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
