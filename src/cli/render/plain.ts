import type { Clock } from '../../base/clock.ts';
import { never } from '../../base/result.ts';
import { factsLine } from '../../report/facts.ts';
import { padEnd } from '../../report/layout.ts';
import { memoText } from '../../report/memo.ts';
import { clockTime, count, counted, duration, percent } from '../../report/units.ts';
import type { RunEvent } from '../../schema/generated/event.ts';
import { expandedText, retryText, runHeader, STOPPING, shownPath, silentHint, silentText } from './header.ts';
import type { Renderer, Screen } from './renderer.ts';
import {
  advance,
  emptyView,
  equalText,
  heldText,
  isMany,
  type RunView,
  resumedText,
  type StageView,
  timeLeft,
} from './view.ts';

/** Least time between two lines of progress of one stage, in milliseconds. */
const PROGRESS_EVERY = 5_000;

/** Lines for logs and pipes: one when a stage starts, progress every few seconds, one when it ends. */
export function plainRenderer(
  screen: Pick<Screen, 'write'>,
  clock: Pick<Clock, 'elapsed'>,
  directory: string,
): Renderer {
  let view: RunView = emptyView();
  let idWidth = 0;
  /** Cached stages that no line has told of. */
  let folded = 0;
  const shownAt = new Map<string, number>();
  const line = (id: string, text: string): string =>
    `${padEnd(id, idWidth)}  ${text.replaceAll('\n', `\n${' '.repeat(idWidth + 2)}`)}`;

  /** What an event adds to the log. */
  const lines = (event: RunEvent, now: number): string[] => {
    const stage = 'stage' in event && event.stage !== undefined ? view.stages.get(event.stage) : undefined;
    switch (event.event) {
      case 'run-started':
        idWidth = event.stages.reduce((most, { id }) => Math.max(most, id.length), 0);
        return [runHeader(event, directory)];
      case 'stage-waiting':
        return event.reason === 'lock' ? [line(event.stage, heldText(stage!, now))] : [];
      case 'stage-cached':
        if (isMany(view)) {
          folded++;
          return [];
        }
        return [line(event.stage, ['cached', ...facts(stage!)].join(' · '))];
      case 'stage-started': {
        shownAt.set(event.stage, now);
        const how = event.resumedFrom === undefined ? 'starts' : `resumes from step ${resumedText(event)}`;
        return [line(event.stage, `${how}: ${event.reason}`)];
      }
      case 'stage-progress':
        if (now - (shownAt.get(event.stage) ?? 0) < PROGRESS_EVERY) return [];
        shownAt.set(event.stage, now);
        return [line(event.stage, progressText(stage!, now))];
      case 'stage-note':
        return [line(event.stage, event.sentence)];
      case 'stage-silent':
        return [
          line(event.stage, silentText(event)),
          line('', `${silentHint(event)} · log: ${shownPath(event.log, directory)}`),
        ];
      case 'stage-heard':
        return [line(event.stage, `is heard of again after ${duration(event.silentMs)}`)];
      case 'stage-checkpoint':
      case 'run-finished':
        return [];
      case 'foreach-expanded':
        idWidth = Math.max(idWidth, ...event.stages.map(({ id }) => id.length));
        return [line(event.stage, expandedText(event))];
      case 'stage-retrying':
        return [line(event.stage, retryText(event))];
      case 'stage-finished': {
        const how = event.status === 'resumed' ? 'finished after resuming' : 'finished';
        return [line(event.stage, [`${how} in ${duration(event.elapsedMs)}`, ...facts(stage!)].join(' · '))];
      }
      case 'stage-failed': {
        const log = `log: npx pipe logs latest:${event.stage}`;
        const kept =
          event.checkpointStep === undefined ? '' : `checkpoint at step ${count(event.checkpointStep)} · `;
        return [
          line(event.stage, `failed after ${duration(event.elapsedMs)}: ${event.message}`),
          line('', kept + log),
        ];
      }
      case 'stage-stopped': {
        const where =
          event.checkpointStep === undefined
            ? 'before its first checkpoint'
            : `at step ${count(event.checkpointStep)}`;
        return [line(event.stage, `stopped ${where} after ${duration(event.elapsedMs)}`)];
      }
      case 'warning':
        return [`warning: ${event.message}`];
      default:
        return never(event);
    }
  };

  return {
    event(event) {
      const now = clock.elapsed();
      view = advance(view, event, now);
      if (folded > 0 && event.event !== 'stage-cached') {
        screen.write(`${counted(folded, 'stage')} cached\n`);
        folded = 0;
      }
      for (const text of lines(event, now)) screen.write(`${text}\n`);
    },
    stopping: () => screen.write(`${STOPPING}\n`),
    async close() {},
  };
}

/** What follows the state of a finished stage. */
const facts = (stage: StageView): string[] =>
  [
    factsLine(stage.summary),
    stage.madeOn ? `made on ${stage.madeOn}` : '',
    stage.accepted === undefined ? '' : `edit accepted: ${stage.accepted}`,
    equalText(stage),
    stage.state === 'cached' ? '' : memoText(stage.memo),
  ].filter((part) => part !== '');

function progressText(stage: StageView, now: number): string {
  const { step, total, metrics = {} } = stage.progress!;
  const left = timeLeft(stage, now);
  return [
    `${count(step)} of ${count(total)} (${percent(total > 0 ? step / total : 0, 0)})`,
    factsLine(metrics),
    left === undefined ? '' : `ETA ${clockTime(left)}`,
  ]
    .filter((part) => part !== '')
    .join(' · ');
}
