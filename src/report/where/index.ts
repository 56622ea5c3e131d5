export type { Condition } from './condition.ts';
export { type RunFacts, runFacts } from './facts.ts';
export { parseCondition } from './parse.ts';
export { conditionProblems, holds } from './select.ts';
