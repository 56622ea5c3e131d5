import { availableParallelism } from 'node:os';
import type { Backend, BackendInfo, OptimiserSpec, TimeOptions } from '../net/backend.ts';
import type { Network, WeightSpec } from '../net/network.ts';
import { Arena } from './arena.ts';
import { compileKernels } from './compile.ts';
import { CpuModel } from './model.ts';
import { MAX_THREADS, Threads } from './threads.ts';

const MOST_DEFAULT_THREADS = 8;

class CpuBackend implements Backend {
  readonly info: BackendInfo;
  readonly #threads: Threads;
  readonly #arena: Arena;

  constructor(threads: Threads, count: number) {
    this.#threads = threads;
    this.#arena = new Arena(threads);
    this.info = { name: 'cpu', build: 'wasm', instructionSet: 'wasm-simd128', threads: count };
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
 * The embedded default backend: our kernels as WebAssembly on worker threads.
 *
 * @param options.threads 1…64; default: the machine's parallelism, at most 8. Never changes a byte of any result.
 */
export async function openCpuBackend(options: { threads?: number } = {}): Promise<Backend> {
  const count = options.threads ?? Math.min(MOST_DEFAULT_THREADS, availableParallelism());
  if (!Number.isInteger(count) || count < 1 || count > MAX_THREADS) {
    throw new Error(`internal error: expected 1 to ${MAX_THREADS} threads, got ${count}`);
  }
  const threads = new Threads(await compileKernels());
  await threads.start(count);
  return new CpuBackend(threads, count);
}
