import type { Json } from '../base/canonical.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { problems } from '../schema/catalogue.ts';
import { type Called, checkDocument, compileSchema } from '../schema/check.ts';
import { type JsonDocument, keySpan, pointerOf, valueSpan } from '../schema/document.ts';
import type { Problem } from '../schema/problem.ts';
import type { StageType, StageTypes } from '../stage/discovery.ts';
import { composePipelineSchema } from './compose.ts';
import { stageGraph, topologicalOrder } from './graph.ts';
import type { Input, Pipeline, Stage, StageId, UncheckedPipeline } from './pipeline.ts';
import { resolveReference } from './references.ts';

type Loose = { readonly [key: string]: unknown };
const isObject = (value: unknown): value is Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The pipeline with empty `params` and `inputs` where a stage leaves them out. */
function completed(document: JsonDocument): JsonDocument {
  const value = structuredClone(document.value) as { stages?: { [id: string]: { [field: string]: Json } } };
  if (!isObject(value) || !isObject(value.stages)) return document;
  for (const stage of Object.values(value.stages)) {
    if (!isObject(stage)) continue;
    stage.params ??= {};
    stage.inputs ??= {};
  }
  return { ...document, value: value as Json };
}

/** How messages call the places of a pipeline. */
function caller(stages: Loose): (path: readonly string[]) => Called {
  return (path) => {
    const [top, id, field, ...rest] = path;
    if (top !== 'stages' || id === undefined) {
      return { owner: 'the pipeline', noun: 'field', name: path.join('.') || 'the pipeline' };
    }
    if (field === undefined) return { owner: 'the pipeline', noun: 'stage', name: id };
    const type = (stages[id] as Loose | undefined)?.type;
    const owner = typeof type === 'string' ? type : id;
    if (field === 'params') return { owner, noun: 'param', name: rest.join('.') || `${id}.params` };
    if (field === 'inputs') return { owner, noun: 'input', name: [id, ...rest].join('.') };
    return {
      owner: id,
      noun: 'field',
      name: `${id}.${field}`,
      ...(field === 'type' && { values: 'stage type' }),
    };
  };
}

interface Wired {
  readonly inputs: ReadonlyMap<string, Input>;
  readonly problems: readonly Problem[];
}

/** Resolves the inputs of one stage, in the order of its manifest. */
function wire(
  id: string,
  type: StageType,
  written: Loose,
  { document, directory }: UncheckedPipeline,
  stages: ReadonlyMap<string, StageType | undefined>,
): Wired {
  const inputs = new Map<string, Input>();
  const found: Problem[] = [];
  for (const [port, wanted] of Object.entries(type.manifest.inputs)) {
    if (!Object.hasOwn(written, port)) continue;
    const at = valueSpan(document, pointerOf(['stages', id, 'inputs', port]));
    const resolved = resolveReference(written[port], { stage: id, port, wanted, at, directory, stages });
    if (!resolved.ok) found.push(...resolved.failures);
    else if (resolved.value !== undefined) inputs.set(port, resolved.value);
  }
  return { inputs, problems: found };
}

/** Stages whose type there is not, or is but cannot be used. */
function typeProblems(document: JsonDocument, stages: Loose, { types, broken }: StageTypes): Problem[] {
  return Object.entries(stages).flatMap(([id, stage]) => {
    const name = isObject(stage) ? stage.type : undefined;
    if (typeof name !== 'string' || types.has(name)) return [];
    const at = valueSpan(document, pointerOf(['stages', id, 'type']));
    const reasons = broken.get(name);
    return [
      reasons === undefined
        ? problems.unknownStageType(at, name, [...types.keys()])
        : problems.brokenStageType(at, name, reasons),
    ];
  });
}

/**
 * Fills in defaults and checks against the schema of the stage types that the pipeline uses (of all, when it uses
 * none that exist). A schema of a stage type that cannot be compiled is a problem of the stages that use it.
 */
