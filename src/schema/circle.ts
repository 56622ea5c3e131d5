import type { Schema } from './schema.ts';

/** Keywords whose schemas look at the very value that their owner looks at. */
const inPlace = ['allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else', 'dependencies'] as const;
/** Keywords that hold values, in which nothing is a schema. */
const values = new Set(['default', 'const', 'enum', 'examples']);

type Node = Schema | readonly unknown[];
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;
const membersOf = (value: unknown): Node[] => (isNode(value) ? Object.values(value).filter(isNode) : []);

/** What a reference inside the schema leads to; undefined for any other, and for one that leads nowhere. */
function targetOf(root: Schema, reference: unknown): Node | undefined {
  if (typeof reference !== 'string' || !/^#(\/|$)/.test(reference)) return undefined;
  let at: unknown = root;
  for (const part of reference.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    at = isNode(at) && Object.hasOwn(at, key) ? (at as Schema)[key] : undefined;
  }
  return isNode(at) ? at : undefined;
}

/** Properties whose default is an object that lacks them again: filling it in comes back to the same schema. */
function* defaulted({ properties }: Schema): Generator<Node> {
  for (const [name, of] of Object.entries(isNode(properties) ? properties : {})) {
    const value: unknown = isNode(of) && (of as Schema).default;
    if (isNode(value) && !Array.isArray(value) && !Object.hasOwn(value, name)) yield of as Node;
  }
}

/** Schemas that must be asked before one can answer. */
function* asked(root: Schema, node: Schema): Generator<Node> {
  for (const keyword of inPlace) {
    const of = node[keyword];
    if (!isNode(of)) continue;
    if (Array.isArray(of) || keyword === 'dependencies') yield* membersOf(of);
    else yield of;
  }
  yield* defaulted(node);
  const target = targetOf(root, node.$ref);
  if (target !== undefined) yield target;
}

/**
 * The reference by which a schema asks itself about the same value before it can answer, whatever lies between: `allOf`,
 * conditions, other references, defaults that are filled in for ever. Undefined when there is none. A schema that refers
 * to itself for what lies inside a value is not circular.
 */
export function circularReference(root: Schema): string | undefined {
  const done = new Set<Node>();
  const under = new Set<Node>();
  const walk = (node: Node): string | undefined => {
    if (done.has(node)) return undefined;
    under.add(node);
    let found: string | undefined;
    for (const next of asked(root, node as Schema)) {
      const reference = (node as Schema).$ref;
      found = under.has(next) ? String(reference) : walk(next);
      if (found !== undefined) break;
    }
    under.delete(node);
    done.add(node);
    return found;
  };
  const open: Node[] = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const found = walk(node);
    if (found !== undefined) return found;
    for (const [key, of] of Object.entries(node)) if (!values.has(key) && isNode(of)) open.push(of);
  }
  return undefined;
}
