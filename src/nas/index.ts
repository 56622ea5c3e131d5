export * from './costs/index.ts';
export * from './networks/index.ts';
export * from './reward.ts';
export * from './shrinking.ts';
export * from './space/index.ts';
export * from './strategies/index.ts';
export * from './tables/index.ts';
export * from './trial-ranks.ts';
