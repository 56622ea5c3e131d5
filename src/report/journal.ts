import { never } from '../base/result.ts';
import type { AttemptEvent, JournalEntry } from '../schema/generated/journal.ts';
import { factsLine } from './facts.ts';
import { bytes, count, short } from './units.ts';

/**
 * Gives the lines of a journal for people, entry by entry: time of day and what happened; progress only where it changes the
 * tenth.
 */
export function journalPrinter(): (entry: JournalEntry) => string[] {
  let tenth = -1;
  return ({ at, event }) => {
    if (event.type === 'progress') {
      const now = event.total > 0 ? Math.floor((10 * event.step) / event.total) : 0;
      if (now === tenth) return [];
      tenth = now;
    }
    const [first = '', ...rest] = eventText(event).split('\n');
    return [`${timeOfDay(at)}  ${first}`, ...rest.map((line) => ' '.repeat(10) + line)];
  };
}

/** `10:12:01`, in the local time zone. */
const timeOfDay = (at: number): string => {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
};

function eventText(event: AttemptEvent): string {
  switch (event.type) {
    case 'attempt-started':
      return `started as process ${event.pid} on ${event.host}`;
    case 'backend-chosen': {
      const { name, build, instructionSet, threads } = event.backend;
      return `backend ${name} (${build}, ${instructionSet}, ${threads === 1 ? '1 thread' : `${threads} threads`})`;
    }
    case 'attempt-resumed':
      return `resumed at step ${count(event.step)} of ${count(event.total)}`;
    case 'not-resumed':
      return `started over: ${event.why}`;
    case 'progress': {
      const phase = event.phase === undefined ? [] : [event.phase];
      const steps = `step ${count(event.step)} of ${count(event.total)}`;
      return [steps, ...phase, factsLine(event.metrics ?? {})].filter(Boolean).join(' · ');
    }
    case 'note':
      return event.sentence;
    case 'checkpoint-saved':
      return `checkpoint at step ${count(event.step)} (${bytes(event.bytes)})`;
    case 'checkpoint-failed':
      return `no checkpoint: ${event.why}`;
    case 'damage-found':
      return event.what;
    case 'attempt-committed': {
      const outputs = Object.entries(event.outputs).map(([port, of]) => `${port} ${short(of!.digest)}`);
      return `committed: ${outputs.join(', ')}`;
    }
    case 'attempt-stopped':
      return event.step === undefined ? 'stopped' : `stopped at step ${count(event.step)}`;
    case 'attempt-failed':
      return `failed: ${event.code}: ${event.message}${event.stack === undefined ? '' : `\n${event.stack}`}`;
    default:
      return never(event);
  }
}
