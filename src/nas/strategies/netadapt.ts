import type { Json } from '../../base/canonical.ts';
import { fail, ok } from '../../base/result.ts';
import { costText } from '../costs/cost.ts';
import type { ArchitectureCost } from '../costs/model.ts';
import type { Encoding } from '../space/encoding.ts';
import { activeChoices, canonicalEncoding, encodingKey } from '../space/encoding.ts';
import type { Searchable } from '../space/layout.ts';
import { choiceBlocks } from '../space/layout.ts';
import type { Individual } from './evolution/evolution.ts';
import type { SearchStrategy } from './strategy.ts';

export interface NetAdaptOptions {
  /** Where it begins; canonical. */
  readonly start: Encoding;
  readonly cost: ArchitectureCost;
  /** It ends with the first step at or below this cost; absent: where no choice makes it cheaper. */
  readonly limit?: number;
  /** Least cut of a step, as a share of the start's cost. */
  readonly reduction: number;
  /** What is kept of a step: most accuracy for what was cut (MobileNetV3), or most accuracy (NetAdapt). */
  readonly keep: 'ratio' | 'accuracy';
}

/** NetAdapt in progress. */
export interface NetAdapt extends SearchStrategy {
  /** What the steps so far have led to; absent before the start was evaluated. */
  readonly current: Individual | undefined;
  /** Steps made. */
  readonly steps: number;
}

interface Saved {
  readonly current: Individual | null;
  readonly results: readonly Individual[];
  readonly evaluations: number;
  readonly steps: number;
}

/**
 * The architectures that one step may lead to: for each choice that decides something, of the options that cut the cost
 * by `cut` at least the one that cuts least. Where no choice cuts so much, for each the option that cuts most.
 */
export function cheaper(
  space: Searchable,
  { cost }: Pick<ArchitectureCost, 'cost'>,
  encoding: Encoding,
  cut: number,
): Encoding[] {
  const choices = choiceBlocks(space);
  const active = activeChoices({ choices }, encoding);
  const from = cost(encoding);
  const ofChoice = choices.map(({ options }, at) =>
    options
      .map((_, option) =>
        canonicalEncoding(
          space,
          encoding.map((value, other) => (other === at ? option : value)),
        ),
      )
      .map((next) => ({ next, saved: from - cost(next) }))
      .filter(({ saved }) => active[at] && saved > 0)
      .sort((a, b) => a.saved - b.saved),
  );
  const enough = ofChoice.map((options) => options.find(({ saved }) => saved >= cut));
  const taken = enough.some((option) => option !== undefined)
    ? enough
    : ofChoice.map((options) => options.at(-1));
  const distinct = new Map(
    taken.flatMap((option) => (option ? [[encodingKey(option.next), option.next]] : [])),
  );
  return [...distinct.values()];
}

/**
 * NetAdapt (Yang et al. 2018) as MobileNetV3 uses it (Howard et al. 2019, §4.2): from one architecture downward, step by
 * step; each step evaluates one proposal for each choice, and keeps the one that loses least accuracy for the cost it
 * saves. Draws nothing at random.
 */
export function netAdapt(space: Searchable, options: NetAdaptOptions): NetAdapt {
  const { start, cost, limit, keep } = options;
  const cut = options.reduction * cost.cost(start);
  let current: Individual | undefined;
  let results: Individual[] = [];
  let evaluations = 0;
  let steps = 0;
  let proposals: Encoding[] = [];

  const below = (): boolean =>
    limit !== undefined && current !== undefined && cost.cost(current.encoding) <= limit;
  const look = (): void => {
    proposals = current === undefined || below() ? [] : cheaper(space, cost, current.encoding, cut);
  };
  const gain = (from: Individual, { encoding, fitness }: Individual): number => {
    const change = fitness - from.fitness;
    return keep === 'ratio' ? change / (cost.cost(from.encoding) - cost.cost(encoding)) : change;
  };
  /** Steps down from a cost to the limit, each of so many evaluations that saves so much. */
  const costOfSteps = (from: number, each: { saved: number; evaluations: number }): number =>
    limit === undefined ? 0 : Math.ceil(Math.max(0, from - limit) / each.saved) * each.evaluations;
  /** What a step from an architecture saves on average over its proposals. */
  const meanSaved = (from: Encoding, to: readonly Encoding[]): number =>
    to.reduce((sum, each) => sum + cost.cost(from) - cost.cost(each), 0) / to.length;
  return {
    get current() {
      return current;
    },
    get steps() {
      return steps;
    },
    done: () => below() || (limit === undefined && current !== undefined && proposals.length === 0),
    propose() {
      if (current === undefined) return ok({ encoding: start, phase: 'start' });
      const encoding = proposals[results.length];
      if (encoding !== undefined) return ok({ encoding, parent: current.index, phase: 'cut' });
      const where = `the architecture [${current.encoding}] of ${costText(cost.cost(current.encoding), cost.unit)}`;
      return fail({
        code: 'no-allowed-architecture',
        message: `no change of one choice makes ${where} cheaper; start from another one`,
      });
    },
    feedback(encoding, { fitness }) {
      const found = { encoding, fitness, index: evaluations };
      evaluations += 1;
      if (current === undefined) {
        current = found;
        look();
        return;
      }
      results.push(found);
      if (results.length < proposals.length) return;
      const from = current;
      current = results.reduce((best, next) => (gain(from, next) > gain(from, best) ? next : best));
      results = [];
      steps += 1;
      look();
    },
    left() {
      if (limit === undefined) return undefined;
      if (below()) return 0;
      const at = current?.encoding ?? start;
      const now = cost.cost(at);
      const next = current === undefined ? cheaper(space, cost, start, cut) : proposals;
      if (now <= limit || next.length === 0) return current === undefined ? 1 : 0;
      // what steps saved so far, and a mean of what the next may save for one more
      const saved = (cost.cost(start) - now + meanSaved(at, next)) / (steps + 1);
      const rest = costOfSteps(now - saved, { saved, evaluations: next.length });
      return (current === undefined ? 1 : 0) + next.length - results.length + rest;
    },
    figures: () => ({ steps }),
    save() {
      const saved: Saved = { current: current ?? null, results, evaluations, steps };
      return { state: structuredClone(saved) as unknown as Json, tensors: new Map() };
    },
    restore({ state }) {
      const saved = structuredClone(state) as unknown as Saved;
      current = saved.current ?? undefined;
      results = [...saved.results];
      evaluations = saved.evaluations;
      steps = saved.steps;
      look();
    },
  };
}
