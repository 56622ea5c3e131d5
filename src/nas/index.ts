export * from './costs/index.ts';
export * from './networks/index.ts';
export * from './space/index.ts';
