import type { Failure } from '../base/result.ts';
import { didYouMean, listOf } from './nearest.ts';
import { formatProblem, type Problem } from './problem.ts';
import { placeOf, type Span } from './source.ts';

/** What kind of thing a name in a checked document is; part of the code of its problems (`unknown-param`). */
export type Noun = 'param' | 'input' | 'output' | 'field' | 'figure' | 'stage' | 'stage type';

/** An edge whose ends carry different kinds. */
export interface Mismatch {
  readonly asker: string;
  readonly wanted: string;
  readonly given: string;
  readonly kind: string;
  /** Where the other end is declared, for people. */
  readonly declared: string;
  /** References that would fit. */
  readonly instead: readonly string[];
}

/** `an architecture`, `a test-split`, `trials`. */
const aKind = (kind: string): string =>
  kind.endsWith('s') || kind === 'json' ? kind : `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`;

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
  duplicateKey: (at: Span, name: string, first: Span): Problem => {
    const { line, column } = placeOf(first);
    const where = placeOf(at).line === line ? `at column ${column}` : `on line ${line}`;
    return { code: 'duplicate-key', message: `"${name}" is given twice; the first is ${where}`, at };
  },
  numberTooLarge: (at: Span): Problem => ({
    code: 'number-too-large',
    message: 'a number beyond 2^53 cannot be kept exactly',
    at,
  }),
  loneSurrogate: (at: Span): Problem => ({
    code: 'lone-surrogate',
    message:
      'this text holds half of a character, which UTF-8 cannot; write \\u escapes of surrogates in pairs',
    at,
  }),
  unreadable: (path: string, reason: string, at?: Span): Problem => ({
    code: 'unreadable',
    message: `cannot read ${path}: ${reason}`,
    ...(at && { at }),
  }),
  outsideProject: (at: Span, path: string, target?: string): Problem => ({
    code: 'outside-project',
    message: `"${path}" leads out of the project${target === undefined ? '' : `, to ${target}`}`,
    at,
    hints: ['A pipeline names files of its own project only: copy it there.'],
  }),
  wrongContent: (at: Span, file: string, kind: string, reasons: readonly Failure[]): Problem => ({
    code: 'wrong-content',
    message: `${file} does not hold ${aKind(kind)}`,
    at,
    // kinds name the files of an artifact; here there is one, the user's
    hints: reasons.map(({ message }) => `${file}: ${message.replace(/^[\w-]+\.json: /, '')}.`),
  }),
  unknownArtifact: (at: Span, store: string, digest: string): Problem => ({
    code: 'unknown-artifact',
    message: `the store ${store} has no artifact ${digest}`,
    at,
    hints: [
      'Run the pipeline that makes it, or bring it with npx pipe import; npx pipe runs lists what was made.',
    ],
  }),
  artifactKind: (at: Span, wanted: string, found: string): Problem => ({
    code: 'kind-mismatch',
    message: `${aKind(wanted)} is wanted, but this artifact is ${aKind(found)}`,
    at,
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
  unreadParam: (at: Span, name: string, condition: string, inherited: boolean, input?: string): Problem => ({
    code: 'unread-param',
    message: `${name} would be ignored: it is read only when ${condition}`,
    at,
    hints: [
      `${input === undefined ? '' : `Wire ${input}, or `}${inherited ? 'take away what is inherited: null does' : 'leave it out'}.`,
    ].map((hint) => hint[0]!.toUpperCase() + hint.slice(1)),
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
  brokenStageType: (at: Span, name: string, reasons: readonly Problem[]): Problem => ({
    code: 'broken-stage-type',
    message: `stage type "${name}" cannot be used:`,
    at,
    hints: reasons.map((reason) => formatProblem(reason, 77)),
  }),

  notPackage: (at: Span): Problem => ({
    code: 'invalid-package',
    message: 'package.json must hold an object',
    at,
  }),
  notPlugins: (at: Span, got: string): Problem => ({
    code: 'invalid-plugin',
    message: `plug-ins are a list, ["name", …], got ${got}`,
    at,
  }),
  invalidPlugin: (at: Span, got: string): Problem => ({
    code: 'invalid-plugin',
    message: `${got} cannot be a plug-in`,
    at,
    hints: ['A plug-in is the name of an installed package, or "./…" for a folder of this project.'],
  }),
  missingPlugin: (at: Span, name: string): Problem => ({
    code: 'missing-plugin',
    message: `the plug-in "${name}" is ${name.startsWith('.') ? 'no folder of this project' : 'not installed'}`,
    at,
    hints: name.startsWith('.') ? [] : [`npm install ${name}`],
  }),

  kindMismatch: (at: Span, edge: Mismatch): Problem => ({
    code: 'kind-mismatch',
    message: `${edge.asker} wants ${aKind(edge.wanted)}, but ${edge.given} is ${aKind(edge.kind)}`,
    at,
    hints: [
      `${edge.declared}${edge.instead.length > 0 ? `; did you mean ${listOf(quoted(edge.instead))}?` : '.'}`,
      ...(edge.kind === 'test-split'
        ? ['The test split is read by evaluate only, so that a search cannot learn from it.']
        : []),
    ],
  }),
  ambiguousReference: (at: Span, stage: string, kind: string, ports: readonly string[]): Problem => ({
    code: 'ambiguous-reference',
    message: `${stage} gives ${ports.length} artifacts${kind === 'any' ? '' : ` of kind ${kind}`}; write ${listOf(quoted(ports.map((port) => `${stage}.${port}`)))}`,
    at,
  }),
  noSuchKind: (
    at: Span,
    asker: string,
    kind: string,
    stage: string,
    outputs: readonly string[],
  ): Problem => ({
    code: 'kind-mismatch',
    message: `${asker} wants ${aKind(kind)}, which ${stage} does not give`,
    at,
    hints: [`${stage} gives ${listOf(outputs, 'and')}.`],
  }),
  noFileOfKind: (at: Span, kind: string, kinds: readonly string[]): Problem => ({
    code: 'no-file-of-kind',
    message: `${aKind(kind)} cannot be read from a file`,
    at,
    hints: [
      `Kinds that can: ${listOf(kinds, 'and')}. Others come from a stage or by {"artifact": "<digest>"}.`,
    ],
  }),
  cycle: (at: Span, path: readonly string[]): Problem => ({
    code: 'cycle',
    message: `these stages wait for each other: ${path.join(' → ')}`,
    at,
  }),
  extendsCycle: (at: Span, names: readonly string[]): Problem => ({
    code: 'extends-cycle',
    message: `these files extend each other: ${names.join(' → ')}`,
    at,
  }),
  matrixKey: (at: Span): Problem => ({
    code: 'invalid-matrix',
    message: 'expected stage.params.name, stage.preset or stage.inputs.port',
    at,
    hints: ['Seeds are a field of their own: "seeds": 3 or "seeds": [1, 2, 3].'],
  }),
  matrixRepeats: (at: Span, label: string): Problem => ({
    code: 'invalid-matrix',
    message: `two values are called ${label}`,
    at,
    hints: ['The values of a row name its stages, so each must read differently.'],
  }),
  matrixSize: (at: Span, cells: number, limit: number): Problem => ({
    code: 'invalid-matrix',
    message: `this makes ${cells} cells; at most ${limit} are possible`,
    at,
  }),
  notInStore: (at: Span, stage: string, reason: string): Problem => ({
    code: 'not-in-store',
    message: `${stage} was not asked for, and its outputs are not in the store: ${reason}`,
    at,
    hints: ['What comes before the stages asked for must have run.'],
  }),
  seedUnused: (at: Span): Problem => ({
    code: 'seed-and-seeds',
    message: 'a seed means nothing beside a list of seeds',
    at,
    hints: ['"seeds": 3 derives three seeds from the one.'],
  }),
  setInMatrix: (at: Span, row: string): Problem => ({
    code: 'invalid-set',
    message: `${row} is a row of the matrix, which would replace this value`,
    at,
  }),
  reservedName: (at: Span, name: string): Problem => ({
    code: 'invalid-stage-name',
    message: `"${name}" cannot name a stage inside a foreach: it names the item`,
    at,
  }),
  repeatedName: (at: Span, name: string, line: number): Problem => ({
    code: 'duplicate-stage',
    message: `there is another stage "${name}" on line ${line}; a name inside a foreach must differ from all others`,
    at,
  }),
  nestedForeach: (at: Span): Problem => ({
    code: 'nested-foreach',
    message: 'a foreach cannot stand inside another',
    at,
    hints: [
      'Go over one list of all combinations: a stage of your own, or one of type command, can make it.',
    ],
  }),
  notItems: (at: Span, kind: string, kinds: readonly string[]): Problem => ({
    code: 'kind-mismatch',
    message: `a foreach goes over the items of a list, and ${aKind(kind)} is none`,
    at,
    hints: [`Kinds that are lists: ${listOf(kinds, 'and')}.`],
  }),
  unranked: (at: Span, foreach: string, figures: readonly string[] | undefined): Problem => ({
    code: 'unread-field',
    message: `${foreach}.best would be ignored: the items keep their order where no "by" says what they are ranked by`,
    at,
    hints: [
      `Add "by": ${figures === undefined ? 'a number in each item' : listOf(quoted(figures))}; or leave "best" out.`,
    ],
  }),
  insideForeach: (at: Span, stage: string, foreach: string): Problem => ({
    code: 'unknown-stage',
    message: `"${stage}" runs once for each item of ${foreach}, so it has no single output`,
    at,
    hints: [`An input that takes several artifacts can name them all: "${foreach}.${stage}".`],
  }),
  severalForOne: (at: Span, port: string, given: string): Problem => ({
    code: 'several-for-one',
    message: `${port} takes one artifact, but ${given} gives one for each item`,
    at,
    hints: ['A stage of type choose takes several and gives the best.'],
  }),
  listForOne: (at: Span, port: string): Problem => ({
    code: 'several-for-one',
    message: `${port} takes one artifact, but this is a list`,
    at,
  }),
  stageOfForeach: (at: Span, foreach: string, stages: readonly string[]): Problem => ({
    code: 'unknown-output',
    message: `say which stage of ${foreach} is meant: ${listOf(quoted(stages.map((stage) => `${foreach}.${stage}`)))}`,
    at,
  }),
  kindsDiffer: (at: Span, port: string, first: string, kind: string): Problem => ({
    code: 'kind-mismatch',
    message: `${port} takes several artifacts of one kind, but this is ${aKind(kind)} and the first is ${aKind(first)}`,
    at,
  }),
  unknownKind: (at: Span, port: string): Problem => ({
    code: 'unknown-kind',
    message: `${port} takes any kind, so it must come from a stage, whose kind is known`,
    at,
  }),
  setForm: (at: Span): Problem => ({
    code: 'invalid-set',
    message: 'expected stage.params.name=value, stage.preset=name, stage.inputs.port=value or seed=value',
    at,
    hints: ['The value is JSON, or a bare word that stands for itself as a text.'],
  }),
};
