import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../base/clock.ts';

/** How long an attempt may give no sign of life, and how often one that gave none is followed by another. */
export interface SilenceLimit {
  /** Milliseconds after which it is called silent. */
  readonly afterMs: number;
  /** Absent: it is told, and left alone. Otherwise it is stopped, and followed by another at most so often. */
  readonly retries?: number;
}

/** What is new about an attempt's silence. */
export interface SilenceNews {
  readonly is: 'silent' | 'heard';
  /** Milliseconds without a sign of life, until now. */
  readonly forMs: number;
}

/**
 * Judges silence look by look, `sign` being equal as long as the attempt gives no sign of life. More than two intervals
 * between looks count as two: then this process stood still as well, in a suspended machine for instance.
 */
export function createSilence(limitMs: number, everyMs: number) {
  let before: number | undefined;
  let looked = 0;
  let forMs = 0;
  let silent = false;
  return (sign: number, now: number): SilenceNews | undefined => {
    const lastly = forMs;
    forMs += before === undefined ? 0 : Math.min(now - looked, 2 * everyMs);
    looked = now;
    if (sign !== before) {
      before = sign;
      forMs = 0;
      if (!silent) return undefined;
      silent = false;
      return { is: 'heard', forMs: lastly };
    }
    if (silent || forMs < limitMs) return undefined;
    silent = true;
    return { is: 'silent', forMs };
  };
}

/** Time between two looks at an attempt, milliseconds. */
const intervalFor = (limitMs: number): number => Math.min(1000, Math.max(20, limitMs / 10));

/** Looks at an attempt until the returned function is called, and tells what is new about its silence. */
export function watchSilence(
  limitMs: number,
  clock: Pick<Clock, 'elapsed'>,
  sign: () => Promise<number>,
  tell: (news: SilenceNews) => void,
): () => void {
  const everyMs = intervalFor(limitMs);
  const judge = createSilence(limitMs, everyMs);
  const over = new AbortController();
  async function look(): Promise<void> {
    while (!over.signal.aborted) {
      const news = judge(await sign(), clock.elapsed());
      if (news && !over.signal.aborted) tell(news);
      await sleep(everyMs, undefined, { signal: over.signal, ref: false }).catch(() => {});
    }
  }
  void look();
  return () => over.abort();
}
