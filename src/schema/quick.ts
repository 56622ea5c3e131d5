import type { Schema } from './schema.ts';

/**
 * Fills in the defaults of a value, in place, and says whether it fits its schema. What does not fit may be left half
 * filled in.
 */
export type QuickCheck = (value: unknown) => boolean;

/** Ends the making of a quick check: the schema says something that only the full check understands. */
class Beyond extends Error {}

type Fields = { [name: string]: unknown };
const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function objectAt(value: unknown): Schema {
  if (!isObject(value)) throw new Beyond();
  return value;
}

function limitAt(keyword: string, value: unknown): number {
  const counts = /(Length|Items|Properties)$/.test(keyword);
  const fits = typeof value === 'number' && (!counts || (Number.isInteger(value) && value >= 0));
  if (!fits) throw new Beyond();
  return value;
}

function namesAt(value: unknown): readonly string[] {
  if (!Array.isArray(value) || new Set(value).size < value.length) throw new Beyond();
  if (!value.every((name) => typeof name === 'string')) throw new Beyond();
  return value;
}

function listAt(value: unknown): readonly unknown[] {
  if (!Array.isArray(value) || value.length === 0) throw new Beyond();
  return value;
}

const types: { readonly [name: string]: (value: unknown) => boolean } = {
  null: (value) => value === null,
  boolean: (value) => typeof value === 'boolean',
  string: (value) => typeof value === 'string',
  number: (value) => Number.isFinite(value),
  integer: (value) => Number.isInteger(value),
  array: Array.isArray,
  object: isObject,
};

function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((each, i) => same(each, b[i]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && same(a[name], b[name]))
  );
}

const characters = (text: string): number => {
  let count = 0;
  for (const _ of text) count++;
  return count;
};

const distinct = (value: readonly unknown[]): boolean =>
  value.every((each, i) => !value.slice(0, i).some((before) => same(each, before)));

/** Keywords that bound a number, text, array or object by one number. */
const bounds: { readonly [keyword: string]: (limit: number) => QuickCheck } = {
  // as ajv counts: a quotient that is written without a fraction
  multipleOf: (step) => (value) =>
    typeof value !== 'number' || value / step === Number.parseInt(String(value / step), 10),
  minimum: (limit) => (value) => typeof value !== 'number' || value >= limit,
  maximum: (limit) => (value) => typeof value !== 'number' || value <= limit,
  exclusiveMinimum: (limit) => (value) => typeof value !== 'number' || value > limit,
  exclusiveMaximum: (limit) => (value) => typeof value !== 'number' || value < limit,
  minLength: (limit) => (value) => typeof value !== 'string' || characters(value) >= limit,
  maxLength: (limit) => (value) => typeof value !== 'string' || characters(value) <= limit,
  minItems: (limit) => (value) => !Array.isArray(value) || value.length >= limit,
  maxItems: (limit) => (value) => !Array.isArray(value) || value.length <= limit,
  minProperties: (limit) => (value) => !isObject(value) || Object.keys(value).length >= limit,
  maxProperties: (limit) => (value) => !isObject(value) || Object.keys(value).length <= limit,
};

/** Keywords that say nothing about whether a value is valid, and what they must be. */
const silent: { readonly [keyword: string]: (value: unknown) => boolean } = {
  $schema: (value) => /^https?:\/\/json-schema\.org\/draft-07\/schema#?$/.test(String(value)),
  $id: (value) => typeof value === 'string',
  title: (value) => typeof value === 'string',
  description: (value) => typeof value === 'string',
  definitions: isObject,
  default: () => true,
};
/** Keywords that look into an object after its defaults were filled in. */
const late = new Set(['required', 'minProperties', 'maxProperties', 'discriminator']);
/** What belongs to `properties`, `if` and `discriminator`, and is read with them. */
const companions = new Set(['additionalProperties', 'then', 'else']);

/** Makes the quick check of one schema and those inside it. */
class Maker {
  readonly #root: Schema;
  readonly #annotations: ReadonlySet<string>;
  readonly #referred = new Map<string, QuickCheck>();

  constructor(root: Schema, annotations: readonly string[]) {
    this.#root = root;
    this.#annotations = new Set(annotations);
  }

