/** The time, passed in so that only the edges of the system read it. */
export interface Clock {
  /** Milliseconds since 1970, for records that people read. */
  now(): number;
  /** Milliseconds that only move forward, for durations. */
  elapsed(): number;
}

export const systemClock: Clock = { now: () => Date.now(), elapsed: () => performance.now() };
