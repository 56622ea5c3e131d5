export * from './canonical.ts';
export * from './digest.ts';
export * from './result.ts';
export * from './rng.ts';
