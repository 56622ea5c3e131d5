import * as path from 'node:path';
import type { Digest } from '../base/digest.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { isOutside } from '../base/user-file.ts';
import { problems } from '../schema/catalogue.ts';
import type { Problem } from '../schema/problem.ts';
import type { Span } from '../schema/source.ts';
import type { Kind } from '../stage/contract.ts';
import type { Port } from '../stage/manifest.ts';
import type { Input, StageId } from './pipeline.ts';

/** Kinds whose artifact is one JSON file that a person can write or bring: those that `{"file": …}` can name. */
export const fileKinds: readonly Kind[] = [
  'architecture',
  'correlation',
  'json',
  'latency-measurement',
  'latency-table',
  'search-space',
];

/** What a stage gives: port → kind; a kind is undefined where a mistake that is told elsewhere hides it. */
export interface Outputs {
  readonly kinds: { readonly [port: string]: Kind | undefined };
  /** Where they are declared, for people. */
  readonly declaredAt: string;
}

/** What can be named at a place of the pipeline. */
export interface Scope {
  /** Stages, and foreachs. */
  readonly names: ReadonlySet<string>;
  /** Outputs of a stage; undefined when its type is unknown. */
  outputs(stage: string): Outputs | undefined;
  /** Foreach → names of the stages inside it. */
  readonly foreachs: ReadonlyMap<string, readonly string[]>;
  /** Stage inside a foreach that this place is not in → the foreach. */
  readonly inside: ReadonlyMap<string, string>;
  /** Inside a foreach: the kind of its items; undefined when a mistake told elsewhere hides it. */
  readonly item?: { readonly kind: Kind | undefined };
}

/** Who asks for an input. */
export interface Asking {
  readonly stage: string;
  readonly port: string;
  readonly wanted: Pick<Port, 'kind' | 'many'>;
  readonly at: Span;
  readonly directory: string;
  readonly scope: Scope;
}

type Resolved = Result<Input | undefined, Problem>;

const mismatch = (
  { at, stage, port, wanted }: Asking,
  given: string,
  kind: Kind,
  declared: string,
  instead: string[],
) =>
  fail(
    problems.kindMismatch(at, {
      asker: `${stage}.${port}`,
      wanted: wanted.kind,
      given,
      kind,
      declared,
      instead,
    }),
  );

/** Finds the port of a stage that is meant; `prefix` is how the stage is written. */
function resolvePort(
  prefix: string,
  stage: string,
  port: string | undefined,
  asking: Asking,
): Result<{ readonly port: string; readonly kind: Kind } | undefined, Problem> {
  const { at, wanted, scope } = asking;
  const outputs = scope.outputs(stage);
  if (outputs === undefined) return ok(undefined); // its type is wrong, which is said elsewhere
  const { kinds, declaredAt } = outputs;
  const fits = (kind: Kind | undefined): boolean => wanted.kind === 'any' || kind === wanted.kind;
  const fitting = Object.keys(kinds).filter((name) => fits(kinds[name]));
  const found = (name: string) => {
    const kind = kinds[name];
    return ok(kind === undefined ? undefined : { port: name, kind });
  };
  if (port === undefined) {
    if (fitting.length === 1) return found(fitting[0]!);
    if (fitting.length > 1) return fail(problems.ambiguousReference(at, prefix, wanted.kind, fitting));
    if (Object.values(kinds).includes(undefined)) return ok(undefined);
    const all = Object.entries(kinds).map(([name, kind]) => `${name} (${kind})`);
    return fail(problems.noSuchKind(at, `${asking.stage}.${asking.port}`, wanted.kind, prefix, all));
  }
  if (!Object.hasOwn(kinds, port)) {
    return fail(problems.unknownName(at, prefix, 'output', port, Object.keys(kinds)));
  }
  const kind = kinds[port];
  if (kind === undefined || fits(kind)) return found(port);
  const declared = `${prefix} declares ${port} at ${declaredAt}`;
  return mismatch(
    asking,
    `${prefix}.${port}`,
    kind,
    declared,
    fitting.map((name) => `${prefix}.${name}`),
  );
}

function resolveEach(
  foreach: string,
  stage: string | undefined,
  port: string | undefined,
  asking: Asking,
): Resolved {
  const { at, wanted, scope } = asking;
  const stages = scope.foreachs.get(foreach)!;
  if (stage === undefined) return fail(problems.stageOfForeach(at, foreach, stages));
  if (!stages.includes(stage)) return fail(problems.unknownName(at, foreach, 'stage', stage, stages));
  if (!wanted.many) {
    return fail(problems.severalForOne(at, `${asking.stage}.${asking.port}`, `${foreach}.${stage}`));
  }
  const found = resolvePort(`${foreach}.${stage}`, stage, port, asking);
  if (!found.ok || found.value === undefined) return found as Resolved;
  return ok({ from: 'each', foreach: foreach as StageId, stage: stage as StageId, ...found.value, at });
}

function resolveName(text: string, asking: Asking): Resolved {
  const { at, wanted, scope } = asking;
  const [id = '', second, third] = text.split('.');
  if (scope.item !== undefined && id === 'item') {
    const { kind } = scope.item;
    if (second !== undefined) return fail(problems.unknownName(at, 'the item', 'output', second, []));
    if (kind === undefined) return ok(undefined);
    if (wanted.kind === 'any' || kind === wanted.kind) return ok({ from: 'item', kind, at });
    return mismatch(asking, 'item', kind, 'It is one element of the list that the foreach goes over', []);
  }
  if (scope.foreachs.has(id)) return resolveEach(id, second, third, asking);
  const foreach = scope.inside.get(id);
  if (foreach !== undefined) return fail(problems.insideForeach(at, id, foreach));
  if (!scope.names.has(id)) {
    return fail(problems.unknownName(at, 'the pipeline', 'stage', id, [...scope.names]));
  }
  if (third !== undefined) {
    const known = Object.keys(scope.outputs(id)?.kinds ?? {});
    return fail(problems.unknownName(at, id, 'output', `${second}.${third}`, known));
  }
  const found = resolvePort(id, id, second, asking);
  if (!found.ok || found.value === undefined) return found as Resolved;
  return ok({ from: 'stage', stage: id as StageId, ...found.value, at });
}

/**
 * What an input's reference means. Nothing is given for a stage whose own type is unknown. The syntax was checked
 * against the schema: anything else gives nothing, too.
 */
export function resolveReference(reference: unknown, asking: Asking): Resolved {
  const { wanted, at, directory } = asking;
  if (typeof reference === 'string') return resolveName(reference, asking);
  const { file, artifact } = (reference ?? {}) as { file?: unknown; artifact?: unknown };
  if (typeof artifact !== 'string' && typeof file !== 'string') return ok(undefined);
  const { kind } = wanted;
  if (kind === 'any') return fail(problems.unknownKind(at, `${asking.stage}.${asking.port}`));
  if (typeof artifact === 'string') return ok({ from: 'artifact', digest: artifact as Digest, kind, at });
  const written = file as string;
  if (path.isAbsolute(written) || isOutside(directory, path.resolve(directory, written))) {
    return fail(problems.outsideProject(at, written));
  }
  return fileKinds.includes(kind)
    ? ok({ from: 'file', path: path.resolve(directory, written), written, kind, at })
    : fail(problems.noFileOfKind(at, kind, fileKinds));
}
