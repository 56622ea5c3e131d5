import type { JsonDocument } from '../schema/document.ts';
import type { CheckedCell } from './check-cell.ts';
import { topologicalOrder } from './graph.ts';
import type { Dimension } from './matrix.ts';
import type { CellLabels, Foreach, Input, Pipeline, Stage, StageId, UncheckedPipeline } from './pipeline.ts';

/** The id of a stage: its name, and its cell where it has one. */
export const idOf = (name: string, cell: CellLabels): StageId => {
  const labels = Object.entries(cell).map(([dimension, label]) => `${dimension}=${label}`);
  return (labels.length === 0 ? name : `${name}@${labels.join(',')}`) as StageId;
};

/** Name of a stage or foreach → the dimensions that can change what it makes, in the order of the matrix. */
function affecting(
  dimensions: readonly Dimension[],
  cells: readonly CheckedCell[],
): Map<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const { stages, foreachs, order } of cells) {
    for (const name of order) {
      const node = stages.get(name) ?? foreachs.get(name)!;
      const own = 'stages' in node ? [...node.stages.values()] : [node];
      const random = own.some(({ type }) => type.manifest.random);
      const set = found.get(name) ?? new Set();
      found.set(name, set);
      for (const { name: dimension, stage } of dimensions) {
        const direct = stage === undefined ? random : stage === name;
        if (direct || node.after.some((source) => found.get(source)?.has(dimension))) set.add(dimension);
      }
    }
  }
  return found;
}

/**
 * The pipeline of all cells. A stage is there once for each combination of the values that can change what it makes: one
 * that no row of the matrix reaches is shared by all cells, and the seeds reach only what is random or comes after it.
 */
export function combine(
  { directory }: UncheckedPipeline,
  document: JsonDocument,
  dimensions: readonly Dimension[],
  cells: readonly CheckedCell[],
): Pipeline {
  const {
    name,
    description,
    seed = 0,
  } = document.value as { name: string; description?: string; seed?: number };
  const facts = { name, ...(description !== undefined && { description }), seed, document, directory };
  if (dimensions.length === 0) {
    const { stages, foreachs, order } = cells[0]!;
    return { ...facts, stages, foreachs, order };
  }
  const reach = affecting(dimensions, cells);
  const stages = new Map<StageId, Stage>();
  const foreachs = new Map<StageId, Foreach>();
  const after = new Map<StageId, readonly StageId[]>();
  for (const cell of cells) {
    const labelsOf = (node: string): CellLabels => {
      const set = reach.get(node)!;
      const own = dimensions.filter((dimension) => set.has(dimension.name));
      return Object.fromEntries(
        own.map((dimension) => [dimension.name, cell.cell.labels.get(dimension.name)!]),
      );
    };
    const renamed = (node: StageId): StageId => (reach.has(node) ? idOf(node, labelsOf(node)) : node);
    const rewired = (input: Input): Input => {
      if (input.from === 'stage') return { ...input, stage: renamed(input.stage) };
      return input.from === 'each' ? { ...input, foreach: renamed(input.foreach) } : input;
    };
    const moved = (stage: Stage, labels: CellLabels): Stage => ({
      ...stage,
      id: renamed(stage.id),
      cell: labels,
      inputs: new Map([...stage.inputs].map(([port, input]) => [port, rewired(input)])),
      after: stage.after.map(renamed),
    });
    for (const node of cell.order) {
      const labels = labelsOf(node);
      const id = idOf(node, labels);
      if (after.has(id)) continue;
      const stage = cell.stages.get(node);
      if (stage !== undefined) stages.set(id, moved(stage, labels));
      else {
        const foreach = cell.foreachs.get(node)!;
        foreachs.set(id, {
          ...foreach,
          id,
          cell: labels,
          items: rewired(foreach.items),
          stages: new Map([...foreach.stages].map(([key, each]) => [key, moved(each, labels)])),
          after: foreach.after.map(renamed),
        });
      }
      after.set(id, (stages.get(id) ?? foreachs.get(id)!).after);
    }
  }
  const { order } = topologicalOrder(after);
  return { ...facts, stages, foreachs, order: order as StageId[] };
}
