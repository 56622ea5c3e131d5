import type { Json } from '../base/canonical.ts';
import { problems } from '../schema/catalogue.ts';
import { type JsonDocument, keySpan, pointerOf, valueSpan } from '../schema/document.ts';
import type { Problem } from '../schema/problem.ts';
import type { StageTypes } from '../stage/discovery.ts';
import { readWhenText, unreadParams } from '../stage/read.ts';
import { topologicalOrder } from './graph.ts';
import type { Cell } from './matrix.ts';
import type { Foreach, Input, Stage, StageId } from './pipeline.ts';
import { isObject, Wiring, type WrittenForeach, type WrittenStage } from './wiring.ts';

/** The stages of one cell of a pipeline. */
export interface CheckedCell {
  readonly cell: Cell;
  readonly stages: ReadonlyMap<StageId, Stage>;
  readonly foreachs: ReadonlyMap<StageId, Foreach>;
  readonly order: readonly StageId[];
}

/** What a stage waits for: stages beside it and, named by their foreach, those inside one. */
const sourcesOf = (inputs: Iterable<Input>): StageId[] => [
  ...new Set(
    [...inputs].flatMap((input) =>
      input.from === 'stage' ? [input.stage] : input.from === 'each' ? [input.foreach] : [],
    ),
  ),
];

/** The order of a graph of names, and its circles, each told at the input that closes it. */
function ordered(
  after: ReadonlyMap<StageId, readonly StageId[]>,
  inputsOf: (id: StageId) => Iterable<Input>,
): { readonly order: readonly StageId[]; readonly problems: readonly Problem[] } {
  const { order, cycles } = topologicalOrder(after);
  const found = cycles.map((cycle) => {
    const [first, second] = cycle;
    const edge = [...inputsOf(second as StageId)].find((input) =>
      sourcesOf([input]).includes(first as StageId),
    );
    return problems.cycle(edge!.at, cycle);
  });
  return { order: order as StageId[], problems: found };
}

/** Params that a stage would not read, as its type says. */
function ignored({ type, value, pointer }: WrittenStage, document: JsonDocument): Problem[] {
  const { params, inputs } = value as { params: { [name: string]: Json }; inputs: object };
  const placeOf = (path: readonly string[]) => pointer + pointerOf(['params', ...path]);
  return unreadParams(
    type!.manifest.params,
    params,
    (input) => Object.hasOwn(inputs, input),
    (path) => document.written().has(placeOf(path)),
  ).map(({ path, read }) => {
    const at = keySpan(document, placeOf(path));
    const inherited = at.source !== document.source && at.source.name !== '--set';
    return problems.unreadParam(at, path.join('.'), readWhenText(read), inherited, read.input);
  });
}

/** Checks one cell against the stage types there are; everything that is wrong is added to `found`. */
export function checkCell(
  cell: Cell,
  document: JsonDocument,
  directory: string,
  { types }: StageTypes,
  sound: boolean,
  found: Problem[],
): CheckedCell {
  const wiring = new Wiring(document, directory, types);
  const isTold = ({ at }: Problem): boolean =>
    found.some((told) => told.at?.offset === at?.offset && told.at?.source === at?.source);
  found.push(...wiring.problems);
  const inner = (foreach: WrittenForeach): WrittenStage[] =>
    foreach.stages.flatMap((id) => {
      const stage = wiring.stages.get(id);
      return stage?.foreach === foreach.id ? [stage] : [];
    });
  for (const stage of wiring.stages.values()) {
    if (stage.type === undefined) continue;
    found.push(...wiring.wired(stage.id).problems.filter((problem) => !isTold(problem)));
    if (sound) found.push(...ignored(stage, document));
  }
  for (const id of wiring.foreachs.keys()) {
    found.push(...wiring.items(id).problems.filter((problem) => !isTold(problem)));
  }

  const inputsOf = (id: StageId): Input[] => {
    const foreach = wiring.foreachs.get(id);
    if (foreach === undefined) return [...wiring.wired(id).inputs.values()];
    const within = new Set(foreach.stages);
    const taken = inner(foreach).flatMap((stage) => [...wiring.wired(stage.id).inputs.values()]);
    const { input } = wiring.items(id);
    return [...(input ? [input] : []), ...taken].filter(
      (each) => each.from !== 'stage' || !within.has(each.stage),
    );
  };
  const written = isObject(document.value) && isObject(document.value.stages) ? document.value.stages : {};
  const nodes = Object.keys(written) as StageId[];
  const after = new Map(nodes.map((id) => [id, sourcesOf(inputsOf(id))]));
  const top = ordered(after, inputsOf);
  found.push(...top.problems);

  const stageOf = ({ id, value, type, pointer }: WrittenStage): Stage => {
    const { description, params } = value as { description?: string; params: Stage['params'] };
    const { inputs } = wiring.wired(id);
    return {
      id: id as StageId,
      name: id,
      cell: {},
      type: type!,
      ...(description !== undefined && { description }),
      seed: cell.seed,
      params,
      inputs,
      outputs: wiring.outputs(id)!.kinds as Stage['outputs'],
      after: sourcesOf(inputs.values()),
      at: keySpan(document, pointer),
      paramAt: (path) => valueSpan(document, pointer + pointerOf(['params', ...path])),
    };
  };
  const stages = new Map<StageId, Stage>();
  const foreachs = new Map<StageId, Foreach>();
  const parts: { readonly foreach: WrittenForeach; readonly order: readonly StageId[] }[] = [];
  for (const foreach of wiring.foreachs.values()) {
    const within = new Set(foreach.stages);
    const inside = inner(foreach).map(({ id }) => {
      const sources = sourcesOf(wiring.wired(id).inputs.values()).filter((source) => within.has(source));
      return [id as StageId, sources] as const;
    });
    const { order, problems: circles } = ordered(new Map(inside), (id) => wiring.wired(id).inputs.values());
    found.push(...circles);
    parts.push({ foreach, order });
  }
  if (found.length > 0) return { cell, stages, foreachs, order: [] };

  for (const id of top.order) {
    const stage = wiring.stages.get(id);
    if (stage !== undefined) stages.set(id, stageOf(stage));
  }
  for (const { foreach, order } of parts) {
    const id = foreach.id as StageId;
    const { description, take, by, best } = foreach.value as unknown as Pick<
      Foreach,
      'description' | 'take' | 'by' | 'best'
    >;
    foreachs.set(id, {
      id,
      name: id,
      cell: {},
      ...(description !== undefined && { description }),
      items: wiring.items(id).input!,
      ...(take !== undefined && { take }),
      ...(by !== undefined && { by }),
      best,
      stages: new Map(order.map((each) => [each, stageOf(wiring.stages.get(each)!)])),
      after: after.get(id)!,
      at: keySpan(document, foreach.pointer),
    });
  }
  return { cell, stages, foreachs, order: top.order };
}
