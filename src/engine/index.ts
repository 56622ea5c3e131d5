export * from './compare.ts';
export * from './environment.ts';
export * from './plan.ts';
export { sentenceOf } from './preimage.ts';
export { createWork, type Work } from './prepare.ts';
export * from './project.ts';
export * from './run.ts';
export * from './types.ts';
export * from './why.ts';
