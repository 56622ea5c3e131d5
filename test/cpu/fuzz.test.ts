import { openCpuBackend } from '../../src/cpu/index.ts';
import { backendFuzz } from '../contract/backend-fuzz.ts';

/** More of them, and others: FUZZ_NETWORKS=5000 FUZZ_FIRST=1000 npx vitest run test/cpu/fuzz.test.ts */
const { FUZZ_NETWORKS = '300', FUZZ_FIRST = '100' } = process.env;

backendFuzz('cpu', () => openCpuBackend({ threads: 1 }), Number(FUZZ_NETWORKS), Number(FUZZ_FIRST));
