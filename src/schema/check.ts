import { createRequire } from 'node:module';
import type { Ajv, ErrorObject, ValidateFunction } from 'ajv';
import { fail, ok, type Result } from '../base/result.ts';
import { type Noun, problems } from './catalogue.ts';
import { circularReference } from './circle.ts';
import { type JsonDocument, keySpan, type Pointer, pathOf, pointerOf, valueSpan } from './document.ts';
import { listOf } from './nearest.ts';
import type { Problem } from './problem.ts';
import { type QuickCheck, quickCheck } from './quick.ts';
import type { Schema } from './schema.ts';

export type { Schema };

/** How people call a place of a document: whose it is, what it is, and its name there. */
export interface Called {
  readonly owner: string;
  readonly noun: Noun;
  readonly name: string;
  /** What its values name, where they name something. */
  readonly values?: Noun;
}

/** Names the places of a document. */
export type Caller = (path: readonly string[]) => Called;

/** Keywords of ours, which say nothing about whether a value is valid. */
const annotations = [
  'x-stage',
  'x-content',
  'x-dataset',
  'x-horizon',
  'x-read',
  'x-device',
  'x-unit',
  'x-kind',
  'x-rule',
];

/** A compiled schema. Its checks fill in defaults, in place. */
export interface CompiledSchema {
  /** Whether a value is valid; absent where only the full check can say. */
  readonly quick: QuickCheck | undefined;
  /** Says what is wrong with a value; compiled when it is first asked for, which takes a while. */
  readonly full: () => ValidateFunction;
}

/** ajv is loaded when a schema or a value needs its judgement. */
const require = createRequire(import.meta.url);

/** The first of the mistakes that ajv lists, its place as people write it. */
const schemaMistake = (text: string): string => {
  const [first = ''] = text.replace(/^schema is invalid: /, '').split(', ');
  return first.replace(/^data\/(\S+)/, (_, place: string) => place.replaceAll('/', '.'));
};

const installedAjv = (): typeof Ajv => (require('ajv') as typeof import('ajv')).Ajv;

/**
 * Compiles a draft-07 schema. Fails with `invalid-schema`: it is none, refers to nothing, or has a default where none
 * can be applied.
 *
 * @param ajv gives its class, for code that does not lie where naspipe is installed: that of a stage
 */
export function compileSchema(schema: Schema, ajv = installedAjv): Result<CompiledSchema> {
  const circle = circularReference(schema);
  if (circle !== undefined) {
    return fail({
      code: 'invalid-schema',
      message: `this is no draft-07 schema: the reference ${circle} leads back to itself`,
    });
  }
  const quick = quickCheck(schema, annotations);
  let full: ValidateFunction | undefined;
  const compiled: CompiledSchema = {
    quick,
    full: () => {
      full ??= withAjv(schema, ajv());
      return full;
    },
  };
  try {
    if (quick === undefined) compiled.full();
    return ok(compiled);
  } catch (error) {
    return fail({
      code: 'invalid-schema',
      message: `this is no draft-07 schema: ${schemaMistake((error as Error).message)}`,
    });
  }
}

function withAjv(schema: Schema, Compiler: typeof Ajv): ValidateFunction {
  const ajv = new Compiler({
    allErrors: true,
    verbose: true,
    discriminator: true,
    useDefaults: true,
    strictTypes: false,
    strictTuples: false,
    strictRequired: false,
    validateFormats: false,
    code: { optimize: false },
  });
  for (const keyword of annotations) ajv.addKeyword(keyword);
  return ajv.compile(schema);
}

/** Keywords whose rule a schema may say in words. */
const worded = new Set(['const', 'pattern', 'minLength', 'type', 'minProperties', 'maxProperties']);

const article = (type: string): string =>
  type === 'null' ? type : /^[aeio]/.test(type) ? `an ${type}` : `a ${type}`;

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= 60
    ? text
    : Array.isArray(value)
      ? 'an array'
      : typeof value === 'object'
        ? 'an object'
        : `${text.slice(0, 57)}…`;
};

