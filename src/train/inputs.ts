import type { Result } from '../base/result.ts';
import { stageFailure } from '../stage/contract.ts';

/**
 * Ends the stage with `space-mismatch` when an input was made for another search space than the one wired.
 *
 * @param space content digest of the space (`inputDigests.space`)
 * @param owners port → the input's space; an optional input may be absent
 */
export function requireSpace(
  space: string | undefined,
  owners: { readonly [port: string]: { readonly space: string } | undefined },
): void {
  for (const [port, owner] of Object.entries(owners)) {
    if (owner === undefined || owner.space === space) continue;
    throw stageFailure(
      'space-mismatch',
      `the input ${port} was made for the search space ${owner.space.slice(0, 12)}, but the input space is ${space?.slice(0, 12)}; wire both from the same search-space stage`,
    );
  }
}

/** The value of a result; a failure ends the stage with its code and message. */
export function orFail<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  const { code } = result.failures[0]!;
  throw stageFailure(code, result.failures.map(({ message }) => message).join('; '));
}
