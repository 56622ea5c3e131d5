import { type CompiledSchema, compileSchema, type Schema } from '../schema/check.ts';
import { conditionText } from '../schema/condition.ts';

/** When a param is read: `x-read` of its schema. Both must hold where both are said. */
export interface ReadWhen {
  /** A schema of all params of the stage. */
  readonly when?: Schema;
  /** An optional input that must be wired. */
  readonly input?: string;
}

/** `optimiser.kind is sgd or rmsprop`, `the input teacher is wired`. */
export const readWhenText = ({ when, input }: ReadWhen): string =>
  [...(when ? [conditionText(when)] : []), ...(input ? [`the input ${input} is wired`] : [])].join(', and ');

type Members = { readonly [name: string]: unknown };
const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const compiled = new WeakMap<Schema, CompiledSchema>();

function matches(schema: Schema, params: Members): boolean {
  let known = compiled.get(schema);
  if (known === undefined) {
    const result = compileSchema(schema);
    if (!result.ok) throw new Error(`internal error: expected a schema, got ${result.failures[0]!.message}`);
    known = result.value;
    compiled.set(schema, known);
  }
  return (known.quick ?? known.full())(structuredClone(params)) as boolean;
}

/** The properties of an object schema, and of that alternative which a value is: constants tell it. */
function propertiesFor(schema: Schema, value: Members): { readonly [name: string]: Schema } {
  const alternatives = (schema.oneOf ?? []) as readonly Schema[];
  const of = (one: Schema) => (one.properties ?? {}) as { readonly [name: string]: Schema };
  const taken = alternatives.find((one) =>
    Object.entries(of(one)).some(([name, { const: tag }]) => tag !== undefined && value[name] === tag),
  );
  return { ...of(schema), ...(taken ? of(taken) : {}) };
}

/** What a value says is off, which is as true of what is not read. */
const isOff = (value: unknown): boolean => value === false || value === 0 || value === null;

/** A param that would be ignored. */
export interface Unread {
  readonly path: readonly string[];
  readonly read: ReadWhen;
}

/**
 * Params whose value nobody reads, given the others and the inputs that are wired, as far as `isWritten` says that
 * someone wrote them; those that say that something is off are as true as if they were read.
 */
export function unreadParams(
  schema: Schema,
  params: Members,
  wired: (input: string) => boolean,
  isWritten: (path: readonly string[]) => boolean,
): Unread[] {
  const within = (of: Schema, value: Members, path: readonly string[]): Unread[] =>
    Object.entries(propertiesFor(of, value)).flatMap(([name, inner]): Unread[] => {
      const own = value[name];
      const at = [...path, name];
      if (own === undefined || !isWritten(at)) return [];
      const read = inner['x-read'] as ReadWhen | undefined;
      const isRead =
        read === undefined ||
        ((read.when === undefined || matches(read.when, params)) &&
          (read.input === undefined || wired(read.input)));
      if (!isRead) return isOff(own) ? [] : [{ path: at, read }];
      return isObject(own) ? within(inner, own, at) : [];
    });
  return within(schema, params, []);
}

/** Every `x-read` in a schema of params, with its path in that schema. */
export function* readConditions(
  schema: unknown,
  path: readonly string[] = [],
): Generator<readonly [path: readonly string[], read: ReadWhen]> {
  if (typeof schema !== 'object' || schema === null) return;
  for (const [key, of] of Object.entries(schema)) {
    const at = [...path, key];
    const named = path.at(-1) === 'properties';
    if (key === 'x-read' && !named) yield [at, of as ReadWhen];
    else if (named || !['default', 'const', 'enum'].includes(key)) yield* readConditions(of, at);
  }
}
