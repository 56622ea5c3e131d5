import * as os from 'node:os';
import { fail, ok, type Result } from '../base/result.ts';
import {
  type Backend,
  type BackendInfo,
  type NumericsKey,
  numericsVersion,
  type Timer,
} from '../net/backend.ts';
import type { FoundBackend, FoundRuntime, Probe } from '../schema/generated/probe.ts';
import type { DeviceInfo } from '../stage/contract.ts';
import { Failed } from './failure.ts';
import { selfTest } from './self-test.ts';

export interface BackendWish {
  /** Asked for by the user; absent: the best that works. */
  readonly backend?: 'cpu' | 'tf';
  readonly threads?: number;
}

interface Candidate {
  readonly name: 'cpu' | 'tf';
  readonly open: (threads: number | undefined) => Promise<Result<Backend>>;
  /** Whether it is taken when the user does not ask for it by name. */
  readonly byDefault: (info: BackendInfo) => boolean;
  /** What the user can do to make it faster; nothing when that is all this machine gives. */
  readonly remedy?: (info: BackendInfo) => Promise<string | undefined>;
}

/** In the order of preference. */
const candidates: readonly Candidate[] = [
  {
    name: 'tf',
    open: async (threads) => {
      const { openTfBackend } = await import('../tf/index.ts');
      return openTfBackend({ runtime: 'auto', ...(threads === undefined ? {} : { threads }) });
    },
    byDefault: ({ build }) => build === 'tfjs-node-gpu',
  },
  {
    name: 'cpu',
    open: async (threads) => {
      const { chooseKernels, openCpuBackend } = await import('../cpu/index.ts');
      const wish = process.env.PIPE_CPU;
      const chosen = wish ? await chooseKernels(wish) : undefined;
      if (chosen?.ok === false) {
        return fail(...chosen.failures.map((each) => ({ ...each, message: `PIPE_CPU is ${each.message}` })));
      }
      return ok(
        await openCpuBackend({
          ...(threads === undefined ? {} : { threads }),
          ...(chosen === undefined ? {} : { kernels: chosen.value }),
        }),
      );
    },
    byDefault: () => true,
    remedy: async (info) => (await import('../cpu/index.ts')).fasterThan(info),
  },
];

/** Opens a candidate and tries a training step on it. */
async function tryOpen(
  candidate: Candidate,
  threads: number | undefined,
  measureMs: number,
): Promise<FoundBackend & { readonly backend?: Backend }> {
  const { name } = candidate;
  try {
    const opened = await candidate.open(threads);
    if (!opened.ok) return { name, ok: false, why: opened.failures.map((each) => each.message).join('; ') };
    const { why, imagesPerSecond } = await selfTest(opened.value, measureMs);
    const { info } = opened.value;
    if (why !== undefined) {
      await opened.value.close();
      return { name, ok: false, info, why };
    }
    return {
      name,
      ok: true,
      info,
      backend: opened.value,
      ...(imagesPerSecond === undefined ? {} : { imagesPerSecond }),
    };
  } catch (error) {
    return { name, ok: false, why: (error as Error).message };
  }
}

/** The backend of an attempt. Fails with `no-backend`, saying what was tried and why each did not do. */
export async function chooseBackend({ backend: wanted, threads }: BackendWish): Promise<Backend> {
  const tried: string[] = [];
  for (const candidate of candidates) {
    if (wanted !== undefined && candidate.name !== wanted) continue;
    const found = await tryOpen(candidate, threads, 0);
    if (found.backend && (wanted !== undefined || candidate.byDefault(found.backend.info))) {
      return found.backend;
    }
    await found.backend?.close();
    tried.push(`${candidate.name}: ${found.why ?? 'only on request'}`);
  }
  throw new Failed({ code: 'no-backend', message: `no backend works here (${tried.join('; ')})` });
}

