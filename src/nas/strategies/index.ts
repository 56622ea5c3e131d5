export * from './adam.ts';
export * from './controller.ts';
export * from './evolution.ts';
export * from './factorised-controller.ts';
export * from './gate-loss.ts';
export * from './lstm-controller.ts';
export * from './path-gates.ts';
export type { StrategyState } from './state.ts';
export * from './warmup.ts';
