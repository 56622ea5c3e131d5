import { never } from '../base/result.ts';
import { padEnd, table, widthOf } from './layout.ts';
import type { Figure, FigureUnit, NetworkGroup } from './networks.ts';
import type { Style } from './style.ts';
import { duration, figure, milliseconds, percent, si } from './units.ts';

const WIDTH = 80;

/** A value in its unit. */
export function valueText(unit: FigureUnit | 'time', value: number): string {
  switch (unit) {
    case 'share':
      return percent(value);
    case 'ms':
      return milliseconds(value);
    case 'count':
      return si(value);
    case 'figure':
      return figure(value);
    case 'time':
      return duration(value);
    default:
      return never(unit);
  }
}

/** A margin beside a value of its unit: `0.5` for `91.3 %`. */
export function marginText(unit: FigureUnit | 'time', margin: number): string {
  if (unit === 'share') return (100 * margin).toFixed(1);
  if (unit === 'ms') return milliseconds(margin).replace(/ ms$/, '');
  return valueText(unit, margin);
}

/** `91.0 % ± 0.5` */
const figureText = ({ unit, mean, margin = 0 }: Figure): string =>
  margin === 0 ? valueText(unit, mean) : `${valueText(unit, mean)} ± ${marginText(unit, margin)}`;

/** What is compared of several networks, as rows of cells; the first row and the first column are titles. */
export interface FigureTable {
  readonly rows: readonly (readonly string[])[];
  /** What the numbers are, in a sentence without a full stop. */
  readonly note: string;
}

/** The figures of several networks beside each other; nothing for fewer than two. */
export function figureTable(groups: readonly NetworkGroup[]): FigureTable | undefined {
  const networks = groups.reduce((sum, group) => sum + group.networks, 0);
  if (networks < 2) return undefined;
  const seeds = [...new Set(groups.map((group) => group.networks))];
  const repeated = seeds.some((n) => n > 1);
  const names = [
    ...new Set(
      groups.flatMap(({ figures }) => figures.filter(({ main }) => main || repeated).map(({ name }) => name)),
    ),
  ];
  const cell = ({ figures }: NetworkGroup, name: string): string => {
    const found = figures.find((each) => each.name === name);
    return found === undefined ? '' : figureText(found);
  };
  const note = repeated
    ? `mean of ${seeds.length === 1 ? seeds[0] : 'several'} seeds ± half of its 95 % interval (Student's t)`
    : 'accuracy ± half of the 95 % interval that its images leave';
  const columns = groups.map(({ label }) => label || 'mean');
  const [accuracy = [], ...rest] = names.map((name) => [name, ...groups.map((of) => cell(of, name))]);
  // told where an accuracy is not that of a network trained alone from initial weights
  const told = groups.some(({ weights }) => weights !== 'trained');
  const weights = told ? [['weights', ...groups.map((of) => of.weights)]] : [];
  return {
    rows: [['', ...columns], accuracy, ...weights, ...rest],
    note,
  };
}

/** The same as lines: a column a network, or where that is too wide a row a network with the figures that fit. */
export function figureLines(groups: readonly NetworkGroup[], style: Style): string[] {
  const found = figureTable(groups);
  if (found === undefined) return [];
  const { rows, note } = found;
  const fits = (lines: readonly string[]) => lines.every((line) => widthOf(line) <= WIDTH);
  const upright = table(rows, `l${'r'.repeat(rows[0]!.length)}`);
  const lines = fits(upright) ? upright : turned(rows, fits);
  const [head = '', ...rest] = lines;
  return [style.bold(head), ...rest, style.dim(padEnd('', 2) + note), ''];
}

/** Rows for columns, as many figures as fit. */
function turned(
  rows: readonly (readonly string[])[],
  fits: (lines: readonly string[]) => boolean,
): readonly string[] {
  const across = rows[0]!.map((_, column) => rows.map((row) => row[column]!));
  for (let columns = rows.length; columns > 2; columns--) {
    const lines = table(
      across.map((row) => row.slice(0, columns)),
      `l${'r'.repeat(columns)}`,
    );
    if (fits(lines)) return lines;
  }
  return table(
    across.map((row) => row.slice(0, 2)),
    'lr',
  );
}
