import { createRequire } from 'node:module';
import { workerData } from 'node:worker_threads';

// One thread of the cpu backend: sleeps until there is a job, takes part in it, reports, sleeps again. Plain JavaScript,
// since a worker starts from this file both in src and in dist.

/**
 * @typedef {object} Start
 * @property {WebAssembly.Module | string} code the kernels: a wasm module, or the path of a native addon
 * @property {WebAssembly.Memory} memory
 * @property {number} thread number of this thread
 * @property {number} stack end of its stack
 * @property {number} control address of the control words
 * @property {number} seen number of the last job that was given out before this thread
 * @property {Readonly<Record<'job' | 'finished' | 'aborted' | 'plan' | 'ops' | 'threads' | 'scratch' | 'scratchBytes'
 *   | 'counters' | 'times' | 'repeats' | 'samples' | 'quit', number>>} words their indices
 */

/** @type {Start} */
const { code, memory, thread, stack, control, seen, words } = workerData;
const state = new Int32Array(memory.buffer, control, 32);
const run = typeof code === 'string' ? nativeRun(code) : wasmRun(code);

/**
 * @param {WebAssembly.Module} module
 * @returns {(...words: number[]) => number}
 */
function wasmRun(module) {
  const instance = new WebAssembly.Instance(module, { env: { memory, now: () => performance.now() } });
  const { run, __stack_pointer } =
    /** @type {{ run: (...words: number[]) => number, __stack_pointer: WebAssembly.Global }} */ (
      /** @type {unknown} */ (instance.exports)
    );
  __stack_pointer.value = stack;
  return run;
}

/**
 * @param {string} file
 * @returns {(...words: number[]) => number}
 */
function nativeRun(file) {
  const addon = createRequire(import.meta.url)(file);
  return (...words) => addon.run(new Uint8Array(memory.buffer), ...words);
}

/** @param {keyof Start['words']} name */
const word = (name) => /** @type {number} */ (state[words[name]]);

let last = seen;
for (;;) {
  Atomics.wait(state, words.job, last);
  last = Atomics.load(state, words.job);
  if (word('quit') !== 0) break;
  if (thread >= word('threads')) continue;
  let failed = false;
  try {
    for (let i = 0; i < word('repeats') && !failed; i++) {
      const start = performance.now();
      failed =
        run(
          word('plan'),
          word('ops'),
          thread,
          word('threads'),
          word('scratch'),
          word('scratchBytes'),
          control,
          word('counters'),
          word('times'),
        ) !== 0;
      if (thread === 0 && word('samples') !== 0) {
        new Float64Array(memory.buffer, word('samples') >>> 0, i + 1)[i] = performance.now() - start;
      }
    }
  } catch (error) {
    // The other threads stop at their next meeting; this one ends, and the backend hears of it by the error.
    Atomics.store(state, words.aborted, 1);
    throw error;
  }
  if (Atomics.add(state, words.finished, 1) + 1 === word('threads')) Atomics.notify(state, words.finished);
}