  /**
   * @param filling whether defaults may be filled in here; in a condition they may not
   * @param defaulted whether this schema's own default is looked after by its parent
   */
  make(of: unknown, filling: boolean, defaulted = false): QuickCheck {
    if (of === true) return () => true;
    const schema = objectAt(of);
    if (schema.default !== undefined && !(defaulted && filling)) throw new Beyond();
    const checks: QuickCheck[] = [];
    const after: QuickCheck[] = [];
    for (const [keyword, value] of Object.entries(schema)) {
      if (this.#annotations.has(keyword)) continue;
      if (silent[keyword] !== undefined) {
        if (!silent[keyword](value)) throw new Beyond();
      } else if (companions.has(keyword)) this.#companion(schema, keyword);
      else if (keyword !== 'properties') {
        (late.has(keyword) ? after : checks).push(this.#keyword(schema, keyword, value, filling));
      }
    }
    // what applies to any value comes before defaults are filled in
    if (schema.properties !== undefined || schema.additionalProperties !== undefined) {
      checks.push(this.#properties({ properties: {}, ...schema }, filling));
    }
    const all = [...checks, ...after];
    return all.length === 1 ? all[0]! : (value) => all.every((check) => check(value));
  }

  #companion(schema: Schema, keyword: string): void {
    if ((keyword === 'then' || keyword === 'else') && schema.if === undefined) throw new Beyond();
  }

  #keyword(schema: Schema, keyword: string, value: unknown, filling: boolean): QuickCheck {
    const bound = bounds[keyword];
    if (bound !== undefined) return bound(limitAt(keyword, value));
    switch (keyword) {
      case 'type': {
        const allowed = namesAt(Array.isArray(value) ? listAt(value) : [value]).map((name) => types[name]);
        if (allowed.includes(undefined)) throw new Beyond();
        return allowed.length === 1 ? allowed[0]! : (each) => allowed.some((test) => test!(each));
      }
      case 'const':
        return (each) => same(each, value);
      case 'enum': {
        const allowed = listAt(value);
        if (!distinct(allowed)) throw new Beyond();
        return (each) => allowed.some((one) => same(each, one));
      }
      case 'pattern': {
        if (typeof value !== 'string') throw new Beyond();
        const pattern = new RegExp(value, 'u');
        return (each) => typeof each !== 'string' || pattern.test(each);
      }
      case 'required': {
        const names = namesAt(value);
        return (each) => !isObject(each) || names.every((name) => each[name] !== undefined);
      }
      case 'uniqueItems':
        if (typeof value !== 'boolean') throw new Beyond();
        return value === true ? (each) => !Array.isArray(each) || distinct(each) : () => true;
      case 'allOf': {
        const all = listAt(value).map((each) => this.make(each, filling));
        return (each) => all.every((check) => check(each));
      }
      case 'anyOf': {
        const any = listAt(value).map((each) => this.make(each, false));
        return (each) => any.some((check) => check(each));
      }
      case 'not': {
        const check = this.make(value, false);
        return (each) => !check(each);
      }
      case 'oneOf': {
        if (schema.discriminator !== undefined) return () => true;
        const alternatives = listAt(value).map((each) => this.make(each, false));
        return (each) => alternatives.filter((check) => check(each)).length === 1;
      }
      case 'if':
        return this.#condition(schema, filling);
      case 'discriminator':
        return this.#choice(schema, filling);
      case '$ref':
        return this.#reference(value, filling);
      case 'items':
        return this.#items(value, filling);
      case 'propertyNames':
        return this.#names(value);
      default:
        throw new Beyond();
    }
  }

  #condition(schema: Schema, filling: boolean): QuickCheck {
    if (schema.then === undefined && schema.else === undefined) throw new Beyond();
    const test = this.make(schema.if, false);
    const [then, otherwise] = [schema.then, schema.else].map((each) =>
      each === undefined ? () => true : this.make(each, filling),
    );
    return (value) => (test(value) ? then! : otherwise!)(value);
  }

  /** `oneOf` told apart by a constant. */
  #choice(schema: Schema, filling: boolean): QuickCheck {
    const { propertyName: tag, ...more } = objectAt(schema.discriminator);
    if (typeof tag !== 'string' || Object.keys(more).length > 0 || !filling) throw new Beyond();
    const isRequired = ({ required }: Schema) => Array.isArray(required) && required.includes(tag);
    const branches = new Map<unknown, QuickCheck>();
    for (const branch of listAt(schema.oneOf)) {
      const constant = objectAt(objectAt(objectAt(branch).properties)[tag]).const;
      const told = isRequired(schema) || isRequired(objectAt(branch));
      if (typeof constant !== 'string' || branches.has(constant) || !told) throw new Beyond();
      branches.set(constant, this.make(branch, filling));
    }
    return (value) => !isObject(value) || (branches.get(value[tag])?.(value) ?? false);
  }

  #reference(value: unknown, filling: boolean): QuickCheck {
    const name = /^#\/definitions\/([^/~%]+)$/.exec(String(value))?.[1];
    if (name === undefined) throw new Beyond();
    const key = `${filling} ${name}`;
    const known = this.#referred.get(key);
    if (known !== undefined) return known;
    let made: QuickCheck | undefined;
    this.#referred.set(key, (each) => made!(each));
    made = this.make(objectAt(this.#root.definitions)[name], filling);
    return made;
  }

  #items(value: unknown, filling: boolean): QuickCheck {
    const check = this.make(objectAt(value), filling);
    return (each) => !Array.isArray(each) || each.every(check);
  }

  #names(value: unknown): QuickCheck {
    const check = this.make(objectAt(value), false);
    return (each) => !isObject(each) || Object.keys(each).every(check);
  }

  #properties(schema: Schema, filling: boolean): QuickCheck {
    const properties = objectAt(schema.properties);
    const checks = Object.entries(properties).map(
      ([name, of]) => [name, this.make(of, filling, true)] as const,
    );
    const defaults = Object.entries(properties).flatMap(([name, of]) =>
      isObject(of) && of.default !== undefined ? [[name, of.default] as const] : [],
    );
    const { additionalProperties: others = true } = schema;
    const other = others === false ? () => false : this.make(others, filling);
    return (value) => {
      if (!isObject(value)) return true;
      for (const [name, of] of defaults)
        if (value[name] === undefined) value[name] = typeof of === 'object' ? structuredClone(of) : of;
      for (const name of Object.keys(value)) {
        if (!Object.hasOwn(properties, name) && !other(value[name])) return false;
      }
      return checks.every(([name, check]) => value[name] === undefined || check(value[name]));
    };
  }
}

/**
 * A check of a schema that costs little to make, for the usual case that a value is as it should be. Nothing when the
 * schema uses anything out of the ordinary, or may be wrong itself: the full check has the say then, as it has about
 * what a value lacks.
 *
 * @param annotations keywords that say nothing about validity
 */
export function quickCheck(schema: Schema, annotations: readonly string[]): QuickCheck | undefined {
  try {
    const maker = new Maker(schema, annotations);
    for (const definition of Object.values(objectAt(schema.definitions ?? {}))) maker.make(definition, true);
    return maker.make(schema, true);
  } catch (error) {
    if (error instanceof Beyond || error instanceof SyntaxError || error instanceof RangeError)
      return undefined;
    throw error;
  }
}
