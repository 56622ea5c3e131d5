import {
  broughtDown,
  drawAllowed,
  type Encoding,
  type SearchSpace,
  type SpaceOperators,
  spaceOperators,
} from '../nas/index.ts';
import type { LatencyTable } from '../stage/artifacts.ts';
import { orFail } from './inputs.ts';
import { searchCosts, type TargetParams } from './search-costs.ts';

/** Draws of a policy before the last one is made cheaper. */
const DRAWS = 100;

/** What holds the candidates of a policy below a limit of cost, whatever the policy thinks. */
export interface HardLimit {
  allows(encoding: Encoding): boolean;
  /** The first of up to 100 draws that is allowed; where none is, the last one, made cheaper choice by choice. */
  drawn(draw: () => Encoding): Encoding;
  /** This architecture, made cheaper choice by choice until it is allowed. */
  below(encoding: Encoding): Encoding;
}

/**
 * The limit that params ask for, or none. Ends the stage with `no-latency-table` or `impossible-target` before anything
 * is trained (`searchCosts`).
 *
 * @param digest content digest of the space
 */
export function hardLimit(
  inputs: { readonly space: SearchSpace; readonly table?: LatencyTable },
  digest: string,
  limit: TargetParams | null,
): HardLimit {
  if (limit === null) return { allows: () => true, drawn: (draw) => draw(), below: (encoding) => encoding };
  const { model, target } = searchCosts(inputs, digest, limit, 'limit');
  return limitedTo(spaceOperators(inputs.space, { cost: model, value: target! }));
}

/** The limit that operators know. */
export function limitedTo(operators: SpaceOperators): HardLimit {
  return {
    allows: (encoding) => operators.allowed!(encoding),
    drawn: (draw) => orFail(drawAllowed(operators, DRAWS, () => ({ encoding: draw() }))).encoding,
    below(encoding) {
      const found = broughtDown(operators, encoding);
      if (found === undefined)
        throw new Error(`internal error: expected an architecture ${operators.demand}, got none`);
      return found;
    },
  };
}
