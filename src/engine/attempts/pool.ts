import type { Resources } from '../../stage/manifest.ts';

/** What this machine has for attempts. */
export interface Capacity {
  readonly cpus: number;
  readonly gpus: number;
  readonly memoryMiB: number;
}

/** Shares the machine among attempts, in the order in which they ask. */
export interface Pool {
  /**
   * Waits until the resources are free, and takes them until the returned function is called. A stage that wants more
   * than there is gets all there is; an exclusive one waits until nothing else runs, and keeps others out. Nothing is
   * returned when the signal is aborted first.
   */
  take(wanted: Resources, signal: AbortSignal, waiting: () => void): Promise<(() => void) | undefined>;
}

interface Request {
  readonly wanted: Capacity & { readonly exclusive: boolean };
  readonly start: (release: (() => void) | undefined) => void;
}

/** `most`: attempts at a time, whatever resources are free. */
export function createPool(capacity: Capacity, most = Number.POSITIVE_INFINITY): Pool {
  const free = { ...capacity };
  const queue: Request[] = [];
  let running = 0;
  let exclusive = false;
  const units = ['cpus', 'gpus', 'memoryMiB'] as const;

  const fits = ({ wanted }: Request): boolean =>
    !exclusive &&
    running < most &&
    (running === 0 || !wanted.exclusive) &&
    (running === 0 || units.every((unit) => wanted[unit] <= free[unit]));

  function advance(): void {
    for (let next = queue[0]; next !== undefined && fits(next); next = queue[0]) {
      queue.shift();
      const { wanted } = next;
      for (const unit of units) free[unit] -= wanted[unit];
      running++;
      exclusive = wanted.exclusive;
      let held = true;
      next.start(() => {
        if (!held) return;
        held = false;
        for (const unit of units) free[unit] += wanted[unit];
        running--;
        if (wanted.exclusive) exclusive = false;
        advance();
      });
    }
  }

  return {
    take(wanted, signal, waiting) {
      return new Promise((resolve) => {
        if (signal.aborted) return resolve(undefined);
        const capped = Object.fromEntries(
          units.map((unit) => [unit, Math.min(wanted[unit], capacity[unit])]),
        );
        const request: Request = {
          wanted: { ...(capped as unknown as Capacity), exclusive: wanted.exclusive },
          start: (release) => {
            signal.removeEventListener('abort', abandon);
            resolve(release);
          },
        };
        const abandon = () => {
          queue.splice(queue.indexOf(request), 1);
          resolve(undefined);
          advance();
        };
        signal.addEventListener('abort', abandon, { once: true });
        queue.push(request);
        advance();
        if (queue.includes(request)) waiting();
      });
    },
  };
}
