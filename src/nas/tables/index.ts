export { eachArchitecture, type TableMistake } from './complete.ts';
export * from './nas-bench-macro.ts';
export * from './table.ts';
export * from './written.ts';
