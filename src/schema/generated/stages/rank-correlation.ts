/* Generated from the schema by `npm run types`: do not edit. */

/**
 * Says how well a cheap accuracy ranks architectures: that of the trials of a search (inherited weights), or that of models of a proxy task, against models of the same architectures trained alone. Kendall's τ and Spearman's ρ with their 95 % intervals, and beside them those of the multiply-accumulates alone, which cost nothing. Either `trials` or `proxies` is wired, and has every architecture of `models`.
 */
export interface Params {
/**
 * Bootstrap samples for the intervals, of the pairs.
 */
resamples: number
}

export type Inputs = {
  readonly "models": readonly 'model'[];
  readonly "trials"?: 'trials';
  readonly "proxies"?: readonly 'model'[];
};

export type Outputs = {
  readonly "correlation": 'correlation';
};