function checkSchema(
  document: JsonDocument,
  stages: Loose,
  types: StageTypes,
): { document: JsonDocument; problems: readonly Problem[] } {
  const named = new Set(Object.values(stages).map((stage) => (isObject(stage) ? stage.type : undefined)));
  const used = [...types.types.values()].filter(({ name }) => named.has(name));
  const validate = compileSchema(composePipelineSchema(used.length > 0 ? used : types.types.values()));
  if (!validate.ok) {
    const culprit = used.find(({ manifest }) => !compileSchema(manifest.params).ok) ?? used[0];
    const id = Object.keys(stages).find((each) => (stages[each] as Loose).type === culprit?.name) ?? '';
    const at = valueSpan(document, pointerOf(['stages', id, 'type']));
    const reasons = validate.failures.map((failure) => ({ ...failure, hints: [culprit?.schemaFile ?? ''] }));
    return { document, problems: [problems.brokenStageType(at, culprit?.name ?? '', reasons)] };
  }
  const checked = checkDocument(validate.value, completed(document), caller(stages));
  const wrong = typeProblems(document, stages, types);
  const others = checked.problems.filter(({ code }) => code !== 'unknown-stage-type');
  return { document: checked.document, problems: [...wrong, ...others] };
}

const order = (a: Problem, b: Problem): number =>
  a.at?.source === b.at?.source ? (a.at?.offset ?? 0) - (b.at?.offset ?? 0) : 0;

/**
 * Checks a pipeline against the stage types there are: fields, params, ports, the kind on every edge, cycles. All that
 * is wrong is reported at once, in the order of the text. Nothing is executed and no file is read.
 */
export function checkPipeline(unchecked: UncheckedPipeline, types: StageTypes): Result<Pipeline, Problem> {
  const { directory } = unchecked;
  const stagesOf = (value: unknown): Loose => (isObject(value) && isObject(value.stages) ? value.stages : {});
  const schema = checkSchema(unchecked.document, stagesOf(unchecked.document.value), types);
  const { document } = schema;
  const root = isObject(document.value) ? document.value : {};
  const written = stagesOf(root);
  const stageTypes = new Map<string, StageType | undefined>(
    Object.entries(written).map(([id, stage]) => [
      id,
      isObject(stage) && typeof stage.type === 'string' ? types.types.get(stage.type) : undefined,
    ]),
  );
  const found = [...types.problems, ...schema.problems];
  const wired = new Map<string, Wired>();
  for (const [id, type] of stageTypes) {
    const stage = written[id] as Loose;
    if (type === undefined) continue;
    const result = wire(id, type, isObject(stage.inputs) ? stage.inputs : {}, unchecked, stageTypes);
    const told = new Set(found.map(({ at }) => at));
    found.push(
      ...result.problems.filter(
        ({ at }) => ![...told].some((t) => t?.offset === at?.offset && t?.source === at?.source),
      ),
    );
    wired.set(id, result);
  }
  const after = new Map(
    Object.keys(written).map((id) => [
      id,
      [
        ...new Set(
          [...(wired.get(id)?.inputs.values() ?? [])].flatMap((i) => (i.from === 'stage' ? [i.stage] : [])),
        ),
      ],
    ]),
  );
  const graph = stageGraph(after);
  const sorted = topologicalOrder(graph);
  if ('cycle' in sorted) {
    const [first, second] = sorted.cycle;
    const edge = [...wired.get(second!)!.inputs.values()].find(
      (i) => i.from === 'stage' && i.stage === first,
    );
    found.push(problems.cycle(edge!.at, sorted.cycle));
  }
  if (found.length > 0 || 'cycle' in sorted) return fail(...found.sort(order));
  const stages = new Map<StageId, Stage>();
  for (const id of sorted.order as StageId[]) {
    const { description, params } = written[id] as { description?: string; params: Stage['params'] };
    const type = stageTypes.get(id)!;
    stages.set(id, {
      id,
      type,
      ...(description !== undefined && { description }),
      params,
      inputs: wired.get(id)!.inputs,
      after: after.get(id)!,
      at: keySpan(document, pointerOf(['stages', id])),
    });
  }
  const { name, description, seed = 0 } = root as { name: string; description?: string; seed?: number };
  return ok({
    name,
    ...(description !== undefined && { description }),
    seed,
    document,
    directory,
    stages,
    graph,
  });
}
