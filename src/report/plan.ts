import type { Plan, PlannedStage } from '../schema/generated/plan.ts';
import { padEnd, spread, widthOf, wrap } from './layout.ts';
import type { Style } from './style.ts';
import { bytes, counted, duration } from './units.ts';

const WIDTH = 80;

/** A plan for people: cached stages on one line, then each stage that would run, why, and how long it may take. */
export function planLines({ stages }: Plan, style: Style): string[] {
  const cached = stages.filter(({ status }) => status === 'cached').map(({ id }) => id);
  const others = stages.filter(({ status }) => status !== 'cached');
  const idWidth = Math.max(0, ...others.map(({ id }) => id.length));
  const lines = [
    ...wrap(cached.join(' '), WIDTH - 10).map((line, index) =>
      style.dim(`${padEnd(index === 0 ? ' cached' : '', 10)}${line}`),
    ),
    ...others.map((stage) => plannedLine(stage, idWidth, style)),
  ];
  return [...lines, '', ...wrap(totalLine(stages), WIDTH)];
}

function plannedLine(
  { id, status, reason, expectedMs }: PlannedStage,
  idWidth: number,
  style: Style,
): string {
  const label = padEnd(` ${status}`, 10);
  const painted = status === 'unknown' ? style.dim(label) : style.yellow(label);
  const time = expectedMs === undefined ? '' : `~ ${duration(expectedMs)}`;
  const left = `${padEnd(id, idWidth)}  ${reason}`;
  // why a stage runs is told whole, however long
  const room = Math.max(WIDTH - 10, time === '' ? 0 : widthOf(left) + 2 + widthOf(time));
  return painted + spread(left, time, room);
}

/** `3 of 10 stages will run, about 4m15s and 2.1 MiB; 2 more may, if what they take changes.` */
function totalLine(stages: readonly PlannedStage[]): string {
  const sure = stages.filter(({ status }) => status === 'run' || status === 'resume');
  const unknown = stages.filter(({ status }) => status === 'unknown');
  if (sure.length === 0)
    return `Nothing to do: ${stages.length === 1 ? 'the stage is' : 'all stages are'} cached.`;
  const will = `${sure.length} of ${counted(stages.length, 'stage')} will run${timeOf(sure)}`;
  return unknown.length === 0
    ? `${will}.`
    : `${will}; ${unknown.length} more may${timeOf(unknown)}, if what they take changes.`;
}

/** What they took before, all together: time and bytes, and how many of them have no history. */
function timeOf(stages: readonly PlannedStage[]): string {
  const known = stages.filter(({ expectedMs }) => expectedMs !== undefined);
  if (known.length === 0) return '';
  const time = known.reduce((sum, { expectedMs }) => sum + expectedMs!, 0);
  const sizes = known.flatMap(({ expectedBytes }) => expectedBytes ?? []);
  const size = sizes.length === 0 ? '' : ` and ${bytes(sizes.reduce((sum, each) => sum + each, 0))}`;
  const others = stages.length - known.length;
  const rest = others === 0 ? '' : ` and what ${others} without history take${others === 1 ? 's' : ''}`;
  return `, about ${duration(time)}${size}${rest}`;
}
