export * from './decide.ts';
export { describeStacks } from './describe.ts';
export * from './layout.ts';
