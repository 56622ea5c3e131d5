import { ALIGNMENT } from './plan/space.ts';
import { HEAP, type Threads } from './threads.ts';

/** Figures of a step, in the order of `Setting` in kernels/update.h. */
const SETTINGS = {
  learningRate: 0,
  weightDecay: 1,
  emaDecay: 2,
  smoothing: 3,
  clipNorm: 4,
  gradientScale: 5,
  teacherRatio: 6,
} as const;
export type Setting = keyof typeof SETTINGS;
const SETTINGS_BASE = HEAP;
const BLOCKS_BASE = HEAP + ALIGNMENT;

const settingAddress = (name: Setting): number => SETTINGS_BASE + 4 * SETTINGS[name];

/** Addresses of the figures of a step that plans name: of the first of all, and of those that ops read alone. */
export const settingAddresses = {
  base: SETTINGS_BASE,
  clipNorm: settingAddress('clipNorm'),
  gradientScale: settingAddress('gradientScale'),
  smoothing: settingAddress('smoothing'),
  teacherRatio: settingAddress('teacherRatio'),
};

interface Block {
  readonly at: number;
  readonly bytes: number;
}

/** Who has which part of the memory: the weights of each model, and above them one workspace that all share. */
export class Arena {
  readonly #threads: Threads;
  #blocks: Block[] = [];
  #busy = false;

  constructor(threads: Threads) {
    this.#threads = threads;
  }

  /** Address of the workspace; it moves when models are built or closed. */
  get workspace(): number {
    const last = this.#blocks.at(-1);
    return last === undefined ? BLOCKS_BASE : last.at + last.bytes;
  }

  /** Whether a run has the workspace. */
  get busy(): boolean {
    return this.#busy;
  }

  /** Has the workspace for the length of a run; whoever comes meanwhile has not awaited it. */
  async during<T>(run: () => Promise<T>): Promise<T> {
    this.#expectIdle();
    this.#busy = true;
    try {
      return await run();
    } finally {
      this.#busy = false;
    }
  }

  #expectIdle(): void {
    if (this.#busy) throw new Error('internal error: expected one call of a backend at a time, got a second');
  }

  /** Takes `count` floats for a model, all zero. */
  take(count: number): number {
    this.#expectIdle();
    const bytes = Math.ceil((count * 4) / ALIGNMENT) * ALIGNMENT;
    let at = BLOCKS_BASE;
    let index = 0;
    for (; index < this.#blocks.length; index++) {
      const block = this.#blocks[index]!;
      if (block.at - at >= bytes) break;
      at = block.at + block.bytes;
    }
    this.#blocks.splice(index, 0, { at, bytes });
    this.ensure(at + bytes);
    this.floats(at, bytes / 4).fill(0);
    return at;
  }

  give(at: number): void {
    this.#blocks = this.#blocks.filter((block) => block.at !== at);
  }

  ensure(end: number): void {
    this.#threads.ensure(end);
  }

  floats(at: number, count: number): Float32Array {
    return new Float32Array(this.#threads.memory.buffer, at, count);
  }

  ints(at: number, count: number): Int32Array {
    return new Int32Array(this.#threads.memory.buffer, at, count);
  }

  doubles(at: number, count: number): Float64Array {
    return new Float64Array(this.#threads.memory.buffer, at, count);
  }

  set(name: Setting, value: number): void {
    this.floats(settingAddress(name), 1)[0] = value;
  }
}
