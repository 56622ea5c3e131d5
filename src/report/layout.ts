/** Escape sequences of a terminal, which take no room on the screen. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence begins with a control character
const ANSI = /\u001b\[[0-9;]*m/g;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Columns that a text takes: graphemes, colours aside. */
export const widthOf = (text: string): number => [...graphemes.segment(text.replace(ANSI, ''))].length;

export const padEnd = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - widthOf(text)));

export const padStart = (text: string, width: number): string =>
  ' '.repeat(Math.max(0, width - widthOf(text))) + text;

/** The text cut to `width` columns, an ellipsis where something was cut. Takes text without colours. */
export function cut(text: string, width: number): string {
  const parts = [...graphemes.segment(text)];
  if (parts.length <= width) return text;
  return `${parts
    .slice(0, Math.max(0, width - 1))
    .map(({ segment }) => segment)
    .join('')
    .trimEnd()}…`;
}

/** `left` at the left edge and `right` ending at `width`, at least one space between; `left` is cut to fit. */
export function spread(left: string, right: string, width: number): string {
  if (right === '') return left;
  const room = width - widthOf(right) - 1;
  const kept = widthOf(left) > room ? cut(left, room) : left;
  return padEnd(kept, room + 1) + right;
}

/** Words broken into lines of at most `width` columns; a word longer than that has a line of its own. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter(Boolean)) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}

/** The lines of a text: as they are, blanks included, where they fit into `width` columns, else broken between words. */
export const wrapLines = (text: string, width: number): string[] =>
  text === '' ? [] : text.split('\n').flatMap((line) => (widthOf(line) <= width ? line : wrap(line, width)));

/**
 * Rows as aligned columns, two spaces apart, without trailing space. `align` has a letter a column: `l` (default) or `r`.
 * A cell may be missing at the end of a row.
 */
export function table(rows: readonly (readonly string[])[], align = ''): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, widthOf(cell));
    });
  }
  return rows.map((row) =>
    row
      .map((cell, column) =>
        align[column] === 'r' ? padStart(cell, widths[column]!) : padEnd(cell, widths[column]!),
      )
      .join('  ')
      .trimEnd(),
  );
}
