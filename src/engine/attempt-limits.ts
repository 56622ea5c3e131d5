import type { RunningAttempt } from '../executors/index.ts';
import type { RunScope } from './stage-scope.ts';

/** Time that an attempt which takes too long has to save a checkpoint and end, milliseconds. */
const GRACE_MS = 10_000;

/** Stops an attempt that takes longer than it may, and kills it when it does not stop. */
export function watchTime(
  { timeoutMs }: RunScope,
  under: RunningAttempt,
): { readonly over: boolean; end(): void } {
  const watch = { over: false, end: () => clearTimeout(timer) };
  let timer: NodeJS.Timeout | undefined;
  if (timeoutMs !== undefined) {
    timer = setTimeout(() => {
      watch.over = true;
      under.stop();
      timer = setTimeout(() => under.kill(), GRACE_MS);
    }, timeoutMs);
  }
  return watch;
}
