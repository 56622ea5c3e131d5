import { fail, ok, type Result } from '../base/result.ts';
import type { Problem } from '../schema/problem.ts';
import type { StageTypes } from '../stage/discovery.ts';
import { type CheckedCell, checkCell } from './check-cell.ts';
import { checkSchema, type SchemaCache } from './check-schema.ts';
import { combine } from './combine.ts';
import { cellsOf, dimensionsOf, filledFromMatrix } from './matrix.ts';
import type { Pipeline, UncheckedPipeline } from './pipeline.ts';

/** By source, in the order in which the sources are first spoken of, then by place. */
function inOrder(found: readonly Problem[]): Problem[] {
  const sources = [...new Set(found.map(({ at }) => at?.source))];
  const rank = new Map(sources.map((source, index) => [source, index]));
  return found.toSorted(
    (a, b) => rank.get(a.at?.source)! - rank.get(b.at?.source)! || (a.at?.offset ?? 0) - (b.at?.offset ?? 0),
  );
}

/** Each mistake once: what is wrong in one cell is often wrong in all. */
function distinct(found: readonly Problem[]): Problem[] {
  const same = (a: Problem, b: Problem): boolean =>
    a.code === b.code &&
    a.message === b.message &&
    a.at?.source === b.at?.source &&
    a.at?.offset === b.at?.offset;
  const byMessage = new Map<string, Problem[]>();
  return found.filter((problem) => {
    const told = byMessage.get(problem.message) ?? [];
    if (told.some((other) => same(other, problem))) return false;
    byMessage.set(problem.message, [...told, problem]);
    return true;
  });
}

/**
 * Checks a pipeline against the stage types there are: fields, params, ports, the kind on every edge, cycles, in every
 * cell of its matrix. All that is wrong is reported at once, in the order of the text. Nothing is executed and no file
 * is read.
 */
export function checkPipeline(unchecked: UncheckedPipeline, types: StageTypes): Result<Pipeline, Problem> {
  const { directory } = unchecked;
  const cache: SchemaCache = new Map();
  const alone = checkSchema(unchecked.document, types, cache);
  const isSound = alone.problems.length === 0;
  const schema = isSound ? alone : checkSchema(filledFromMatrix(unchecked.document), types, cache);
  const { document } = schema;
  const found = [...types.problems, ...unchecked.problems, ...schema.problems];
  const sound = schema.problems.length === 0;
  const matrix = sound ? dimensionsOf(document) : { dimensions: [], problems: [] };
  found.push(...matrix.problems);
  const dimensions = matrix.problems.length > 0 ? [] : matrix.dimensions;
  const cells: CheckedCell[] = [];
  for (const cell of cellsOf(document, dimensions)) {
    const own = dimensions.length > 0 ? checkSchema(cell.document, types, cache) : { document, problems: [] };
    const wrong: Problem[] = [...(dimensions.length > 0 ? own.problems : found)];
    cells.push(checkCell(cell, own.document, directory, types, sound && own.problems.length === 0, wrong));
    found.push(...wrong);
  }
  const all = distinct(found);
  return all.length > 0 ? fail(...inOrder(all)) : ok(combine(unchecked, document, dimensions, cells));
}
