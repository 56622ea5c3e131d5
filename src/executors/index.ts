export * from './executor.ts';
export { type LocalOptions, localExecutor } from './local.ts';
