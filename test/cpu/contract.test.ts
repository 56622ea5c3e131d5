import { test } from 'vitest';
import { openCpuBackend } from '../../src/cpu/index.ts';
import { backendContract } from '../contract/backend.ts';
import { builds } from './builds.ts';

for (const { name, kernels, missing } of await builds()) {
  // Threads change no bytes (bytes.test.ts), but one thread meets nobody: the wasm build, which has to do everywhere, runs both ways.
  for (const threads of name === 'wasm' ? [1, 2] : [2]) {
    const label = `cpu backend, ${name}, ${threads === 1 ? 'one thread' : 'two threads'}`;
    if (kernels) backendContract(label, () => openCpuBackend({ threads, kernels }));
    else test.skip(`${label}: ${missing}`);
  }
}
