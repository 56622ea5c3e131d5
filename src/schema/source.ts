/** A text that a user wrote: a file, or a `--set` on the command line. */
export interface Source {
  /** What to call it in messages: a path as the user would type it, or `--set`. */
  readonly name: string;
  readonly text: string;
}

/** A place in a source. Offsets and lengths count UTF-16 units from 0. */
export interface Span {
  readonly source: Source;
  readonly offset: number;
  readonly length: number;
}

/** Line and column, both from 1, and the text of the line without its end. */
export interface Place {
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

/** Where a span begins, as people count. */
export function placeOf(span: Span): Place {
  const { text } = span.source;
  const offset = Math.min(span.offset, text.length);
  const before = text.slice(0, offset);
  const start = before.lastIndexOf('\n') + 1;
  const end = text.indexOf('\n', offset);
  return {
    line: before.split('\n').length,
    column: offset - start + 1,
    text: text.slice(start, end === -1 ? undefined : end).replace(/\r$/, ''),
  };
}

/** The whole of a source; for problems that have no smaller place. */
export const wholeOf = (source: Source): Span => ({ source, offset: 0, length: 0 });
