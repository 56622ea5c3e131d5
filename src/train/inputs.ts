import type { Result } from '../base/result.ts';
import { inPlaces, type PiecewiseSpace, type SearchSpace } from '../nas/index.ts';
import { stageFailure } from '../stage/contract.ts';

/**
 * The content digest of the space wired. Ends the stage with `space-mismatch` when an input was made for another.
 *
 * @param space content digest of the space (`inputDigests.space`)
 * @param owners port → the input's space; an optional input may be absent
 */
export function requireSpace(
  space: string | undefined,
  owners: { readonly [port: string]: { readonly space: string } | undefined },
): string {
  if (space === undefined)
    throw new Error('internal error: expected the digest of the input space, got none');
  for (const [port, owner] of Object.entries(owners)) {
    if (owner === undefined || owner.space === space) continue;
    throw stageFailure(
      'space-mismatch',
      `the input ${port} was made for the search space ${owner.space.slice(0, 12)}, but the input space is ${space.slice(0, 12)}; wire both from the same search-space stage`,
    );
  }
  return space;
}

/**
 * A space with a gate that gradients reach for each choice block. Ends the stage with `no-gates` for grammars whose networks are
 * not layers in a row, and where the side of the image is a choice.
 *
 * @param loss the kind of loss that takes the gradients
 */
export function requireGates(space: SearchSpace, loss: string): PiecewiseSpace {
  const wanted = `the loss ${loss} takes gradients at path gates`;
  const instead = '"loss": {"kind": "reinforce"} needs none and searches it';
  if (!inPlaces(space)) {
    throw stageFailure(
      'no-gates',
      `${wanted}, which spaces of the grammars mobilenet and stacks have, but ${space.name} is of the grammar ${space.grammar}; ${instead}`,
    );
  }
  if (space.grammar === 'stacks' && space.sides.length > 1) {
    throw stageFailure(
      'no-gates',
      `${wanted}, but the choice resolution.side of ${space.name} can have none: a gate mixes what its options make of one batch, and images of ${space.sides.join(' and ')} pixels are not in one batch; ${instead}, and a space with one of the sides has gates`,
    );
  }
  return space;
}

/**
 * A space whose networks are made of layers that published latency tables have words for. Ends the stage with `no-pieces`
 * for other grammars.
 */
export function requirePieces(space: SearchSpace): PiecewiseSpace {
  if (inPlaces(space)) return space;
  throw stageFailure(
    'no-pieces',
    `no published latency table has words for the layers of the space ${space.name}, which is of the grammar ${space.grammar}; latency-profile measures them here`,
  );
}

/** The value of a result; a failure ends the stage with its code and message. */
export function orFail<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  const { code } = result.failures[0]!;
  throw stageFailure(code, result.failures.map(({ message }) => message).join('; '));
}