/**
 * Opens what a device names where that is not `chosen`, the backend that attempts take: another build of the kernels, or
 * a runtime. Nothing where there is no such thing. Fails with `no-runtime`.
 */
export async function openRuntime(
  { backend, instructionSet, threads }: DeviceInfo,
  chosen?: BackendInfo,
): Promise<Timer | undefined> {
  if (backend.startsWith('onnx/')) {
    const opened = await openOnnx(threads);
    if (opened.ok) return opened.value;
    throw new Failed({ code: 'no-runtime', message: opened.failures[0]!.message });
  }
  if (chosen === undefined || (nameOf(chosen) === backend && chosen.instructionSet === instructionSet))
    return undefined;
  const { everyBuild, openCpuBackend } = await import('../cpu/index.ts');
  for (const { kernels } of await everyBuild()) {
    if (!kernels.ok || kernels.value.instructionSet !== instructionSet) continue;
    if (backend === `cpu/${kernels.value.build}`) return openCpuBackend({ threads, kernels: kernels.value });
  }
  return undefined;
}

const openOnnx = async (threads: number): Promise<Result<Timer>> =>
  (await import('../onnx/index.ts')).openOnnxTimer(threads);

/** What a stage may ask to measure on: builds of the kernels, and onnxruntime-node. */
async function findRuntimes(): Promise<FoundRuntime[]> {
  const { everyBuild } = await import('../cpu/index.ts');
  const builds = (await everyBuild()).map(({ build, kernels }): FoundRuntime => {
    const name = `cpu-${build}` as FoundRuntime['name'];
    if (!kernels.ok) return { name, why: kernels.failures[0]!.message };
    const { instructionSet } = kernels.value;
    return { name, info: { name: 'cpu', build: kernels.value.build, instructionSet, threads: 1 } };
  });
  const opened = await openOnnx(1);
  return [
    ...builds,
    opened.ok
      ? { name: 'onnxruntime-node', info: opened.value.info }
      : { name: 'onnxruntime-node', why: opened.failures[0]!.message },
  ];
}

/** Name of a backend with its build, as it stands in numerics keys and devices: `cpu/wasm`. */
const nameOf = ({ name, build }: BackendInfo): string => `${name}/${build}`;

/** What a checkpoint must agree with to be resumed bit for bit. */
export const numericsOf = (info: BackendInfo): NumericsKey => ({
  backend: nameOf(info),
  instructionSet: info.instructionSet,
  numericsVersion,
});

/** This machine as a device that latencies are measured on, named by its CPU. */
export const deviceOf = (info: BackendInfo): DeviceInfo => ({
  name: cpuModel(),
  arch: process.arch,
  backend: nameOf(info),
  instructionSet: info.instructionSet,
  threads: info.threads,
});

export const cpuModel = (): string => os.cpus()[0]?.model.trim() ?? process.arch;

/** What backends there are, and the one that attempts would take. `measureMs`: how long to time each, 0: not at all. */
export async function probe(wish: BackendWish, measureMs: number): Promise<Probe> {
  const backends: FoundBackend[] = [];
  let chosen: BackendInfo | undefined;
  for (const candidate of candidates) {
    const { backend, ...found } = await tryOpen(candidate, wish.threads, measureMs);
    const faster = found.ok && found.info ? await candidate.remedy?.(found.info) : undefined;
    backends.push(faster === undefined ? found : { ...found, faster });
    const fits =
      wish.backend === undefined
        ? found.info && candidate.byDefault(found.info)
        : candidate.name === wish.backend;
    if (found.ok && fits) chosen ??= found.info;
    await backend?.close();
  }
  return {
    v: 1,
    numericsVersion,
    cpu: cpuModel(),
    cores: os.availableParallelism(),
    memoryMiB: Math.round(os.totalmem() / 2 ** 20),
    backends,
    runtimes: await findRuntimes(),
    ...(chosen === undefined ? {} : { chosen, device: deviceOf(chosen) }),
  };
}
