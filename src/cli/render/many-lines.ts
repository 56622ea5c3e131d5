import { wrap } from '../../report/layout.ts';
import { count } from '../../report/units.ts';
import { type LineContext, stageLines } from './stage-line.ts';
import type { StageView } from './view.ts';

/** Most lines of single stages among many. */
const SINGLE = 20;

const COUNTED = ['cached', 'ran', 'resumed', 'running', 'waiting', 'failed', 'stopped', 'not-run'] as const;

/** Whether something is happening to a stage, or has gone wrong. */
const isTold = ({ state, heldFrom }: StageView): boolean =>
  state === 'running' ||
  state === 'failed' ||
  state === 'stopped' ||
  (state === 'waiting' && heldFrom !== undefined);

/** Many stages: how many there are in each state, then lines of those that run or did not end well. */
export function manyLines(stages: readonly StageView[], context: LineContext): string[] {
  const counted = COUNTED.flatMap((state) => {
    const here = stages.filter((stage) => stage.state === state).length;
    return here === 0 ? [] : [`${count(here)} ${state === 'not-run' ? 'not run' : state}`];
  });
  const told = stages.filter(isTold);
  const more = told.length - SINGLE;
  const idWidth = Math.max(7, ...told.slice(0, SINGLE).map(({ id }) => id.length));
  return [
    ...wrap(`${count(stages.length)} stages: ${counted.join(' · ')}`, context.width - 3).map(
      (line) => `   ${line}`,
    ),
    ...told.slice(0, SINGLE).flatMap((stage) => stageLines(stage, { ...context, idWidth })),
    ...(more > 0 ? [context.style.dim(`   and ${count(more)} more`)] : []),
  ];
}
