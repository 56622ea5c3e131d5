/** Plain text for people. */

/** Columns of text, the first `left` of them flush left, the others flush right. */
export function table(rows: readonly (readonly string[])[], left = 1): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column < left ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** `91.3 %` */
export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** `12,345` */
export const amount = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');

/** A count with its noun: `1 thread`, `2 threads`. */
export const counted = (value: number, noun: string): string =>
  `${amount(value)} ${noun}${value === 1 ? '' : 's'}`;

/** Four significant digits: `0.2867`, `1.2e-7`; integers whole: `12,345`. */
export const figure = (value: number): string =>
  Number.isInteger(value) ? amount(value) : String(Number(value.toPrecision(4)));

/** `2.41 ms`, three significant digits at least. */
export const milliseconds = (value: number): string =>
  `${value >= 100 ? value.toFixed(0) : value.toPrecision(3)} ms`;

/** `accuracy 91.3 % (trained; 10,000 test images)` */
export const accuracyText = (accuracy: {
  readonly value: number;
  readonly provenance: string;
  readonly split: string;
  readonly images: number;
}): string =>
  `accuracy ${percent(accuracy.value)} (${accuracy.provenance}; ${amount(accuracy.images)} ${accuracy.split} images)`;

/** `84,210 params · 9,800,000 MACs · 2.41 ms` */
export const costsText = (costs: {
  readonly params: number;
  readonly macs: number;
  readonly latency?: number;
}): string =>
  [
    `${amount(costs.params)} params`,
    `${amount(costs.macs)} MACs`,
    ...(costs.latency === undefined ? [] : [`${milliseconds(costs.latency)} predicted`]),
  ].join(' · ');
