export * from './check.ts';
export * from './compose.ts';
export * from './pipeline.ts';
export * from './references.ts';
export * from './unchecked.ts';
