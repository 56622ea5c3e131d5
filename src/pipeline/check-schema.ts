import type { Json } from '../base/canonical.ts';
import { problems } from '../schema/catalogue.ts';
import { type Called, type CompiledSchema, checkDocument, compileSchema } from '../schema/check.ts';
import { type JsonDocument, type Pointer, pointerOf, valueSpan } from '../schema/document.ts';
import type { Problem } from '../schema/problem.ts';
import type { Span } from '../schema/source.ts';
import type { StageType, StageTypes } from '../stage/discovery.ts';
import { composePipelineSchema } from './compose.ts';
import { withPresets } from './presets.ts';
import { isObject, type Loose } from './wiring.ts';

type MutableStage = { [field: string]: Json };

/** Empty `params` and `inputs` where a stage leaves them out, in a foreach too. */
function complete(stages: unknown): void {
  if (!isObject(stages)) return;
  for (const stage of Object.values(stages)) {
    if (!isObject(stage)) continue;
    if (stage.type === 'foreach') complete(stage.stages);
    else {
      if (!Object.hasOwn(stage, 'params')) (stage as MutableStage).params = {};
      if (!Object.hasOwn(stage, 'inputs')) (stage as MutableStage).inputs = {};
    }
  }
}

function completed(document: JsonDocument): JsonDocument {
  const value = structuredClone(document.value);
  if (isObject(value)) complete(value.stages);
  return { ...document, value };
}

const stagesOf = (value: unknown): Loose => (isObject(value) && isObject(value.stages) ? value.stages : {});

/** How messages call the places of a pipeline. */
function caller(stages: Loose): (path: readonly string[]) => Called {
  return (path) => {
    const [top, id, field, ...rest] = path;
    if (top !== 'stages' || id === undefined) {
      return { owner: 'the pipeline', noun: 'field', name: path.join('.') || 'the pipeline' };
    }
    if (field === undefined) return { owner: 'the pipeline', noun: 'stage', name: id };
    const stage = stages[id] as Loose | undefined;
    if (field === 'stages' && isObject(stage?.stages)) {
      const called = caller(stage.stages)(['stages', ...rest]);
      return called.owner === 'the pipeline' ? { ...called, owner: id } : called;
    }
    const type = stage?.type;
    const owner = typeof type === 'string' ? type : id;
    if (field === 'params') return { owner, noun: 'param', name: rest.join('.') || `${id}.params` };
    if (field === 'inputs') {
      const name = [id, ...rest].join('.');
      return rest.length > 1
        ? { owner: [id, rest[0]].join('.'), noun: 'field', name }
        : { owner, noun: 'input', name };
    }
    return {
      owner: id,
      noun: 'field',
      name: `${id}.${field}`,
      ...(field === 'type' && { values: 'stage type' }),
    };
  };
}

interface Typed {
  readonly pointer: Pointer;
  readonly name: unknown;
}

/** Every stage with the name of its type, those inside a foreach too. */
function typed(stages: Loose, at: Pointer = '/stages'): Typed[] {
  return Object.entries(stages).flatMap(([id, stage]): Typed[] => {
    const pointer = at + pointerOf([id]);
    if (!isObject(stage)) return [{ pointer, name: undefined }];
    if (stage.type !== 'foreach') return [{ pointer, name: stage.type }];
    return isObject(stage.stages) ? typed(stage.stages, `${pointer}/stages`) : [];
  });
}

/** Stages whose type there is not, or is but cannot be used. */
function typeProblems(
  document: JsonDocument,
  stages: readonly Typed[],
  { types, broken }: StageTypes,
): Problem[] {
  return stages.flatMap(({ pointer, name }) => {
    if (typeof name !== 'string' || types.has(name)) return [];
    const at = valueSpan(document, `${pointer}/type`);
    const reasons = broken.get(name);
    return [
      reasons === undefined
        ? problems.unknownStageType(at, name, [...types.keys(), 'foreach'])
        : problems.brokenStageType(at, name, reasons),
    ];
  });
}

const brokenType = (
  document: JsonDocument,
  stages: readonly Typed[],
  { name }: StageType,
  reasons: readonly Problem[],
): Problem => {
  const { pointer } = stages.find((stage) => stage.name === name) ?? { pointer: '' };
  return problems.brokenStageType(valueSpan(document, `${pointer}/type`), name, reasons);
};

