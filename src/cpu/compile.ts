import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { nodeFiles } from '../base/files.ts';

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

/** The kernels, compiled in the way in which this version of Node runs them rightly. */
export async function compileKernels(): Promise<WebAssembly.Module> {
  compileAtOnce();
  return WebAssembly.compile(new Uint8Array(await nodeFiles.read(KERNELS)));
}
