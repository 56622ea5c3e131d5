export * from './batches.ts';
export * from './evaluate.ts';
export * from './initialise.ts';
export * from './loop.ts';
export * from './schedule.ts';
export * from './supernet.ts';
