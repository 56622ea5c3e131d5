import type { Json } from '../base/canonical.ts';
import { problems } from '../schema/catalogue.ts';
import { type Called, type CompiledSchema, checkDocument, compileSchema } from '../schema/check.ts';
import { type JsonDocument, type Pointer, pointerOf, valueSpan } from '../schema/document.ts';
import type { Problem } from '../schema/problem.ts';
import type { StageType, StageTypes } from '../stage/discovery.ts';
import { composePipelineSchema } from './compose.ts';
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
    const { pointer } = stages.find(({ name }) => name === culprit?.name) ?? { pointer: '' };
    const at = valueSpan(document, `${pointer}/type`);
    // by itself a schema's places are those in its own file
    const alone = culprit && compileSchema(culprit.manifest.params);
    const failures = alone?.ok === false ? alone.failures : validate.failures;
    const reasons = failures.map((failure) => ({ ...failure, hints: [culprit?.schemaFile ?? ''] }));
    return { document, problems: [problems.brokenStageType(at, culprit?.name ?? '', reasons)] };
  }
  const checked = checkDocument(validate.value, completed(document), caller(written));
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
