export { openCpuBackend } from './backend.ts';
