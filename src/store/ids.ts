import type { Clock } from '../base/clock.ts';

const two = (n: number): string => `${n}`.padStart(2, '0');

/**
 * A short id that sorts by time: `261124-102301-rk`, year to second in UTC and the millisecond in base 36. Unique once
 * a directory of that name was created exclusively; a taken one is tried again in the next millisecond.
 */
export function timeId(now: number): string {
  const at = new Date(now);
  const day = `${two(at.getUTCFullYear() % 100)}${two(at.getUTCMonth() + 1)}${two(at.getUTCDate())}`;
  const time = `${two(at.getUTCHours())}${two(at.getUTCMinutes())}${two(at.getUTCSeconds())}`;
  return `${day}-${time}-${at.getUTCMilliseconds().toString(36).padStart(2, '0')}`;
}

/** Whether a name has the form of such an id. */
export const isTimeId = (name: string): boolean => /^\d{6}-\d{6}-[0-9a-z]{2}$/.test(name);

/** The first free id from now on, claimed by `claim` (which creates a directory of that name exclusively). */
export async function claimId(clock: Clock, claim: (id: string) => Promise<boolean>): Promise<string> {
  for (let now = clock.now(); ; now++) {
    const id = timeId(now);
    if (await claim(id)) return id;
  }
}
