import { figureTable } from '../figures.ts';
import type { NetworkGroup } from '../networks.ts';
import { escapeText } from './markup.ts';

/** The networks of a run beside each other, where it evaluated several: in columns or, where these would be more, in rows. */
export function networksTable(groups: readonly NetworkGroup[]): string {
  const found = figureTable(groups);
  if (found === undefined) return '';
  const [head = [], ...figures] = found.rows;
  const across = head.length - 1 > figures.length;
  const rows = across ? head.map((_, column) => found.rows.map((row) => row[column] ?? '')) : found.rows;
  const [names = [], ...body] = rows.map((row) => row.map(breakable));
  const titles = names.map((name) => `<th>${name}</th>`).join('');
  const lines = body.map(
    ([name, ...cells]) => `<tr><th>${name}</th>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`,
  );
  return `<section><h2>Networks</h2><div class="wide"><table class="figures"><thead><tr>${titles}</tr></thead><tbody>${lines.join('')}</tbody></table></div><p>${escapeText(found.note)}</p></section>`;
}

/** Text that may be broken behind the signs in the labels of cells. */
const breakable = (text: string): string => escapeText(text).replace(/[=,/]/g, '$&<wbr>');
