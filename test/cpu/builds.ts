import { chooseKernels } from '../../src/cpu/index.ts';
import type { Kernels } from '../../src/cpu/kernels.ts';

/** A build of the kernels that a test may run on. */
export interface Build {
  /** As `PIPE_CPU` names it. */
  readonly name: string;
  readonly kernels?: Kernels;
  /** Why it is not there. */
  readonly missing?: string;
}

/** Every build of the kernels; those that were not built here, or do not run here, say why. */
export async function builds(): Promise<Build[]> {
  const names = ['wasm', 'baseline', 'avx2', 'avx512'];
  return Promise.all(
    names.map(async (name) => {
      const chosen = await chooseKernels(name);
      return chosen.ok ? { name, kernels: chosen.value } : { name, missing: chosen.failures[0]!.message };
    }),
  );
}
