import type { Encoding } from '../space/choice.ts';

export type CostUnit = 'ms' | 'MACs' | 'parameters';

/** The cheapest and the dearest architecture of a space. */
export interface CostRange {
  readonly min: number;
  readonly max: number;
  readonly minEncoding: Encoding;
  readonly maxEncoding: Encoding;
}

/** An expectation and its derivative by every probability: gradient[choice][option]. */
export interface ExpectedCost {
  readonly value: number;
  readonly gradient: number[][];
}

/** What an architecture costs: a constant and one term a piece, so that expectations and extremes are exact. */
export interface CostModel {
  readonly quantity: 'latency' | 'macs' | 'params';
  readonly unit: CostUnit;
  /** Cost of one architecture. */
  cost(encoding: Encoding): number;
  /**
   * Mean cost when every choice block is drawn independently: `probabilities[choice][option]`, in the order of an
   * encoding. A polynomial in the probabilities; the gradient is its derivative, whether or not they sum to one.
   */
  expected(probabilities: readonly (readonly number[])[]): ExpectedCost;
  range(): CostRange;
}

/** What is known of the cost of any space's architectures. */
export type ArchitectureCost = Omit<CostModel, 'expected'>;