/** Where a schema has what ajv says of it: the place that the sentence begins with, a pattern or a reference. */
function placeOfMistake(schema: JsonDocument, message: string): Span {
  const [, named] = /draft-07 schema: (\S+) must /.exec(message) ?? [];
  if (named !== undefined) return valueSpan(schema, pointerOf(named.split('.')));
  const isCulprit = (pointer: Pointer, text: string): boolean =>
    (pointer.endsWith('/pattern') && message.includes(`/${text}/u`)) ||
    (pointer.endsWith('/$ref') && message.includes(text));
  for (const [pointer, { value }] of schema.written()) {
    const written = value.source.text.slice(value.offset, value.offset + value.length);
    if (/\/(pattern|\$ref)$/.test(pointer) && isCulprit(pointer, String(JSON.parse(written)))) return value;
  }
  return valueSpan(schema, '');
}

/** Values that a stage type gives its params itself: defaults, and those of its presets. */
function ownValues({ manifest }: StageType): { param: string; value: unknown; name: string; at: Pointer }[] {
  const properties = manifest.params.properties as Readonly<Record<string, Loose>>;
  const defaults = Object.entries(properties).map(([param, { default: value }]) => {
    return { param, value, name: `the default of ${param}`, at: pointerOf(['properties', param, 'default']) };
  });
  const presets = Object.entries(manifest.presets).flatMap(([preset, { params }]) =>
    Object.entries(params).map(([param, value]) => {
      const at = pointerOf(['x-stage', 'presets', preset, 'params', param]);
      return { param, value, name: `${param} of the preset ${preset}`, at };
    }),
  );
  return [...defaults, ...presets];
}

/** Those that are not what the schema of their param allows, so that no pipeline could be right. */
function wrongValues(type: StageType): Problem[] {
  const { properties = {}, definitions = {} } = type.manifest.params as Record<string, Record<string, Loose>>;
  return ownValues(type).flatMap(({ param, value, name, at }) => {
    if (value === undefined) return [];
    const { default: _, ...of } = properties[param]!;
    const alone = compileSchema({ ...of, definitions });
    const source = valueSpan(type.schema, at);
    const written = new Map([['', { value: source }]]);
    const document: JsonDocument = { source: source.source, value: value as Json, written: () => written };
    return alone.ok
      ? checkDocument(alone.value, document, () => ({ owner: name, noun: 'param', name })).problems
      : [];
  });
}

/** The compiled schema of the types that a pipeline uses, kept for its cells. */
export type SchemaCache = Map<string, ReturnType<typeof compileSchema>>;

/**
 * Fills in defaults and checks against the schema of the stage types that the pipeline uses (of all, when it uses
 * none that exist). A schema of a stage type that cannot be compiled is a problem of the stages that use it.
 */
export function checkSchema(
  document: JsonDocument,
  types: StageTypes,
  cache: SchemaCache,
): { readonly document: JsonDocument; readonly problems: readonly Problem[] } {
  const written = stagesOf(document.value);
  const stages = typed(written);
  const named = new Set(stages.map(({ name }) => name));
  const used = [...types.types.values()].filter(({ name }) => named.has(name));
  const validate = compiled(used.length > 0 ? used : [...types.types.values()], cache);
  if (!validate.ok) {
    const culprit = used.find(({ manifest }) => !compileSchema(manifest.params).ok) ?? used[0];
    if (culprit === undefined) throw new Error(`internal error: ${validate.failures[0]!.message}`);
    // by itself a schema's places are those in its own file
    const alone = compileSchema(culprit.manifest.params);
    const failures = alone.ok ? validate.failures : alone.failures;
    const reasons = failures.map(({ code, message }) => ({
      code,
      message,
      at: placeOfMistake(culprit.schema, message),
    }));
    return { document, problems: [brokenType(document, stages, culprit, reasons)] };
  }
  const checked = checkDocument(validate.value, withPresets(completed(document), types), caller(written));
  if (checked.problems.length > 0) {
    const broken = used.flatMap((type) => {
      const reasons = wrongValues(type);
      return reasons.length === 0 ? [] : [brokenType(document, stages, type, reasons)];
    });
    if (broken.length > 0) return { document, problems: broken };
  }
  const wrong = typeProblems(document, stages, types);
  const others = checked.problems.filter(({ code }) => code !== 'unknown-stage-type');
  return { document: checked.document, problems: [...wrong, ...others] };
}

function compiled(types: readonly StageType[], cache: SchemaCache): ReturnType<typeof compileSchema> {
  const key = types.map(({ name }) => name).join(' ');
  const known = cache.get(key) ?? compileSchema(composePipelineSchema(types));
  cache.set(key, known);
  return known;
}

export type { CompiledSchema };
