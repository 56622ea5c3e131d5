/**
 * Training and evaluation on the cpu backend beside PyTorch's, in one run, step by step in turn, so that what else the
 * machine does falls on both: `npm run bench:train`, with any words of
 * - `cifar`, `fmnist` (default: both), `v3-small-32`, `v3-small-224`, `enas`, `supernet`, or `all`;
 * - `1`, `2` threads (default: 2);
 * - `wasm`, `baseline`, `avx2`, `avx512` (default: the best that is built, and wasm);
 * - `profile`: milliseconds by op.
 * A ratio is the median time of PyTorch by ours: above 1 we are faster.
 */
import { pathToFileURL } from 'node:url';
import type { CpuModel } from '../../src/cpu/model.ts';
import type { Backend, Batch } from '../../src/net/backend.ts';
import type { Network } from '../../src/net/network.ts';
import { load, median } from './measure.mjs';
import { type Suite, suites } from './nets.ts';
import { openTorch, type Torch } from './torch.ts';

const built = (path: string): string => pathToFileURL(`${process.cwd()}/dist/${path}`).href;
const cpu: typeof import('../../src/cpu/index.ts') = await import(built('cpu/index.js'));
const ops: typeof import('../../src/cpu/plan/ops.ts') = await import(built('cpu/plan/ops.js'));
const net: typeof import('../../src/net/index.ts') = await import(built('net/index.js'));
const nas: typeof import('../../src/nas/index.ts') = await import(built('nas/index.js'));
const train: typeof import('../../src/train/index.ts') = await import(built('train/index.js'));
const base: typeof import('../../src/base/index.ts') = await import(built('base/index.js'));

const words = new Set(process.argv.slice(2));
const rounds = 12;
/** How long PyTorch's threads are given to come to rest. */
const SPIN_MS = 20;
const rng = base.createRng(7);
const every = suites(net, nas, rng);

function chosen<T extends string>(all: readonly T[], otherwise: readonly T[]): readonly T[] {
  const named = all.filter((one) => words.has(one));
  return named.length > 0 ? named : otherwise;
}

/** The builds that were named, else the best one and wasm. */
async function namedKernels(): Promise<Awaited<ReturnType<typeof cpu.bestKernels>>[]> {
  const names = ['wasm', 'baseline', 'avx2', 'avx512'].filter((name) => words.has(name));
  const named = await Promise.all(
    (names.length > 0 ? names : ['wasm']).map((name) => cpu.chooseKernels(name)),
  );
  const kernels = named.map((result) => {
    if (!result.ok) throw new Error(result.failures[0]!.message);
    return result.value;
  });
  const best = await cpu.bestKernels();
  const known = kernels.some(({ instructionSet }) => instructionSet === best.instructionSet);
  return names.length > 0 || known ? kernels : [best, ...kernels];
}

const batchOf = ({ input }: Network, size: number): Batch => ({
  size,
  images: Float32Array.from({ length: size * input.h * input.w * input.c }, () => rng.normal()),
  labels: Int32Array.from({ length: size }, (_, i) => i % 10),
});

const optimiser = { kind: 'sgd', momentum: 0.9, nesterov: false, ema: false } as const;
const options = { learningRate: 0.05, weightDecay: 0, labelSmoothing: 0, emaDecay: 0, dropoutSeed: 0 };

/** Billions of operations a second of a product of matrices as large as caches like it: what these kernels reach at most. */
async function peakOf(backend: Backend): Promise<number> {
  const builder = new net.NetworkBuilder({ h: 16, w: 16, c: 512 });
  const product = builder.conv('product', builder.input, { filters: 512, kernel: 1, stride: 1 });
  const network = builder.finish(product);
  const samples = await backend.time(network, {
    batch: 16,
    warmup: 3,
    repeats: 9,
    threads: backend.info.threads,
  });
  return (2 * 16 * 16 * 16 * 512 * 512) / Math.min(...samples) / 1e6;
}

interface Side {
  readonly name: string;
  /** Milliseconds of one step. */
  readonly step: (what: 'train' | 'evaluate', network: number) => Promise<number>;
  readonly times: { readonly train: number[]; readonly evaluate: number[] };
  /** Milliseconds of JavaScript before the kernels have the step. */
  readonly script: number[];
  readonly peak?: number;
  readonly model?: CpuModel;
}

const sideOf = (name: string, step: Side['step'], more: Partial<Side> = {}): Side => ({
  name,
  step,
  times: { train: [], evaluate: [] },
  script: [],
  ...more,
});

