import { printable } from '../base/printable.ts';
import { systemFailure } from '../base/system-failure.ts';
import { isBackendFailure } from '../net/backend-failure.ts';
import type { StageFailure } from '../stage/contract.ts';

/** How an attempt fails, as its journal says it. */
export interface AttemptFailure {
  readonly code: string;
  readonly message: string;
  readonly stack?: string;
}

/** Carries a failure out of the middle of an attempt. */
export class Failed extends Error {
  constructor(readonly failure: AttemptFailure) {
    super(failure.message);
  }
}

const isStageFailure = (error: unknown): error is StageFailure =>
  typeof error === 'object' && error !== null && (error as Partial<StageFailure>).stageFailure === true;

/**
 * What a rejection means. A stage's own failure, one of the device and one of the file system are said in a sentence;
 * anything else is an error in the code of `whose`, shown with its stack.
 */
export function failureOf(error: unknown, whose: 'stage' | 'naspipe'): AttemptFailure {
  if (error instanceof Failed) return error.failure;
  if (isStageFailure(error) || isBackendFailure(error))
    return { code: error.code, message: printable(error.message) };
  const system = systemFailure(error);
  if (system) return system;
  const message = printable(
    error instanceof Error ? `${error.name}: ${error.message}` : `it threw ${String(error)}`,
  );
  const stack = error instanceof Error ? error.stack : undefined;
  const code = whose === 'stage' ? 'stage-threw' : 'internal-error';
  return { code, message, ...(stack === undefined ? {} : { stack }) };
}
