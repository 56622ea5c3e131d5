/**
 * Moving baseline of the reward. Plain (ENAS §1.3): starts at 0 and moves towards each reward. Debiased (TuNAS, as released):
 * a ratio of two averages, so that it starts at the first reward.
 */
export interface BaselineState {
  readonly total: number;
  readonly weight: number;
}

export const EMPTY_BASELINE: BaselineState = { total: 0, weight: 0 };

/** The baseline after seeing `reward`; `decay` is the weight of the past. */
export const moveBaseline = (state: BaselineState, reward: number, decay: number): BaselineState => ({
  total: decay * state.total + (1 - decay) * reward,
  weight: decay * state.weight + (1 - decay),
});

/** Zero-debiased value; 0 before the first reward. */
export const debiased = ({ total, weight }: BaselineState): number => (weight === 0 ? 0 : total / weight);
