import { printable } from '../base/printable.ts';
import type { Failure } from '../base/result.ts';
import { placeOf, type Span } from './source.ts';

/** A user's mistake, shown where the user made it. */
export interface Problem extends Failure {
  /** Where; absent when it is not in a text (a missing file). */
  readonly at?: Span;
  /** Lines printed below the caret: the other place involved, the nearest valid name, the remedy. */
  readonly hints?: readonly string[];
}

const shortWord = (word: string): string => (word.length < 300 ? word : `${word.slice(0, 60)}…`);

/** Words that nobody reads to their end, cut. */
const shortened = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.split(' ').map(shortWord).join(' '))
    .join('\n');

const wrap = (text: string, width: number): string[] =>
  text.split('\n').flatMap((line) => wrapLine(line, width));

const wrapLine = (text: string, width: number): string[] => {
  if (text.length <= width) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
};

/** The part of a long line that shows the place, and the column there (from 0). */
function excerpt(text: string, column: number, width: number): { text: string; column: number } {
  if (text.length <= width) return { text, column };
  const start = Math.max(0, Math.min(column - Math.floor(width / 2), text.length - width));
  return { text: text.slice(start, start + width), column: column - start };
}

/**
 * `path:line:col code: sentence`, the source line with a caret below it, then the hints. Lines are wrapped at
 * `width` columns; the result has no line end.
 */
export function formatProblem(problem: Problem, width = 80): string {
  const { at, code, message, hints = [] } = problem;
  const head = (where: string): string[] => wrap(shortened(printable(`${where}${code}: ${message}`)), width);
  const tail = hints.flatMap((hint) => wrap(printable(hint), width - 3).map((line) => `   ${line}`));
  if (at === undefined) return [...head(''), ...tail].join('\n');
  const place = placeOf(at);
  const where = `${at.source.name}:${place.line}:${place.column} `;
  if (place.text.trim() === '') return [...head(where), ...tail].join('\n');
  const number = String(place.line).padStart(5);
  const shown = excerpt(
    printable(place.text.replaceAll('\t', ' ')),
    place.column - 1,
    width - number.length - 3,
  );
  const carets = Math.max(1, Math.min(at.length, shown.text.length - shown.column));
  return [
    ...head(where),
    `${number} | ${shown.text}`,
    `${' '.repeat(number.length)} | ${' '.repeat(shown.column)}${'^'.repeat(carets)}`,
    ...tail,
  ].join('\n');
}
