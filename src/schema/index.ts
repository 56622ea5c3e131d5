export * from './problem.ts';
export * from './source.ts';
