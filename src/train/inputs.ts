import type { Result } from '../base/result.ts';
import { never } from '../base/result.ts';
import { type GatedSpace, inPlaces, type PiecewiseSpace, type SearchSpace } from '../nas/index.ts';
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
 * A space with a gate that gradients reach for each choice block. Ends the stage with `no-gates` for the grammar `cells`, and
 * where the side of the image or a range of channels is a choice.
 *
 * @param loss the kind of loss that takes the gradients
 */
export function requireGates(space: SearchSpace, loss: string): GatedSpace {
  const refusal = (why: string, remedy = ''): Error =>
    stageFailure(
      'no-gates',
      `the loss ${loss} takes gradients at path gates, ${why}; "loss": {"kind": "reinforce"} needs none and searches it${remedy}`,
    );
  switch (space.grammar) {
    case 'mobilenet':
      return space;
    case 'stacks':
      if (space.sides.length <= 1) return space;
      throw refusal(
        `but the choice resolution.side of ${space.name} can have none: a gate mixes what its options make of one batch, and images of ${space.sides.join(' and ')} pixels are not in one batch`,
        ', and a space with one of the sides has gates',
      );
    case 'macro':
      if (space.partition === 0) return space;
      throw refusal(
        `but the choices of channels of ${space.name} have none: gates are drawn independently, and where channels begin limits how many there are`,
        ', and with the partition 0 a macro space has gates',
      );
    case 'cells':
      throw refusal(
        `which spaces of the grammars mobilenet, stacks and macro have, but ${space.name} is of the grammar cells, in which a choice is made for all cells of a kind at once`,
      );
    default:
      return never(space);
  }
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
