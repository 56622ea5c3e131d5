import { openCpuBackend } from '../../src/cpu/index.ts';
import { backendContract } from '../contract/backend.ts';

backendContract('cpu backend, two threads', () => openCpuBackend({ threads: 2 }));
