export type { MixedChoice } from './assemble.ts';
export * from './items.ts';
export * from './paths.ts';
