import type { Json } from '../base/canonical.ts';
import { problems } from '../schema/catalogue.ts';
import { compileSchema, type Schema } from '../schema/check.ts';
import { type JsonDocument, keySpan, pointerOf, valueSpan } from '../schema/document.ts';
import { didYouMean, listOf } from '../schema/nearest.ts';
import type { Problem } from '../schema/problem.ts';
import { essenceNames, kindNames } from './artifacts.ts';
import { readConditions } from './read.ts';

/** What is wrong with the schema of a stage type that its meta-schema cannot say. */
export function* manifestProblems(document: JsonDocument): Generator<Problem> {
  yield* badPorts(document);
  yield* reservedNames(document);
  yield* missingDefaults(document);
  yield* badReferences(document);
  yield* badHorizons(document);
  yield* badReads(document);
  yield* badDevices(document);
  yield* badPresets(document);
}

type Nested = Record<string, Record<string, Record<string, Record<string, unknown>>>>;

/** Ports whose kind nobody knows, a stage type without an output, and declared ports that no param declares. */
function* badPorts(document: JsonDocument): Generator<Problem> {
  const schema = document.value as Nested;
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
}

/** Names that every object has a member of. */
function* reservedNames(document: JsonDocument): Generator<Problem> {
  const schema = document.value as Nested;
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
}

/** Params that are neither required nor defaulted. */
function* missingDefaults(document: JsonDocument): Generator<Problem> {
  const schema = document.value as Nested;
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

/** Presets of params that there are not. */
function* badPresets(document: JsonDocument): Generator<Problem> {
  const { properties, 'x-stage': stage } = document.value as {
    readonly properties: object;
    readonly 'x-stage': { readonly presets?: { readonly [name: string]: { readonly params: object } } };
  };
  const known = Object.keys(properties);
  for (const [name, { params }] of Object.entries(stage.presets ?? {})) {
    for (const param of Object.keys(params).filter((each) => !known.includes(each))) {
      const at = keySpan(document, pointerOf(['x-stage', 'presets', name, 'params', param]));
      yield problems.unknownName(at, 'the stage type', 'param', param, known);
    }
  }
}
