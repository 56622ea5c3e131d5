export * from './check.ts';
export { idOf } from './combine.ts';
export * from './compose.ts';
export { readBases } from './extends.ts';
export { maximumCells, subSeed } from './matrix.ts';
export * from './pipeline.ts';
export * from './references.ts';
export * from './unchecked.ts';
