import * as path from 'node:path';
import type { Digest } from '../base/digest.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { problems } from '../schema/catalogue.ts';
import type { Problem } from '../schema/problem.ts';
import type { Span } from '../schema/source.ts';
import type { StageType } from '../stage/discovery.ts';
import type { Port } from '../stage/manifest.ts';
import type { Input, StageId } from './pipeline.ts';

/** Kinds whose artifact is one JSON file that a person can write or bring: those that `{"file": …}` can name. */
export const fileKinds: readonly string[] = [
  'architecture',
  'json',
  'latency-measurement',
  'latency-table',
  'search-space',
];

/** Who asks for an input, and what the pipeline has. */
export interface Asking {
  readonly stage: string;
  readonly port: string;
  readonly wanted: Port;
  readonly at: Span;
  readonly directory: string;
  /** Stage id → its type; undefined for a stage whose type is unknown. */
  readonly stages: ReadonlyMap<string, StageType | undefined>;
}

function resolveStage(text: string, asking: Asking): Result<Input | undefined, Problem> {
  const { at, wanted, stages } = asking;
  const [id = '', port] = text.split('.');
  if (!stages.has(id)) {
    return fail(problems.unknownName(at, 'the pipeline', 'stage', id, [...stages.keys()]));
  }
  const type = stages.get(id);
  if (type === undefined) return ok(undefined); // its type is wrong, which is said elsewhere
  const outputs = type.manifest.outputs;
  const fitting = Object.keys(outputs).filter((name) => outputs[name]!.kind === wanted.kind);
  const input = (name: string): Input => ({
    from: 'stage',
    stage: id as StageId,
    port: name,
    kind: wanted.kind,
    at,
  });
  if (port === undefined) {
    if (fitting.length === 1) return ok(input(fitting[0]!));
    const { stage } = asking;
    const all = Object.entries(outputs).map(([name, of]) => `${name} (${of.kind})`);
    return fail(
      fitting.length > 1
        ? problems.ambiguousReference(at, id, wanted.kind, fitting)
        : problems.noSuchKind(at, `${stage}.${asking.port}`, wanted.kind, id, all),
    );
  }
  const found = outputs[port];
  if (found === undefined) return fail(problems.unknownName(at, id, 'output', port, Object.keys(outputs)));
  if (found.kind === wanted.kind) return ok(input(port));
  return fail(
    problems.kindMismatch(at, {
      asker: `${asking.stage}.${asking.port}`,
      wanted: wanted.kind,
      given: text,
      kind: found.kind,
      declared: `${id} declares ${port} at stages/${type.name}`,
      instead: fitting.map((name) => `${id}.${name}`),
    }),
  );
}

/**
 * What an input's reference means. Nothing is given for a stage whose own type is unknown. The syntax was checked
 * against the schema: anything else gives nothing, too.
 */
export function resolveReference(reference: unknown, asking: Asking): Result<Input | undefined, Problem> {
  const { wanted, at, directory } = asking;
  if (typeof reference === 'string') return resolveStage(reference, asking);
  const { file, artifact } = (reference ?? {}) as { file?: unknown; artifact?: unknown };
  if (typeof artifact === 'string') {
    return ok({ from: 'artifact', digest: artifact as Digest, kind: wanted.kind, at });
  }
  if (typeof file !== 'string') return ok(undefined);
  return fileKinds.includes(wanted.kind)
    ? ok({ from: 'file', path: path.resolve(directory, file), written: file, kind: wanted.kind, at })
    : fail(problems.noFileOfKind(at, wanted.kind, fileKinds));
}
