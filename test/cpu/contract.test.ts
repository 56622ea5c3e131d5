import { test } from 'vitest';
import { openCpuBackend } from '../../src/cpu/index.ts';
import { backendContract } from '../contract/backend.ts';
import { builds } from './builds.ts';

for (const { name, kernels, missing } of await builds()) {
  if (kernels)
    backendContract(`cpu backend, ${name}, two threads`, () => openCpuBackend({ threads: 2, kernels }));
  else test.skip(`cpu backend, ${name}: ${missing}`);
}
