import { didYouMean, listOf } from './nearest.ts';
import type { Problem } from './problem.ts';
import type { Span } from './source.ts';

/** What kind of thing a name in a checked document is; part of the code of its problems (`unknown-param`). */
export type Noun = 'param' | 'input' | 'field' | 'stage' | 'stage type';

const codeOf = (what: string, noun: Noun): string => `${what}-${noun.replace(' ', '-')}`;

const quoted = (names: readonly string[]): string[] => names.map((name) => `"${name}"`);

/** Known names, when there are few enough to read. */
const known = (noun: string, names: readonly string[]): string[] =>
  names.length === 0
    ? [`There are no ${noun}s here.`]
    : [`Known ${noun}s: ${listOf([...names].sort(), 'and')}.`];

/** A hint without a name close enough to guess is the list of names. */
const hintsFor = (written: string, noun: string, names: readonly string[]): string[] =>
  didYouMean(written, names) === '' ? known(noun, names) : [];

/** Every message for a user's mistake in a text. */
export const problems = {
  invalidJson: (at: Span, sentence: string): Problem => ({ code: 'invalid-json', message: sentence, at }),
  tooDeep: (at: Span, limit: number): Problem => ({
    code: 'too-deep',
    message: `nested deeper than ${limit} levels`,
    at,
  }),
  duplicateKey: (at: Span, name: string, line: number): Problem => ({
    code: 'duplicate-key',
    message: `"${name}" is given twice; the first is on line ${line}`,
    at,
  }),
  numberTooLarge: (at: Span): Problem => ({
    code: 'number-too-large',
    message: 'a number beyond 2^53 cannot be kept exactly',
    at,
  }),
  loneSurrogate: (at: Span): Problem => ({
    code: 'lone-surrogate',
    message: 'this text holds half of a surrogate pair, which UTF-8 cannot',
    at,
  }),
  unreadable: (path: string, reason: string): Problem => ({
    code: 'unreadable',
    message: `cannot read ${path}: ${reason}`,
  }),

  unknownName: (at: Span, owner: string, noun: Noun, name: string, names: readonly string[]): Problem => ({
    code: codeOf('unknown', noun),
    message: `${owner} has no ${noun} "${name}"${didYouMean(name, names)}`,
    at,
    hints: hintsFor(name, noun, names),
  }),
  missingName: (at: Span, owner: string, noun: Noun, name: string, description?: string): Problem => ({
    code: codeOf('missing', noun),
    message: `${owner} needs the ${noun} "${name}"`,
    at,
    hints: description === undefined ? [] : [`${name}: ${description}`],
  }),
  wrongValue: (
    at: Span,
    noun: Noun,
    name: string,
    rule: string,
    got: string,
    description?: string,
  ): Problem => ({
    code: codeOf('invalid', noun),
    message: `${name} must ${rule}, got ${got}`,
    at,
    hints: description === undefined ? [] : [`${name}: ${description}`],
  }),
  notOneOf: (at: Span, noun: Noun, name: string, got: string, names: readonly string[]): Problem => ({
    code: codeOf('invalid', noun),
    message: `${name} must be ${listOf(quoted(names))}, got "${got}"${didYouMean(got, names)}`,
    at,
  }),
  badName: (at: Span, noun: Noun, name: string, rule: string): Problem => ({
    code: `${codeOf('invalid', noun)}-name`,
    message: `"${name}" cannot name a ${noun}: ${rule}`,
    at,
  }),

  unknownStageType: (at: Span, name: string, names: readonly string[]): Problem => ({
    code: 'unknown-stage-type',
    message: `no stage type "${name}"${didYouMean(name, names)}`,
    at,
    hints: hintsFor(name, 'stage type', names),
  }),
  brokenStageType: (at: Span, name: string, reason: string): Problem => ({
    code: 'broken-stage-type',
    message: `stage type "${name}" cannot be used: ${reason}`,
    at,
  }),
};
