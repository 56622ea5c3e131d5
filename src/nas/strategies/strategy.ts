import type { Result } from '../../base/result.ts';
import { fail, ok } from '../../base/result.ts';
import type { Rng } from '../../base/rng.ts';
import { costText } from '../costs/cost.ts';
import type { ArchitectureCost } from '../costs/model.ts';
import type { Encoding } from '../space/encoding.ts';
import {
  activeChoices,
  canonicalEncoding,
  encodingKey,
  optionCount,
  randomEncoding,
} from '../space/encoding.ts';
import type { Searchable } from '../space/layout.ts';
import { choiceBlocks } from '../space/layout.ts';
import { crossover, mutate, neighbours } from '../space/mutate.ts';
import type { StrategyState } from './state.ts';

/** An architecture to evaluate. */
export interface StrategyProposal {
  readonly encoding: Encoding;
  /** Index of the (first) parent among all evaluations, where there is one. */
  readonly parent?: number;
  /** The fitness that a predictor expects of it, where one proposed it. */
  readonly predicted?: number;
  /** The part of the search that it belongs to, where the strategy has parts. */
  readonly phase?: string;
}

/** What an evaluation found. */
export interface Outcome {
  /** What the strategy maximises. */
  readonly fitness: number;
  /** What it minimises besides, if it can: always the same costs in the same order. */
  readonly costs?: readonly number[];
}

/**
 * A rule that chooses what to evaluate next: propose → feedback, in turn. It holds no generator and no clock: the same
 * state, rng and feedback give the same future.
 */
export interface SearchStrategy {
  /** The next architecture. Code `no-allowed-architecture`: none was found within the allowed draws. */
  propose(rng: Rng): Result<StrategyProposal>;
  /** What the evaluation of the last proposal found. */
  feedback(encoding: Encoding, outcome: Outcome): void;
  /** Whether it has come to its end; absent: it goes on for as long as it is asked. */
  done?(): boolean;
  /** Evaluations that it expects to ask for from here to its end; absent or undefined: as many as it is given. */
  left?(): number | undefined;
  /** What a person should know of it, by name. */
  figures?(): { readonly [name: string]: number };
  save(): StrategyState;
  restore(state: StrategyState): void;
}

/** What evolution needs of the things it breeds. */
export interface Operators {
  random(rng: Rng): Encoding;
  mutate(encoding: Encoding, rng: Rng): Encoding;
  /** Absent: everything is allowed. */
  allowed?(encoding: Encoding): boolean;
  /** What `allowed` asks for, ending the sentence "no architecture was found …"; needed with `allowed`. */
  readonly demand?: string;
}

/** The operators of a search space or of a table. */
export interface SpaceOperators extends Operators {
  crossover(a: Encoding, b: Encoding, rng: Rng): Encoding;
  /** Redraws each choice that decides something with this probability, uniformly over all its options within its limit. */
  redraw(encoding: Encoding, probability: number, rng: Rng): Encoding;
  neighbours(encoding: Encoding): Encoding[];
  /** The cost that is limited; there with `allowed`. */
  cost?(encoding: Encoding): number;
  /** The architecture of least cost; there with `cost`. */
  readonly cheapest?: Encoding;
}

/** A hard limit of cost. */
export interface CostLimit {
  readonly cost: ArchitectureCost;
  readonly value: number;
}

/** The operators of a space, under a hard limit of cost where one is given. */
export function spaceOperators(space: Searchable, limit?: CostLimit): SpaceOperators {
  const choices = choiceBlocks(space);
  const operators: SpaceOperators = {
    random: (rng) => randomEncoding(space, rng),
    mutate: (encoding, rng) => mutate(space, canonicalEncoding(space, encoding), rng),
    crossover: (a, b, rng) => crossover(space, a, b, rng),
    redraw(encoding, probability, rng) {
      const active = activeChoices({ choices }, encoding);
      const redrawn: number[] = [];
      for (const [at, option] of encoding.entries()) {
        const anew = !active[at] || rng.uniform() < probability;
        redrawn.push(anew ? rng.integer(optionCount({ choices }, redrawn, at)) : option);
      }
      return canonicalEncoding(space, redrawn);
    },
    neighbours: (encoding) => neighbours(space, encoding),
  };
  if (limit === undefined) return operators;
  const { cost, value } = limit;
  const { min, max, minEncoding: cheapest } = cost.range();
  return {
    ...operators,
    cheapest,
    cost: (encoding) => cost.cost(encoding),
    allowed: (encoding) => cost.cost(encoding) <= value,
    demand: `of at most ${costText(value, cost.unit)} (this space has ${costText(min, cost.unit)} to ${costText(max, cost.unit)})`,
  };
}

/** What a proposal must meet, and how often one is drawn for it. */
export interface Drawing {
  readonly operators: Pick<Operators, 'allowed' | 'demand'>;
  readonly attempts: number;
  /** Keys of encodings that may not be proposed again; absent: all may. */
  readonly seen?: ReadonlySet<string>;
}

/** Whether an encoding may be proposed. */
export const acceptable = ({ operators, seen }: Drawing, encoding: Encoding): boolean =>
  (operators.allowed?.(encoding) ?? true) && !seen?.has(encodingKey(encoding));

/** Draws until a proposal is acceptable. Code `no-allowed-architecture`: none was within the attempts. */
export function drawAcceptable<T extends StrategyProposal>(drawing: Drawing, make: () => T): Result<T> {
  const { operators, attempts, seen } = drawing;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const proposal = make();
    if (acceptable(drawing, proposal.encoding)) return ok(proposal);
  }
  const wish = [operators.demand, ...(seen ? ['that is new'] : [])].filter(Boolean).join(' and ');
  return fail({
    code: 'no-allowed-architecture',
    message: `no architecture was found ${wish} in ${attempts} draws`,
  });
}

/**
 * As `drawAcceptable`; when the draws are used up, the last is brought down below the limit (`broughtDown`). Rejection alone
 * may take forever (or, capped, give up) near the least cost.
 */
export function drawAllowed(
  operators: SpaceOperators,
  attempts: number,
  make: () => StrategyProposal,
): Result<StrategyProposal> {
  let last: StrategyProposal | undefined;
  const drawn = drawAcceptable({ operators, attempts }, () => {
    last = make();
    return last;
  });
  if (drawn.ok || last === undefined) return drawn;
  const encoding = broughtDown(operators, last.encoding);
  return encoding === undefined ? drawn : ok({ ...last, encoding });
}

/**
 * An allowed architecture near this one: made cheaper one choice at a time, each time by the neighbour of least cost;
 * the cheapest of the space where that leads nowhere. Itself when it is allowed; nothing when not even the cheapest is.
 */
export function broughtDown(operators: SpaceOperators, encoding: Encoding): Encoding | undefined {
  const { allowed, cost, cheapest } = operators;
  if (allowed === undefined || allowed(encoding)) return encoding;
  if (cost === undefined || cheapest === undefined) return undefined;
  let now = encoding;
  for (;;) {
    const next = operators
      .neighbours(now)
      .reduce((best, each) => (cost(each) < cost(best) ? each : best), now);
    if (next === now) return allowed(cheapest) ? cheapest : undefined;
    if (allowed(next)) return next;
    now = next;
  }
}
