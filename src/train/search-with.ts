import type { Json } from '../base/canonical.ts';
import { createRng, type Rng } from '../base/rng.ts';
import type { Encoding, SearchStrategy } from '../nas/index.ts';
import type { Trial } from '../stage/artifacts.ts';
import { type StageContext, stageFailure } from '../stage/contract.ts';
import { type TrialCosts, trialOf } from './candidates.ts';
import { orFail } from './inputs.ts';
import type { Rating } from './supernet.ts';
import { type Conditions, requireUnchanged } from './unchanged.ts';

export interface SearchInProgress {
  /** Proposes and learns; new, or restored by this function. */
  readonly strategy: SearchStrategy;
  /**
   * Evaluations in all, those before a resumption included; fewer where the strategy comes to its end: progress is told
   * in what it expects.
   */
  readonly evaluations: number;
  readonly evaluate: (encoding: Encoding) => Promise<Pick<Rating, 'accuracy'>>;
  readonly costs: TrialCosts;
  /** What the strategy minimises besides, where it can; default: the cost that the search looks at. */
  readonly objectives?: (encoding: Encoding) => readonly number[];
  readonly origin: Trial['origin'];
  /** Part of the search that the so many-th evaluation, from 0, belongs to, where the strategy does not say. */
  readonly phaseAt: (index: number) => string;
  /** What every trial must have been made under. */
  readonly under: Conditions;
  /** Absent for a strategy that draws nothing. */
  readonly rng?: Rng;
  readonly tick: StageContext['tick'];
  readonly resume?: StageContext['resume'];
}

interface Saved {
  readonly strategy: Json;
  readonly trials: readonly Trial[];
  readonly under: Conditions;
}

/**
 * Searches on weights that do not change: propose, evaluate, feed back, one evaluation a tick. A checkpoint holds the
 * strategy and the trials. Ends the stage with `no-allowed-architecture` when nothing can be proposed.
 */
export async function searchWith(search: SearchInProgress): Promise<Trial[]> {
  const { strategy, costs, tick, resume } = search;
  const trials: Trial[] = [];
  if (resume) {
    const saved = resume.state as unknown as Saved;
    requireUnchanged(saved.under, search.under);
    if (saved.trials.length > search.evaluations) {
      const made = `the checkpoint has ${saved.trials.length} evaluations`;
      throw stageFailure('checkpoint-refused', `${made}, but there are to be only ${search.evaluations}`);
    }
    strategy.restore({ state: saved.strategy, tensors: resume.tensors });
    trials.push(...saved.trials);
  }
  let best = Math.max(0, ...trials.map(({ accuracy }) => accuracy.value));
  const draws = (search.rng ?? createRng(0)).fork('proposals');
  while (trials.length < search.evaluations && !strategy.done?.()) {
    const index = trials.length;
    const { encoding, parent, predicted, ...proposed } = orFail(strategy.propose(draws.fork(index)));
    const { accuracy } = await search.evaluate(encoding);
    strategy.feedback(encoding, {
      fitness: accuracy.value,
      costs: search.objectives?.(encoding) ?? [costs.model.cost(encoding)],
    });
    best = Math.max(best, accuracy.value);
    const phase = proposed.phase ?? search.phaseAt(index);
    const { origin } = search;
    trials.push(
      trialOf(costs, {
        index,
        encoding,
        origin,
        accuracy,
        phase,
        ...(parent === undefined ? {} : { parent }),
        ...(predicted === undefined ? {} : { predicted }),
      }),
    );
    const left = strategy.done?.() ? 0 : strategy.left?.();
    await tick(
      {
        step: trials.length,
        total: Math.min(search.evaluations, left === undefined ? search.evaluations : trials.length + left),
        metrics: { best, accuracy: accuracy.value },
        phase,
      },
      () => {
        const { state, tensors } = strategy.save();
        return { state: { strategy: state, trials, under: search.under } as unknown as Json, tensors };
      },
    );
  }
  return trials;
}

/** The most accurate trial, the first of equals. */
export const mostAccurate = (trials: readonly Trial[]): Trial =>
  trials.reduce((a, b) => (b.accuracy.value > a.accuracy.value ? b : a));
