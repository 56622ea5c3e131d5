import type { MemoUse } from '../schema/generated/record.ts';
import { count, duration } from './units.ts';

/** `48 of 120 evaluations remembered, 12s saved`; empty when none was. */
export const memoText = (memo: MemoUse | undefined): string =>
  memo === undefined || memo.hits === 0
    ? ''
    : `${count(memo.hits)} of ${count(memo.hits + memo.misses)} evaluations remembered, ${duration(memo.savedMs)} saved`;
