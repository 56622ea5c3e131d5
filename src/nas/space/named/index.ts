export * from './nas-bench-macro.ts';
