import type { RunningAttempt } from '../../executors/index.ts';
import type { AttemptEvent } from '../../schema/generated/journal.ts';
import type { Prepared } from '../identity/prepare.ts';
import { type SilenceLimit, watchSilence } from './silence.ts';
import type { RunScope } from './stage-scope.ts';

/** Time that an attempt which is stopped has to save a checkpoint and end, milliseconds. */
export const GRACE_MS = 10_000;

/** Which limit an attempt went over, so that it was stopped. */
export type Exceeded = 'time' | 'silence';

/** An attempt that is watched. */
export interface Watched {
  readonly exceeded: Exceeded | undefined;
  /** What it was last heard to do, for people. */
  readonly last: string;
  hears(event: AttemptEvent): void;
  /** Ends the watching. */
  end(): void;
}

/** The limit of a stage: what the run was told, else what its type says. */
export const silenceOf = ({ silence }: RunScope, { stage }: Prepared): SilenceLimit => {
  const { seconds, retries } = stage.type.manifest.silence;
  return { afterMs: 1000 * seconds, ...(retries !== undefined && { retries }), ...silence };
};

const count = (n: number): string => n.toLocaleString('en-US');

/** What an attempt did, as an end of `last heard of …`. */
function words(event: AttemptEvent): string | undefined {
  switch (event.type) {
    case 'progress':
      return `at step ${count(event.step)} of ${count(event.total)}`;
    case 'checkpoint-saved':
      return `at its checkpoint of step ${count(event.step)}`;
    case 'attempt-started':
      return 'at its start';
    case 'attempt-resumed':
      return `when it resumed from step ${count(event.step)}`;
    default:
      return undefined;
  }
}

/**
 * Watches what an attempt may take: one that takes longer than it may, or is silent and may not be, is asked to save a
 * checkpoint and end, and is killed when it does not. Silence is told in any case.
 */
export function watchAttempt(scope: RunScope, prepared: Prepared, under: RunningAttempt): Watched {
  const { timeoutMs, emit, clock, graceMs } = scope;
  const { id, type } = prepared.stage;
  const limit = silenceOf(scope, prepared);
  const attempts = scope.work.store.attempts;
  const watched = {
    exceeded: undefined as Exceeded | undefined,
    last: 'at its start',
    hears: (event: AttemptEvent) => {
      watched.last = words(event) ?? watched.last;
    },
    end: () => {
      clearTimeout(time);
      clearTimeout(grace);
      endLooking();
    },
  };
  let grace: NodeJS.Timeout | undefined;
  const stop = (over: Exceeded): void => {
    if (watched.exceeded !== undefined) return;
    watched.exceeded = over;
    under.stop();
    grace = setTimeout(() => under.kill(), graceMs);
  };
  const time = timeoutMs === undefined ? undefined : setTimeout(() => stop('time'), timeoutMs);
  const endLooking = watchSilence(
    limit.afterMs,
    clock,
    async () => {
      const { journal, log } = await attempts.written(under.attempt);
      return type.manifest.needs.program ? journal + log : journal;
    },
    ({ is, forMs }) => {
      if (watched.exceeded !== undefined) return;
      const facts = { stage: id, attempt: under.attempt.id, silentMs: forMs };
      if (is === 'heard') return emit({ event: 'stage-heard', ...facts });
      const stops = limit.retries !== undefined;
      emit({
        event: 'stage-silent',
        ...facts,
        last: watched.last,
        log: under.attempt.log,
        stops,
        ...(under.pid !== undefined && { pid: under.pid }),
      });
      if (stops) stop('silence');
    },
  );
  return watched;
}
