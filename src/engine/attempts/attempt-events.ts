import { never } from '../../base/result.ts';
import type { AttemptEvent } from '../../schema/generated/journal.ts';
import type { RunEvent } from '../identity/types.ts';

/** What a line of an attempt's journal means to the run; nothing for start and end, which the engine tells itself. */
export function eventOf(stage: string, event: AttemptEvent, elapsedMs: number): RunEvent | undefined {
  switch (event.type) {
    case 'progress': {
      const { step, total, phase, metrics } = event;
      const more = { ...(phase !== undefined && { phase }), ...(metrics !== undefined && { metrics }) };
      return { event: 'stage-progress', stage, step, total, ...more, elapsedMs };
    }
    case 'note':
      return { event: 'stage-note', stage, sentence: event.sentence };
    case 'not-resumed':
      return { event: 'stage-note', stage, sentence: `it starts over: ${event.why}` };
    case 'checkpoint-saved':
      return { event: 'stage-checkpoint', stage, step: event.step };
    case 'checkpoint-failed':
      return {
        event: 'warning',
        code: 'checkpoint-failed',
        message: `${stage} could not save its checkpoint and goes on: ${event.why}`,
        stage,
      };
    case 'damage-found':
      return { event: 'warning', code: 'damage', message: event.what, stage };
    case 'attempt-started':
    case 'backend-chosen':
    case 'attempt-resumed':
    case 'attempt-committed':
    case 'attempt-stopped':
    case 'attempt-failed':
      return undefined;
    default:
      return never(event);
  }
}
