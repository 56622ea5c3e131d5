import { manyLines } from './many-lines.ts';
import { type LineContext, stageLines } from './stage-line.ts';
import { FEW, isMany, type RunView, type StageView } from './view.ts';

/** The only row of a pipeline with many stages. */
const MANY = '';
const DONE: ReadonlySet<string> = new Set(['cached', 'ran', 'resumed']);

/** Stages and foreachs of the pipeline, or one row for many of them: the stages of a foreach share its row. */
export const rowsOf = (view: RunView): readonly string[] => (isMany(view) ? [MANY] : [...view.stages.keys()]);

/** Columns that lines of a screen may take; the last two stay free, as listr2 leaves them. */
export const widthOf = (columns: number): number => Math.min(columns, 80) - 2;

/** The lines of each row. */
export function frameOf(
  { stages: all }: RunView,
  rows: readonly string[],
  screen: Pick<LineContext, 'width' | 'style' | 'now' | 'spinner'>,
): string[][] {
  const stages = [...all.values()];
  const pending = new Set(stages.filter(({ state }) => !DONE.has(state)).map(({ id }) => id));
  const idWidth = stages.reduce((most, { id }) => Math.max(most, id.length), 7);
  const context = { ...screen, idWidth, pending };
  const byRow = new Map<string, StageView[]>(rows.map((row) => [row, []]));
  for (const stage of stages) byRow.get(rows[0] === MANY ? MANY : stage.row)!.push(stage);
  return rows.map((row) => {
    const own = byRow.get(row)!;
    return own.length > FEW ? manyLines(own, context) : own.flatMap((stage) => stageLines(stage, context));
  });
}
