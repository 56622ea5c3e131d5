/**
 * A thread of the cpu backend as it is, but for a clock that holds thread 0 for 250 ms now and then: as when the
 * system gives its core to somebody else. Kernels read the clock between ops.
 */
import { workerData } from 'node:worker_threads';

const HOLD_MS = 250;
const FIRST = 7;
const EVERY = 20;
const HOLDS = 4;

const never = new Int32Array(new SharedArrayBuffer(4));
const now = performance.now.bind(performance);
let calls = 0;
performance.now = () => {
  const held = workerData.thread === 0 && calls % EVERY === FIRST && calls < EVERY * HOLDS;
  calls++;
  if (held) Atomics.wait(never, 0, 0, HOLD_MS);
  return now();
};
await import('../../dist/cpu/worker.js');