async function ownSide(suite: Suite, kernels: Awaited<ReturnType<typeof cpu.bestKernels>>, threads: number) {
  const backend = await cpu.openCpuBackend({ threads, kernels });
  const peak = await peakOf(backend);
  const model = (await backend.build(suite.weights, optimiser)) as CpuModel;
  await model.write(train.initialise(suite.weights, rng.fork('weights')));
  const batch = batchOf(suite.networks[0]!, suite.batch);
  const script: number[] = [];
  const side = sideOf(
    kernels.instructionSet,
    async (what, network) => {
      const path = suite.networks[network]!;
      const started = performance.now();
      const running =
        what === 'train'
          ? model.step(path, batch, options)
          : model.evaluate(path, batch, { statistics: 'moving' });
      if (what === 'train') script.push(performance.now() - started);
      await running;
      return performance.now() - started;
    },
    { script, peak, model },
  );
  return { side, batch, close: () => backend.close() };
}

/** `████████▌ 2.86`: eight blocks are as fast as the reference; forty at most. */
function bar(ratio: number): string {
  const halves = Math.min(80, Math.round(ratio * 16));
  return `${'█'.repeat(halves >> 1)}${halves % 2 === 1 ? '▌' : ''} ${ratio.toFixed(2)}`;
}

async function compare(suite: Suite, threads: number, torch: Torch | undefined): Promise<void> {
  const own = await Promise.all((await namedKernels()).map((kernels) => ownSide(suite, kernels, threads)));
  await torch?.load(suite.alone, suite.batch, threads);
  const sides = [
    ...own.map(({ side }) => side),
    ...(torch ? [sideOf('PyTorch', (what, network) => torch.step(what, network))] : []),
  ];
  for (let round = -2 * suite.networks.length; round < rounds; round++) {
    const network = (round + 2 * suite.networks.length) % suite.networks.length;
    for (const what of ['train', 'evaluate'] as const) {
      for (const { step, times, peak } of sides) {
        const ms = await step(what, network);
        if (round >= 0) times[what].push(ms);
        // the threads of OpenMP spin for some milliseconds after their work, beside whoever is next
        if (peak === undefined) await new Promise((resolve) => setTimeout(resolve, SPIN_MS));
      }
    }
  }
  const macs = suite.alone.reduce((sum, one) => sum + net.countNetwork(one).macs, 0) / suite.alone.length;
  console.log(
    `${suite.name}, batch ${suite.batch}, ${threads} threads, ${(macs / 1e6).toFixed(1)} M MACs an image`,
  );
  const reference = torch && sides.at(-1);
  for (const { name, times, script, peak } of sides) {
    const [step, forward] = [median(times.train), median(times.evaluate)];
    const rate = (ms: number): string => `${Math.round((suite.batch / ms) * 1000)} images/s`;
    const share = peak === undefined ? undefined : (6 * macs * suite.batch) / step / 1e6 / peak;
    const facts = [
      `  ${name.padEnd(12)} step ${step.toFixed(1)} ms, ${rate(step)}; evaluation ${rate(forward)}, ${(step / forward).toFixed(1)} times as many`,
      ...(share === undefined
        ? []
        : [`${Math.round(share * 100)} % of the peak of ${Math.round(peak!)} GFLOP/s`]),
      ...(script.length === 0 ? [] : [`${median(script).toFixed(2)} ms of JavaScript`]),
    ];
    console.log(facts.join('; '));
  }
  for (const side of reference ? sides.slice(0, -1) : []) {
    const ratio = (what: 'train' | 'evaluate'): number =>
      median(reference!.times[what]) / median(side.times[what]);
    console.log(`  ${side.name.padEnd(12)} training   ${bar(ratio('train'))}`);
    console.log(`  ${''.padEnd(12)} evaluation ${bar(ratio('evaluate'))}`);
  }
  for (const { side, batch, close } of own) {
    if (words.has('profile')) await profile(side.model!, suite.networks[0]!, batch);
    await close();
  }
}

async function profile(model: CpuModel, network: Network, batch: Batch): Promise<void> {
  const best = new Map<number, number>();
  let names: string[] = [];
  for (let i = 0; i < 5; i++) {
    const { plan, times } = await model.profile(network, batch);
    names = Array.from({ length: plan.ops }, (_, op) => ops.opName(plan.words[op * ops.OP_WORDS]!));
    for (const [op, time] of times.entries()) best.set(op, Math.min(best.get(op) ?? Infinity, time));
  }
  const byName = new Map<string, number>();
  for (const [op, time] of best) byName.set(names[op]!, (byName.get(names[op]!) ?? 0) + time);
  for (const [op, ms] of [...byName].sort((a, b) => b[1] - a[1]))
    console.log(`    ${ms.toFixed(2)} ms ${op}`);
}

const torch = openTorch();
if (torch === undefined) console.log('PyTorch is not there (Debian: python3-torch); no ratios');
console.log(load());
const names = words.has('all') ? Object.keys(every) : chosen(Object.keys(every), ['cifar', 'fmnist']);
for (const name of names) {
  for (const threads of chosen(['1', '2'], ['2'])) await compare(every[name]!(), Number(threads), torch);
}
const own = `${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`;
console.log(
  `memory at the peak: ${own}${torch ? `, PyTorch ${Math.round(await torch.memory())} MiB` : ''}; ${load()}`,
);
torch?.close();
