import { Worker } from 'node:worker_threads';
import { backendFailure } from '../net/backend-failure.ts';
import type { Kernels } from './kernels.ts';

/** Indices of the control words; the first six are those of `Control` in kernels/kernels.cpp. */
const WORDS = {
  job: 0,
  finished: 1,
  aborted: 2,
  arrived: 3,
  plan: 6,
  ops: 7,
  threads: 8,
  scratch: 9,
  scratchBytes: 10,
  counters: 11,
  times: 12,
  repeats: 13,
  samples: 14,
  quit: 15,
} as const;

const CONTROL = 1024;
const STACK = 65_536;
const PAGE = 65_536;
/** Most threads that a job can have. */
export const MAX_THREADS = 64;
/** First address that does not belong to control words and stacks. */
export const HEAP = STACK * (MAX_THREADS + 1);

/** One run (or several in a row) of a plan that lies in the arena. */
export interface Job {
  readonly plan: number;
  readonly ops: number;
  readonly threads: number;
  /** Address of `threads` blocks of scratch. */
  readonly scratch: number;
  readonly scratchBytes: number;
  /** One word an op. */
  readonly counters: number;
  /** One float an op, to which milliseconds are added; 0: not wanted. */
  readonly times: number;
  readonly repeats: number;
  /** One double a repetition: its milliseconds; 0: not wanted. */
  readonly samples: number;
}

interface WaitAsync {
  waitAsync(
    array: Int32Array,
    index: number,
    value: number,
  ): { async: false; value: string } | { async: true; value: Promise<string> };
}

/** Shared memory that can grow to 4 GiB, or to what the system lets us reserve. */
function reserve(): WebAssembly.Memory {
  for (let maximum = 65_536; ; maximum /= 2) {
    try {
      return new WebAssembly.Memory({ initial: HEAP / PAGE + 1, maximum, shared: true });
    } catch (error) {
      if (maximum <= 4096) throw error;
    }
  }
}

/** The arena and the worker threads that compute in it. The calling thread only waits, and never blocks. */
export class Threads {
  readonly memory = reserve();
  readonly kernels: Kernels;
  readonly #worker: URL;
  readonly #workers: Worker[] = [];
  readonly #control: Int32Array;
  #failure: Error | undefined;
  #closed = false;

  /** @param worker what each thread runs */
  constructor(kernels: Kernels, worker = new URL('../../dist/cpu/worker.js', import.meta.url)) {
    this.kernels = kernels;
    this.#worker = worker;
    this.#control = new Int32Array(this.memory.buffer, CONTROL, 32);
  }

  /** Grows the arena so that addresses below `end` exist. */
  ensure(end: number): void {
    const missing = end - this.memory.buffer.byteLength;
    if (missing <= 0) return;
    try {
      this.memory.grow(Math.ceil(missing / PAGE));
    } catch {
      const mebibytes = Math.ceil(end / 2 ** 20);
      throw backendFailure(
        'out-of-memory',
        `the network needs ${mebibytes} MiB of memory, more than the cpu backend can have; use a smaller batch`,
      );
    }
  }

  /** Starts threads until there are `count`. */
  async start(count: number): Promise<void> {
    const started: Promise<void>[] = [];
    while (this.#workers.length < count) {
      const thread = this.#workers.length;
      const worker = new Worker(this.#worker, {
        // Flags of the process (loaders, --input-type) are not for this file.
        execArgv: [],
        workerData: {
          code: this.kernels.code,
          memory: this.memory,
          thread,
          stack: STACK * (thread + 2),
          control: CONTROL,
          seen: Atomics.load(this.#control, WORDS.job),
          words: WORDS,
        },
      });
      this.#workers.push(worker);
      started.push(
        new Promise((resolve, reject) => {
          worker.once('online', resolve);
          worker.once('error', reject);
        }),
      );
      worker.on('error', (error) => this.#fail(error));
      worker.on('exit', (code) => {
        if (!this.#closed) this.#fail(new Error(`a thread of the cpu backend ended with code ${code}`));
      });
      worker.unref();
    }
    for (const worker of this.#workers) worker.ref();
    await Promise.all(started);
    for (const worker of this.#workers) worker.unref();
  }

  /**
   * Runs a job to its end; once threads have been started, they have it when the call returns. Throws when a thread fails;
   * nothing can be run after that.
   */
  async run(job: Job): Promise<void> {
    if (this.#closed) throw new Error('internal error: expected an open backend, got a closed one');
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#workers.length < job.threads) await this.start(job.threads);
    const control = this.#control;
    for (const name of Object.keys(job) as (keyof Job)[]) control[WORDS[name]] = job[name];
    control[WORDS.finished] = 0;
    const keeper = this.#workers[0]!;
    keeper.ref();
    try {
      Atomics.add(control, WORDS.job, 1);
      Atomics.notify(control, WORDS.job);
      for (;;) {
        const finished = Atomics.load(control, WORDS.finished);
        if (finished === job.threads || this.#failure !== undefined) break;
        const wait = (Atomics as unknown as WaitAsync).waitAsync(control, WORDS.finished, finished);
        if (wait.async) await wait.value;
      }
    } finally {
      keeper.unref();
    }
    if (control[WORDS.aborted] !== 0) this.#fail(new Error('a kernel of the cpu backend failed'));
    if (this.#failure !== undefined) throw this.#failure;
  }

  #fail(cause: Error): void {
    this.#failure ??= new Error(`internal error: expected a finished job, got: ${cause.message}`, { cause });
    Atomics.store(this.#control, WORDS.aborted, 1);
    Atomics.notify(this.#control, WORDS.finished);
  }

  /** Ends the threads; a job that is under way is refused. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#fail(new Error('the backend was closed'));
    this.#control[WORDS.quit] = 1;
    Atomics.add(this.#control, WORDS.job, 1);
    Atomics.notify(this.#control, WORDS.job);
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}
