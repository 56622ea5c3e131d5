import * as path from 'node:path';
import { duration } from '../../report/units.ts';
import type {
  ForeachExpanded,
  RunStarted,
  StageRetrying,
  StageSilent,
} from '../../schema/generated/event.ts';

/** A path as a person would type it from `from`: relative below it, absolute elsewhere. */
export function shownPath(file: string, from: string): string {
  const relative = path.relative(from, file);
  return relative === '' ? '.' : relative.startsWith('..') ? file : relative;
}

/** `enas-mnas · 10 stages · store artifacts/ · backend cpu (…)` */
export function runHeader(started: RunStarted, directory: string): string {
  const { pipeline, stages, store, backend } = started;
  return [
    pipeline,
    stages.length === 1 ? '1 stage' : `${stages.length} stages`,
    `store ${shownPath(store, directory)}/`,
    ...(backend === undefined ? [] : [`backend ${backend}`]),
  ].join(' · ');
}

/** `3 of 16 items: 6 stages` */
export const expandedText = ({ items, of, stages }: ForeachExpanded): string =>
  `${items === of ? '' : `${items} of `}${of} item${of === 1 ? '' : 's'}: ${stages.length} stage${stages.length === 1 ? '' : 's'}`;

/** `failed: killed (SIGKILL); retry 1 of 3 in 2s` */
export const retryText = ({ message, retry, of, afterMs }: StageRetrying): string =>
  `failed: ${message}; retry ${retry} of ${of} in ${duration(afterMs)}`;

/** `silent for 5m00s, last heard of at step 12 of 80 (process 4242)`; `forMs`: how long it is by now. */
export const silentText = ({ silentMs, last, pid }: StageSilent, forMs = silentMs): string => {
  const who = pid === undefined ? '' : ` (process ${pid})`;
  return `silent for ${duration(forMs)}, last heard of ${last}${who}`;
};

/** What is done about it, or can be. */
export const silentHint = ({ stops }: StageSilent): string =>
  stops ? 'it is stopped' : 'end its run by Ctrl-C twice; run with --retry-silent 1 to have it started again';

export const STOP_HINT = 'Ctrl-C stops at a checkpoint; run the same command to go on.';
export const STOPPING = 'Stopping at the next checkpoint; Ctrl-C again kills.';
