import type { Json } from '../base/canonical.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { problems } from '../schema/catalogue.ts';
import { type CompiledSchema, checkDocument, compileSchema, type Schema } from '../schema/check.ts';
import { type JsonDocument, keySpan, pointerOf, valueSpan } from '../schema/document.ts';
import { didYouMean, listOf } from '../schema/nearest.ts';
import type { Problem } from '../schema/problem.ts';
import { essenceNames, kindNames } from './artifacts.ts';
import type { Kind } from './contract.ts';
import { readConditions } from './read.ts';

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

export type Determinism = 'exact' | 'tolerance' | 'measured';

/** What the schema of a stage type declares, defaults filled in. */
export interface Manifest {
  readonly description: string;
  readonly version: number;
  /** `declared`: the ports of each stage are those in its params `inputs` and `outputs`, see `withDeclaredPorts`. */
  readonly ports: 'fixed' | 'declared';
  readonly inputs: { readonly [port: string]: Port };
  readonly outputs: { readonly [port: string]: Port };
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

/** Ports whose kind nobody knows; and a param cannot be both required and defaulted, or neither. */
function* oddities(document: JsonDocument): Generator<Problem> {
  const schema = document.value as Record<string, Record<string, Record<string, Record<string, unknown>>>>;
  for (const side of ['inputs', 'outputs']) {
    for (const [port, { kind, like, essence }] of Object.entries(schema['x-stage']?.[side] ?? {})) {
      const inputs = schema['x-stage']?.inputs ?? {};
      if (like !== undefined && !Object.hasOwn(inputs, like as string)) {
        const at = valueSpan(document, pointerOf(['x-stage', side, port, 'like']));
        yield problems.unknownName(at, 'the stage type', 'input', String(like), Object.keys(inputs));
      }
      if (like !== undefined) continue;
      const any = side === 'inputs' && kind === 'any';
      if (any || (kindNames as readonly unknown[]).includes(kind)) {
        const named: readonly string[] = essenceNames[kind as keyof typeof essenceNames] ?? [];
        if (essence === undefined || named.includes(String(essence))) continue;
        yield {
          code: 'unknown-essence',
          message: `no part of kind "${kind}" is called "${essence}"${didYouMean(String(essence), named)}`,
          at: valueSpan(document, pointerOf(['x-stage', side, port, 'essence'])),
          hints: [named.length === 0 ? 'Of this kind, all matters.' : `Its parts: ${listOf(named, 'and')}.`],
        };
        continue;
      }
      yield {
        code: 'unknown-kind',
        message: `no artifact kind "${kind}"${didYouMean(String(kind), kindNames)}`,
        at: valueSpan(document, pointerOf(['x-stage', side, port, 'kind'])),
        hints: [`Known kinds: ${listOf(kindNames, 'and')}.`],
      };
    }
  }
  const declared = (document.value as { 'x-stage': { ports?: string } })['x-stage'].ports === 'declared';
  const outputs = Object.keys(schema['x-stage']?.outputs ?? {});
  if (!declared && outputs.length === 0) {
    yield {
      code: 'no-outputs',
      message: 'a stage type must have an output',
      at: keySpan(document, pointerOf(['x-stage', 'outputs'])),
      hints: ['What a stage does is known by what it gives; declare a port of kind "json" at least.'],
    };
  }
  const needed = declared ? ['inputs', 'outputs'] : [];
  const names = Object.keys(schema.properties ?? {});
  for (const param of needed.filter((name) => !names.includes(name))) {
    yield {
      code: 'no-declared-ports',
      message: `its ports are declared, but it has no param "${param}" that declares them`,
      at: keySpan(document, pointerOf(['x-stage', 'ports'])),
    };
  }
  for (const place of [['properties'], ['x-stage', 'inputs'], ['x-stage', 'outputs']]) {
    const named = place.reduce<unknown>((of, key) => (of as Record<string, unknown>)[key] ?? {}, schema);
    for (const name of Object.keys(named as object).filter((each) => each in Object.prototype)) {
      yield {
        code: 'reserved-name',
        message: `"${name}" cannot name a param or a port: every object has a member of that name`,
        at: keySpan(document, pointerOf([...place, name])),
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

/** References to anything but a definition of the same schema: that of a pipeline, which holds it, has only those. */
function* badReferences(document: JsonDocument): Generator<Problem> {
  const { definitions = {}, properties } = document.value as { definitions?: object; properties?: Json };
  const names = Object.keys(definitions);
  function* within(value: unknown, path: readonly string[]): Generator<Problem> {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, of] of Object.entries(value)) {
      const at = [...path, key];
      if (key !== '$ref' || typeof of !== 'string') {
        if (!['default', 'const', 'enum'].includes(key) || path.at(-1) === 'properties')
          yield* within(of, at);
        continue;
      }
      const name = /^#\/definitions\/([^/]+)$/.exec(of)?.[1];
      if (name !== undefined && names.includes(name)) continue;
      yield {
        code: 'invalid-reference',
        message: `the reference ${of} leads to no definition of this schema${didYouMean(name ?? '', names)}`,
        at: valueSpan(document, pointerOf(at)),
        hints: ['A reference is written "#/definitions/<name>".'],
      };
    }
  }
  const { allOf } = document.value as { allOf?: Json };
  yield* within({ properties, definitions, allOf }, []);
}

/** Horizons that are no number, and conditions that are no schema. */
function* badHorizons(document: JsonDocument): Generator<Problem> {
  const { properties } = document.value as { properties: Record<string, Record<string, unknown>> };
  for (const [param, of] of Object.entries(properties)) {
    const horizon = of['x-horizon'] as true | { readonly when: Schema } | undefined;
    if (horizon === undefined) continue;
    const at = valueSpan(document, pointerOf(['properties', param, 'x-horizon']));
    if (of.type !== 'integer' && of.type !== 'number') {
      yield { code: 'invalid-horizon', message: `the param "${param}" is a horizon, but no number`, at };
    }
    const when = horizon === true ? undefined : compileSchema(horizon.when);
    if (when?.ok === false) {
      const message = `the condition of the horizon "${param}": ${when.failures[0]!.message}`;
      yield { code: 'invalid-horizon', message, at };
    }
  }
}

/** Conditions under which a param is read that are no schema, or name no optional input. */
function* badReads(document: JsonDocument): Generator<Problem> {
  const { properties, 'x-stage': stage } = document.value as {
    readonly properties: Json;
    readonly 'x-stage': { readonly inputs?: { readonly [port: string]: { readonly optional?: boolean } } };
  };
  const optional = Object.entries(stage.inputs ?? {}).flatMap(([port, of]) => (of.optional ? [port] : []));
  for (const [path, { when, input }] of readConditions({ properties })) {
    const at = valueSpan(document, pointerOf(path));
    const code = 'invalid-read';
    const named = `the condition "${path.slice(0, -1).join('.')}"`;
    if (when === undefined && input === undefined) {
      yield { code, message: `${named} has neither "when" nor "input"`, at };
    }
    if (input !== undefined && !optional.includes(input)) {
      const guess = didYouMean(input, optional);
      yield { code, message: `${named}: "${input}" is no optional input${guess}`, at };
    }
    const schema = when === undefined ? undefined : compileSchema(when);
    if (schema?.ok === false) yield { code, message: `${named}: ${schema.failures[0]!.message}`, at };
  }
}

/** Params that settle something of a device that the stage type does not measure, or that another settles already. */
function* badDevices(document: JsonDocument): Generator<Problem> {
  const { properties, 'x-stage': stage } = document.value as {
    properties: Record<string, Record<string, unknown>>;
    'x-stage': { needs?: { device?: boolean } };
  };
  const settled = new Map<unknown, string>();
  for (const [param, { 'x-device': what }] of Object.entries(properties)) {
    if (what === undefined) continue;
    const at = valueSpan(document, pointerOf(['properties', param, 'x-device']));
    const code = 'invalid-device-param';
    const other = settled.get(what);
    if (!stage.needs?.device) {
      const message = `the param "${param}" settles the ${what} of the device, but the stage type measures none`;
      yield {
        code,
        message,
        at,
        hints: ['A stage type that measures declares "needs": { "device": true }.'],
      };
    } else if (other !== undefined) {
      yield { code, message: `"${other}" and "${param}" both settle the ${what} of the device`, at };
    }
    settled.set(what, param);
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
  const odd = [
    ...oddities(document),
    ...badReferences(document),
    ...badHorizons(document),
    ...badReads(document),
    ...badDevices(document),
  ];
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

/** Port → kind in a param of a stage; what is no such thing is left out, because the schema says it. */
const declaredPorts = (of: unknown, what: string): Manifest['inputs'] =>
  Object.fromEntries(
    Object.entries(typeof of === 'object' && of !== null ? of : {}).flatMap(([port, kind]) =>
      (kindNames as readonly unknown[]).includes(kind)
        ? [
            [
              port,
              {
                kind: kind as Kind,
                optional: false,
                many: false,
                description: `Declared in params.${what}.`,
              },
            ],
          ]
        : [],
    ),
  );

/** The manifest of one stage: where ports are declared, with those that its params declare. */
export const withDeclaredPorts = (manifest: Manifest, params: unknown): Manifest => {
  if (manifest.ports === 'fixed') return manifest;
  const { inputs, outputs } = (params ?? {}) as { inputs?: unknown; outputs?: unknown };
  return {
    ...manifest,
    inputs: declaredPorts(inputs, 'inputs'),
    outputs: declaredPorts(outputs, 'outputs'),
  };
};
