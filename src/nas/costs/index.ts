export * from './cost.ts';
export * from './latency.ts';
export * from './model.ts';
export * from './places.ts';
export * from './published.ts';
export * from './tunas.ts';
