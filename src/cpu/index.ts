export { openCpuBackend } from './backend.ts';
export { bestKernels, chooseKernels, fasterThan } from './native.ts';
