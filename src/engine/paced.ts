import type { Clock } from '../base/clock.ts';

/** Something that is done again and again. */
export interface Paced {
  /**
   * Does it now, or, when it was done lately, a little later, for all who asked meanwhile. Rejects with an earlier
   * failure.
   */
  soon(): Promise<void>;
  /** Waits for what is under way and forgets what was put off. Rejects with an earlier failure. */
  end(): Promise<void>;
}

/** For each millisecond that it takes, so many pass before it is done again. */
const PAUSE = 20;

/**
 * Does something that takes the longer the more there is, such as writing all results down, so seldom that it takes one
 * twentieth of the time at most.
 */
export function paced(act: () => Promise<void>, clock: Pick<Clock, 'elapsed'>): Paced {
  let under: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  let next = Number.NEGATIVE_INFINITY;
  let failure: { readonly error: unknown } | undefined;

  const now = async (): Promise<void> => {
    const started = clock.elapsed();
    try {
      await act();
    } catch (error) {
      failure = { error };
    }
    under = undefined;
    next = clock.elapsed() + PAUSE * (clock.elapsed() - started);
  };
  const start = (): Promise<void> => {
    timer = undefined;
    under = now();
    return under;
  };
  const putOff = (): void => {
    if (ended || timer !== undefined) return;
    timer = setTimeout(() => void start(), Math.max(0, next - clock.elapsed()));
    timer.unref();
  };
  const check = (): void => {
    if (failure) throw failure.error;
  };

  return {
    async soon() {
      check();
      if (under !== undefined) void under.then(putOff);
      else if (clock.elapsed() < next) putOff();
      else if (timer === undefined) await start();
      check();
    },
    async end() {
      ended = true;
      clearTimeout(timer);
      await under;
      check();
    },
  };
}