/** What the schema says of a value; nothing of the whole document, which needs no explanation. */
const describedBy = ({ instancePath, parentSchema }: ErrorObject): string | undefined =>
  instancePath === '' ? undefined : (parentSchema as { description?: string } | undefined)?.description;

/** `1 member`, `3 members`. */
const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

const least = (limit: number, noun: string): string =>
  limit === 1 ? 'not be empty' : `have at least ${counted(limit, noun)}`;

const propertiesOf = (error: ErrorObject): Readonly<Record<string, { description?: string }>> =>
  ((error.parentSchema as Schema | undefined)?.properties ?? {}) as Record<string, { description?: string }>;

/** `be at least 1` and the like, for the keywords that bound a value. A schema may say it in words, as `x-rule`. */
function ruleOf({ keyword, params, parentSchema }: ErrorObject): string | undefined {
  const inWords = (parentSchema as Schema | undefined)?.['x-rule'];
  if (typeof inWords === 'string' && worded.has(keyword)) return inWords;
  switch (keyword) {
    case 'type':
      return `be ${listOf([params.type].flat().map(article))}`;
    case 'const':
      return `be ${JSON.stringify(params.allowedValue)}`;
    case 'enum':
      return `be ${listOf((params.allowedValues as unknown[]).map((value) => JSON.stringify(value)))}`;
    case 'minimum':
      return `be at least ${params.limit}`;
    case 'maximum':
      return `be at most ${params.limit}`;
    case 'exclusiveMinimum':
      return `be more than ${params.limit}`;
    case 'exclusiveMaximum':
      return `be less than ${params.limit}`;
    case 'multipleOf':
      return `be a multiple of ${params.multipleOf}`;
    case 'minLength':
      return least(params.limit, 'character');
    case 'maxLength':
      return `have at most ${counted(params.limit, 'character')}`;
    case 'pattern':
      return `match ${params.pattern}`;
    case 'minItems':
      return least(params.limit, 'element');
    case 'maxItems':
      return `have at most ${counted(params.limit, 'element')}`;
    case 'minProperties':
      return least(params.limit, 'member');
    case 'maxProperties':
      return `have at most ${counted(params.limit, 'member')}`;
    case 'uniqueItems':
      return 'have no element twice';
    default:
      return undefined;
  }
}

function problemOf(error: ErrorObject, document: JsonDocument, called: Caller): Problem | undefined {
  const pointer: Pointer = error.instancePath;
  const path = pathOf(pointer);
  const { params, keyword } = error;
  if (error.propertyName !== undefined) {
    const { noun } = called([...path, error.propertyName]);
    const at = keySpan(document, pointerOf([...path, error.propertyName]));
    return problems.badName(at, noun, error.propertyName, `it must ${ruleOf(error) ?? error.message}`);
  }
  switch (keyword) {
    case 'propertyNames':
    case 'if':
      return undefined; // the errors below say what is wrong
    case 'additionalProperties': {
      const name = params.additionalProperty as string;
      const { owner, noun } = called([...path, name]);
      const at = keySpan(document, pointerOf([...path, name]));
      return problems.unknownName(at, owner, noun, name, Object.keys(propertiesOf(error)));
    }
    case 'required': {
      const name = params.missingProperty as string;
      const { owner, noun, name: dotted } = called([...path, name]);
      const description = propertiesOf(error)[name]?.description;
      const wanted = noun === 'param' ? dotted : name;
      return problems.missingName(keySpan(document, pointer), owner, noun, wanted, description);
    }
    case 'discriminator': {
      if (params.tagValue === undefined) return undefined; // reported as required
      const tag = [...path, params.tag as string];
      const at = valueSpan(document, pointerOf(tag));
      const branches = (error.parentSchema as Schema).oneOf as {
        properties: Record<string, { const: string }>;
      }[];
      const known = branches.map(({ properties }) => properties[params.tag as string]!.const);
      const { noun, name, values } = called(tag);
      if (typeof params.tagValue !== 'string') {
        return problems.wrongValue(at, noun, name, 'be a string', shown(params.tagValue));
      }
      return values === 'stage type'
        ? problems.unknownStageType(at, params.tagValue, known)
        : problems.notOneOf(at, noun, name, params.tagValue, known);
    }
    default: {
      const { noun, name } = called(path);
      const at = valueSpan(document, pointer);
      const allowed = keyword === 'enum' ? (params.allowedValues as unknown[]) : [];
      if (
        allowed.length > 0 &&
        typeof error.data === 'string' &&
        allowed.every((v) => typeof v === 'string')
      ) {
        return problems.notOneOf(at, noun, name, error.data, allowed as string[]);
      }
      const rule = ruleOf(error) ?? (error.message ?? 'be valid').replace(/^must /, '');
      return problems.wrongValue(at, noun, name, rule, shown(error.data), describedBy(error));
    }
  }
}

