import { availableParallelism } from 'node:os';
import type { Backend, BackendInfo, OptimiserSpec, TimeOptions } from '../net/backend.ts';
import type { Network, WeightSpec } from '../net/network.ts';
import { Arena } from './arena.ts';
import type { Kernels } from './kernels.ts';
import { CpuModel } from './model.ts';
import { bestKernels } from './native.ts';
import { MAX_THREADS, Threads } from './threads.ts';

const MOST_DEFAULT_THREADS = 8;

class CpuBackend implements Backend {
  readonly info: BackendInfo;
  readonly #threads: Threads;
  readonly #arena: Arena;

  constructor(threads: Threads, count: number) {
    this.#threads = threads;
    this.#arena = new Arena(threads);
    const { build, instructionSet } = threads.kernels;
    this.info = { name: 'cpu', build, instructionSet, threads: count };
  }

  async build(weights: readonly WeightSpec[], optimiser: OptimiserSpec): Promise<CpuModel> {
    return new CpuModel(weights, optimiser, this.#threads, this.#arena, this.info.threads);
  }

  async time(path: Network, options: TimeOptions): Promise<Float64Array> {
    const model = await this.build(path.weights, { kind: 'sgd', momentum: 0, nesterov: false, ema: false });
    try {
      await model.write(unitWeights(path.weights));
      const passes = options.warmup + options.repeats;
      const samples = await model.time(path, options.batch, passes, options.threads ?? 1);
      return samples.slice(options.warmup);
    } finally {
      await model.close();
    }
  }

  close(): Promise<void> {
    return this.#threads.close();
  }
}

/** Weights that keep activations of the order of one: no kernel gets faster or slower by what it computes with. */
function unitWeights(specs: readonly WeightSpec[]) {
  return new Map(
    specs.map(({ name, shape, trainable }) => {
      const size = shape.reduce((product, side) => product * side, 1);
      const data = Float32Array.from({ length: size }, (_, i) =>
        trainable ? ((i * 7919) % 1009) / 1009 - 0.4 : 1,
      );
      return [name, { shape, data }] as const;
    }),
  );
}

/**
 * The embedded default backend: our kernels on worker threads.
 *
 * @param options.threads 1…64; default: the machine's parallelism, at most 8. Never changes a byte of any result.
 * @param options.kernels which build of them; default: the best that works here. Decides bits.
 */
export async function openCpuBackend(
  options: { threads?: number; kernels?: Kernels } = {},
): Promise<Backend> {
  const count = options.threads ?? Math.min(MOST_DEFAULT_THREADS, availableParallelism());
  if (!Number.isInteger(count) || count < 1 || count > MAX_THREADS) {
    throw new Error(`internal error: expected 1 to ${MAX_THREADS} threads, got ${count}`);
  }
  const threads = new Threads(options.kernels ?? (await bestKernels()));
  await threads.start(count);
  return new CpuBackend(threads, count);
}
