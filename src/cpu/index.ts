export { openCpuBackend } from './backend.ts';
export { bestKernels, chooseKernels, everyBuild, fasterThan } from './native.ts';
