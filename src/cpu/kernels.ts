import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { nodeFiles } from '../base/files.ts';
import { WASM_LANES } from './plan/ops.ts';

/** The kernels as one build of them, for threads to run. */
export interface Kernels {
  readonly build: 'wasm' | 'native';
  /** `wasm-simd128`, `sse2`, `neon`, `avx2`, `avx512`: decides bits. */
  readonly instructionSet: string;
  /** Floats in a vector: channels of every tensor are padded to a multiple of it. */
  readonly lanes: number;
  /** The module, or the path of the addon. */
  readonly code: WebAssembly.Module | string;
}

/** The checked-in kernels, found from src and from dist. */
const KERNELS = fileURLToPath(new URL('../../src/cpu/wasm/kernels.wasm', import.meta.url));

/**
 * Makes Node 20 compile the kernels by the optimising compiler alone, before they run (about 0.3 s). Seen with V8 11.3
 * when it compiles in tiers: once a thread has slept more than once in `meet`, another passes without it, which races
 * and in the end leaves a job that never ends; with the sleep in a function of its own it is rarer, not gone. Not seen
 * with either compiler alone, nor on Node 22 and 24.
 */
function compileAtOnce(): void {
  if (Number.parseInt(process.versions.node, 10) >= 22) return;
  for (const flag of ['--no-liftoff', '--no-wasm-lazy-compilation', '--no-wasm-dynamic-tiering']) {
    setFlagsFromString(flag);
  }
}

/** The wasm build, compiled in the way in which this version of Node runs it rightly. */
export async function compileKernels(): Promise<Kernels> {
  compileAtOnce();
  const code = await WebAssembly.compile(new Uint8Array(await nodeFiles.read(KERNELS)));
  return { build: 'wasm', instructionSet: 'wasm-simd128', lanes: WASM_LANES, code };
}