/**
 * Of the errors below each `oneOf` or `anyOf`, keeps those of the alternative that fits best (that went deepest, then
 * has the fewest errors); the error of the keyword itself is kept only where no alternative says more than its type.
 */
function withoutAlternatives(errors: readonly ErrorObject[]): ErrorObject[] {
  let kept = [...errors];
  for (const outer of errors) {
    if (outer.keyword !== 'oneOf' && outer.keyword !== 'anyOf') continue;
    const branches = new Map<string, ErrorObject[]>();
    for (const error of kept) {
      if (error === outer || !error.schemaPath.startsWith(`${outer.schemaPath}/`)) continue;
      const branch = error.schemaPath.slice(outer.schemaPath.length + 1).split('/')[0]!;
      branches.set(branch, [...(branches.get(branch) ?? []), error]);
    }
    const telling = [...branches.values()].filter(
      (branch) =>
        !branch.some((error) => error.instancePath === outer.instancePath && error.keyword === 'type'),
    );
    const best = telling.sort((a, b) => a.length - b.length)[0] ?? [];
    const dropped = new Set([...branches.values()].flat().filter((error) => !best.includes(error)));
    if (best.length > 0) dropped.add(outer);
    kept = kept.filter((error) => !dropped.has(error));
  }
  return kept;
}

/**
 * Errors that say less than others `there`, at the same place: a wrong number of members that are wrong themselves, or values
 * that would do where the type is wrong already.
 */
const isEcho = (error: ErrorObject, there: readonly ErrorObject[]): boolean =>
  there.some(
    (other) =>
      other !== error &&
      (/^(min|max)Properties$/.test(error.keyword) ||
        (/^(enum|const)$/.test(error.keyword) && other.keyword === 'type')),
  );

/**
 * Fills in defaults, then finds every way in which the document breaks the schema, in the order of the text. A default
 * that is wrong beside what was written is reported, too, at the nearest place that was written.
 */
export function checkDocument(
  { quick, full }: CompiledSchema,
  document: JsonDocument,
  called: Caller,
): { readonly document: JsonDocument; readonly problems: readonly Problem[] } {
  // conditions are looked at before defaults are filled in: only the second time do they see what counts
  const value = structuredClone(document.value);
  if (quick?.(value) && quick(value)) return { document: { ...document, value }, problems: [] };
  const filled = { ...document, value: structuredClone(document.value) };
  const validate = full();
  if (validate(filled.value) && validate(filled.value)) return { document: filled, problems: [] };
  validate(filled.value);
  const errors = withoutAlternatives(validate.errors ?? []);
  const there = new Map<string, ErrorObject[]>();
  for (const error of errors) {
    const same = there.get(error.instancePath);
    if (same === undefined) there.set(error.instancePath, [error]);
    else same.push(error);
  }
  const found = errors.flatMap((error) =>
    isEcho(error, there.get(error.instancePath)!) ? [] : (problemOf(error, filled, called) ?? []),
  );
  return { document: filled, problems: found.sort((a, b) => (a.at?.offset ?? 0) - (b.at?.offset ?? 0)) };
}
