export * from './initialise.ts';
export * from './schedule.ts';
