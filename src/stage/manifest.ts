import type { Json } from '../base/canonical.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { type CompiledSchema, checkDocument, type Schema } from '../schema/check.ts';
import type { JsonDocument } from '../schema/document.ts';
import type { Problem } from '../schema/problem.ts';
import type { Kind } from './contract.ts';
import { manifestProblems } from './manifest-problems.ts';

/** An input or output of a stage type. */
export interface Port {
  /** `any`: an input takes what it is wired to; an output is of the kind of the input that `like` names. */
  readonly kind: Kind | 'any';
  readonly like?: string;
  /** Only inputs are: they may be left unwired. */
  readonly optional: boolean;
  /** Only inputs do: they take a list of artifacts of one kind. */
  readonly many: boolean;
  readonly description: string;
  /** Part of an input that is all that matters to the stage, by the name that its kind gives it. */
  readonly essence?: string;
}

/** What a stage takes of the machine while it runs. */
export interface Resources {
  readonly cpus: number;
  readonly gpus: number;
  readonly memoryMiB: number;
  /** Nothing else may run meanwhile. */
  readonly exclusive: boolean;
}

/** How often a failed attempt is followed by another, which goes on from the last checkpoint. */
export interface Retries {
  readonly times: number;
  /** Seconds before the first of them; each further one waits twice as long. */
  readonly seconds: number;
}

/** When an attempt that says nothing is called silent, and what is done then. */
export interface Silence {
  readonly seconds: number;
  /** Absent: it is told, and left alone. Otherwise it is stopped, and followed by another at most so often. */
  readonly retries?: number;
}

/** What a param that names content holds: the path of a file, of a directory, or a list of either. */
export type ContentForm = 'file' | 'directory' | 'paths';

/** Params of a stage type as somebody published them. */
export interface Preset {
  /** Whose they are, and from where. */
  readonly description: string;
  /** Those that it settles. */
  readonly params: { readonly [param: string]: Json };
}

export type Determinism = 'exact' | 'tolerance' | 'measured';

/** What the schema of a stage type declares, defaults filled in. */
export interface Manifest {
  readonly description: string;
  readonly version: number;
  /** `declared`: the ports of each stage are those in its params `inputs` and `outputs`, see `withDeclaredPorts`. */
  readonly ports: 'fixed' | 'declared';
  readonly inputs: { readonly [port: string]: Port };
  readonly outputs: { readonly [port: string]: Port };
  /** By name. */
  readonly presets: { readonly [name: string]: Preset };
  readonly random: boolean;
  readonly determinism: Determinism;
  readonly needs: { readonly backend: boolean; readonly device: boolean; readonly program: boolean };
  readonly retries: Retries;
  readonly silence: Silence;
  readonly resources: Resources;
  /** Params that name a file or a directory, or may name a shipped data set. */
  readonly content: { readonly [param: string]: ContentForm };
  readonly datasets: readonly string[];
  /** Names of the params that settle what of the measured device, where there are such. */
  readonly device: { readonly runtime?: string; readonly threads?: string };
  /**
   * Params that say only how far the stage goes, so that a larger value goes on from a smaller one's checkpoint: always,
   * or when the params match a schema.
   */
  readonly horizons: { readonly [param: string]: true | Schema };
  /** The schema of the params alone, without `x-stage`. */
  readonly params: Schema;
}

const ports = (of: unknown): Manifest['inputs'] =>
  Object.fromEntries(
    Object.entries(of as Record<string, Partial<Port> & { description: string }>).map(
      ([name, { kind = 'any', optional = false, many = false, ...port }]) => [
        name,
        { ...port, kind, optional, many },
      ],
    ),
  );

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
  const odd = [...manifestProblems(document)];
  if (odd.length > 0) return fail(...odd);
  const { 'x-stage': stage, ...params } = checked.document.value as { [key: string]: Json } & Schema;
  const facts = stage as unknown as Omit<
    Manifest,
    'description' | 'params' | 'content' | 'datasets' | 'device' | 'horizons'
  >;
  return ok({
    description: params.description as string,
    version: facts.version,
    ports: facts.ports,
    inputs: ports(facts.inputs),
    outputs: ports(facts.outputs),
    presets: facts.presets,
    random: facts.random,
    determinism: facts.determinism,
    needs: facts.needs,
    resources: facts.resources,
    retries: facts.retries,
    silence: facts.silence,
    content: Object.fromEntries(paramsNamed<ContentForm>(params, 'x-content')),
    device: Object.fromEntries(
      paramsNamed<'runtime' | 'threads'>(params, 'x-device').map(([param, of]) => [of, param]),
    ),
    horizons: Object.fromEntries(
      paramsNamed<true | { readonly when: Schema }>(params, 'x-horizon').map(([param, of]) => [
        param,
        of === true ? true : of.when,
      ]),
    ),
    datasets: paramsNamed<boolean>(params, 'x-dataset').map(([param]) => param),
    params,
  });
}
