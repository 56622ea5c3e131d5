export * from './cost.ts';
export * from './latency.ts';
