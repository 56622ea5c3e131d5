import { test } from 'vitest';
import { openCpuBackend } from '../../src/cpu/index.ts';
import { backendFuzz } from '../contract/backend-fuzz.ts';
import { builds } from './builds.ts';

/** More of them, and others: FUZZ_NETWORKS=5000 FUZZ_FIRST=1000 npx vitest run test/cpu/fuzz.test.ts */
const { FUZZ_NETWORKS = '300', FUZZ_FIRST = '100' } = process.env;

const all = await builds();
for (const { name, missing } of all) if (missing !== undefined) test.skip(`${name}: ${missing}`);

const present = all.flatMap(({ name, kernels }) =>
  kernels === undefined ? [] : [[name, () => openCpuBackend({ threads: 1, kernels })] as const],
);
backendFuzz(Object.fromEntries(present), Number(FUZZ_NETWORKS), Number(FUZZ_FIRST));
