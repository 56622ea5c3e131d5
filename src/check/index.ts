export { checkRun } from './check.ts';
