export * from './catalogue.ts';
export * from './check.ts';
export * from './document.ts';
export * from './load.ts';
export * from './nearest.ts';
export * from './problem.ts';
export * from './source.ts';
