export * from './cost.ts';
export * from './latency.ts';
export * from './published.ts';
