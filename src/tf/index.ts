export { openTfBackend } from './backend.ts';
export type { RuntimeOptions } from './runtime.ts';
