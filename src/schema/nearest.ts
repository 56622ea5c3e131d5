import { distance } from 'fastest-levenshtein';

/** Longer texts are no names that someone mistyped, and comparing them would take for ever. */
const LONGEST = 300;

const sorted = (text: string): string => [...text].sort().join('');

/**
 * The known name that someone most likely meant, if any is close: one that begins with what was written or the other
 * way round, or has the same letters in another order, else the one at the smallest edit distance of at most two fifths
 * of the length, rounded, and short of all.
 */
export function nearest(written: string, known: readonly string[]): string | undefined {
  if (written.length > LONGEST) return undefined;
  const text = written.toLowerCase();
  let best: string | undefined;
  let least = Math.min(Math.round(0.4 * text.length) + 1, text.length);
  for (const name of known) {
    const candidate = name.toLowerCase();
    const extends_ =
      Math.min(text.length, candidate.length) >= 3 &&
      (candidate.startsWith(text) || text.startsWith(candidate));
    const far = extends_ ? 0.5 : sorted(candidate) === sorted(text) ? 1 : distance(text, candidate);
    if (far < least) {
      least = far;
      best = name;
    }
  }
  return best;
}

/** `; did you mean "x"?`, or nothing. */
export function didYouMean(written: string, known: readonly string[]): string {
  const name = nearest(written, known);
  return name === undefined ? '' : `; did you mean "${name}"?`;
}

/** `a`, `a or b`, `a, b or c`. */
export function listOf(names: readonly string[], last = 'or'): string {
  if (names.length < 2) return names[0] ?? 'none';
  return `${names.slice(0, -1).join(', ')} ${last} ${names.at(-1)}`;
}
