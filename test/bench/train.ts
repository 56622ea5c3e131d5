/**
 * Images a second of training and of evaluation on the cpu backend: `npm run bench:train`, with words of
 * `cifar`, `fmnist` (default: both), `1`, `2` threads (default: both), `wasm`, `baseline`, `avx2`, `avx512` (default: the
 * best that is built) and `profile` (milliseconds by op).
 * Medians and best of interleaved steps; the best is what an otherwise idle machine gives.
 */
import { pathToFileURL } from 'node:url';
import type { CpuModel } from '../../src/cpu/model.ts';
import { workloadNetwork, workloads } from './nets.ts';

const built = (path: string): string => pathToFileURL(`${process.cwd()}/dist/${path}`).href;
const cpu: typeof import('../../src/cpu/index.ts') = await import(built('cpu/index.js'));
const ops: typeof import('../../src/cpu/plan/ops.ts') = await import(built('cpu/plan/ops.js'));
const net: typeof import('../../src/net/index.ts') = await import(built('net/index.js'));
const train: typeof import('../../src/train/index.ts') = await import(built('train/index.js'));
const base: typeof import('../../src/base/index.ts') = await import(built('base/index.js'));

const words = new Set(process.argv.slice(2));
const size = 64;
const steps = 12;
const chosen = <T extends string>(all: readonly T[]): readonly T[] => {
  const named = all.filter((one) => words.has(one));
  return named.length > 0 ? named : all;
};

/** The builds that were named, else the best. */
async function namedKernels(): Promise<Awaited<ReturnType<typeof cpu.bestKernels>>[]> {
  const names = ['wasm', 'baseline', 'avx2', 'avx512'].filter((name) => words.has(name));
  if (names.length === 0) return [await cpu.bestKernels()];
  const results = await Promise.all(names.map((name) => cpu.chooseKernels(name)));
  return results.map((result) => {
    if (!result.ok) throw new Error(result.failures[0]!.message);
    return result.value;
  });
}

for (const name of chosen(['cifar', 'fmnist'])) {
  const network = workloadNetwork(net, workloads[name]);
  const rng = base.createRng(7);
  const batch = {
    size,
    images: Float32Array.from({ length: size * network.input.h * network.input.w * network.input.c }, () =>
      rng.normal(),
    ),
    labels: Int32Array.from({ length: size }, (_, i) => i % 10),
  };
  const runs = (await namedKernels()).flatMap((kernels) =>
    chosen(['1', '2']).map((threads) => ({ kernels, threads: Number(threads) })),
  );
  for (const { kernels, threads } of runs) {
    const backend = await cpu.openCpuBackend({ threads, kernels });
    const optimiser = { kind: 'sgd', momentum: 0.9, nesterov: false, ema: false } as const;
    const model = (await backend.build(network.weights, optimiser)) as CpuModel;
    await model.write(train.initialise(network.weights, rng.fork('weights')));
    const options = { learningRate: 0.05, weightDecay: 0, labelSmoothing: 0, emaDecay: 0, dropoutSeed: 0 };
    const timed = async (what: () => Promise<unknown>): Promise<Sample> => {
      const [start, used] = [performance.now(), process.cpuUsage()];
      await what();
      const { user, system } = process.cpuUsage(used);
      return { ms: performance.now() - start, cpu: (user + system) / 1000 };
    };
    const trained: Sample[] = [];
    const evaluated: Sample[] = [];
    for (let i = 0; i < steps; i++) {
      trained.push(await timed(() => model.step(network, batch, options)));
      evaluated.push(await timed(() => model.evaluate(network, batch, { statistics: 'moving' })));
    }
    console.log(
      `${name}, ${kernels.instructionSet}, ${threads} threads: step ${figures(trained)}; forward ${figures(evaluated)}`,
    );
    if (words.has('profile')) await profile(model, network, batch);
    await backend.close();
  }
}

/** Milliseconds by the clock, and of both cores. */
interface Sample {
  readonly ms: number;
  readonly cpu: number;
}

/** Median and best of samples; the first two warm up. */
function figures(samples: readonly Sample[]): string {
  const [ms, cpu] = (['ms', 'cpu'] as const).map((key) =>
    samples
      .slice(2)
      .map((sample) => sample[key])
      .sort((a, b) => a - b),
  ) as [number[], number[]];
  const rate = (milliseconds: number): number => Math.round((size / milliseconds) * 1000);
  const median = ms[ms.length >> 1]!;
  return `${median.toFixed(1)} ms, ${rate(median)} images/s (best ${rate(ms[0]!)}; ${cpu[0]!.toFixed(1)} ms of cores)`;
}

async function profile(
  model: CpuModel,
  network: Parameters<CpuModel['profile']>[0],
  batch: Parameters<CpuModel['profile']>[1],
): Promise<void> {
  const best = new Map<number, number>();
  let names: string[] = [];
  for (let i = 0; i < 5; i++) {
    const { plan, times } = await model.profile(network, batch);
    names = Array.from({ length: plan.ops }, (_, op) => ops.opName(plan.words[op * ops.OP_WORDS]!));
    for (const [op, time] of times.entries()) best.set(op, Math.min(best.get(op) ?? Infinity, time));
  }
  const byName = new Map<string, number>();
  for (const [op, time] of best) byName.set(names[op]!, (byName.get(names[op]!) ?? 0) + time);
  for (const [op, ms] of [...byName].sort((a, b) => b[1] - a[1])) console.log(`  ${ms.toFixed(2)} ms ${op}`);
}
