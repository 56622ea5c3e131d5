import type { Json } from '../base/canonical.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { type CompiledSchema, checkDocument, type Schema } from '../schema/check.ts';
import { type JsonDocument, keySpan, pointerOf, valueSpan } from '../schema/document.ts';
import { didYouMean, listOf } from '../schema/nearest.ts';
import type { Problem } from '../schema/problem.ts';
import { kindNames } from './artifacts.ts';
import type { Kind } from './contract.ts';

/** An input or output of a stage type. */
export interface Port {
  readonly kind: Kind;
  /** Only inputs are: they may be left unwired. */
  readonly optional: boolean;
  readonly description: string;
}

/** What a stage takes of the machine while it runs. */
export interface Resources {
  readonly cpus: number;
  readonly gpus: number;
  readonly memoryMiB: number;
  /** Nothing else may run meanwhile. */
  readonly exclusive: boolean;
}

export type Determinism = 'exact' | 'tolerance' | 'measured';

/** What the schema of a stage type declares, defaults filled in. */
export interface Manifest {
  readonly description: string;
  readonly version: number;
  readonly inputs: { readonly [port: string]: Port };
  readonly outputs: { readonly [port: string]: Port };
  readonly random: boolean;
  readonly determinism: Determinism;
  readonly needs: { readonly backend: boolean; readonly device: boolean };
  readonly resources: Resources;
  /** Params that name a file or a directory, or may name a shipped data set. */
  readonly content: { readonly [param: string]: 'file' | 'directory' };
  readonly datasets: readonly string[];
  /** The schema of the params alone, without `x-stage`. */
  readonly params: Schema;
}

const ports = (of: unknown): Manifest['inputs'] =>
  Object.fromEntries(
    Object.entries(of as Record<string, { kind: Kind; optional?: boolean; description: string }>).map(
      ([name, { kind, optional = false, description }]) => [name, { kind, optional, description }],
    ),
  );

/** Ports whose kind nobody knows; and a param cannot be both required and defaulted, or neither. */
function* oddities(document: JsonDocument): Generator<Problem> {
  const schema = document.value as Record<string, Record<string, Record<string, Record<string, unknown>>>>;
  for (const side of ['inputs', 'outputs']) {
    for (const [port, { kind }] of Object.entries(schema['x-stage']?.[side] ?? {})) {
      if ((kindNames as readonly unknown[]).includes(kind)) continue;
      yield {
        code: 'unknown-kind',
        message: `no artifact kind "${kind}"${didYouMean(String(kind), kindNames)}`,
        at: valueSpan(document, pointerOf(['x-stage', side, port, 'kind'])),
        hints: [`Known kinds: ${listOf(kindNames, 'and')}.`],
      };
    }
  }
  const required = new Set((document.value as { required?: string[] }).required ?? []);
  for (const [param, of] of Object.entries(schema.properties ?? {})) {
    if (required.has(param) || Object.hasOwn(of, 'default')) continue;
    yield {
      code: 'no-default',
      message: `the param "${param}" has no default and is not required`,
      at: keySpan(document, pointerOf(['properties', param])),
      hints: ['Every param has one or the other, so that a fingerprint holds its value.'],
    };
  }
}

const paramsNamed = <T>(schema: Schema, keyword: string): [string, T][] =>
  Object.entries(schema.properties as Record<string, Record<string, unknown>>).flatMap(([param, of]) =>
    of[keyword] === undefined || of[keyword] === false ? [] : [[param, of[keyword] as T]],
  );

/** Checks a stage type's schema against the compiled schemas/stage-manifest.schema.json and reads it. */
export function readManifest(document: JsonDocument, metaSchema: CompiledSchema): Result<Manifest, Problem> {
  const called = (path: readonly string[]) => ({
    owner: path.length > 1 ? path.slice(0, -1).join('.') : 'the schema of a stage type',
    noun: 'field' as const,
    name: path.join('.') || 'the schema of a stage type',
  });
  const checked = checkDocument(metaSchema, document, called);
  if (checked.problems.length > 0) return fail(...checked.problems);
  const odd = [...oddities(document)];
  if (odd.length > 0) return fail(...odd);
  const { 'x-stage': stage, ...params } = checked.document.value as { [key: string]: Json } & Schema;
  const facts = stage as unknown as Omit<Manifest, 'description' | 'params' | 'content' | 'datasets'>;
  return ok({
    description: params.description as string,
    version: facts.version,
    inputs: ports(facts.inputs),
    outputs: ports(facts.outputs),
    random: facts.random,
    determinism: facts.determinism,
    needs: facts.needs,
    resources: facts.resources,
    content: Object.fromEntries(paramsNamed<'file' | 'directory'>(params, 'x-content')),
    datasets: paramsNamed<boolean>(params, 'x-dataset').map(([param]) => param),
    params,
  });
}
