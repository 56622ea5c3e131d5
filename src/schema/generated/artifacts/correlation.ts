/* Generated from the schema by `npm run types`: do not edit. */

/**
 * How well a cheap accuracy ranks architectures that were trained alone.
 */
export interface Correlation {
/**
 * Provenance of the cheap accuracy; `trained` is that of a proxy task.
 */
cheap: ("inherited" | "predicted" | "trained")
/**
 * One for each architecture, in the order of the trained models.
 * 
 * @minItems 2
 */
pairs: CorrelationPair[]
/**
 * Images of the validation split that the trained accuracies are on.
 */
images: number
kendall: Coefficient
spearman: Coefficient1
/**
 * How the multiply-accumulates alone rank the same networks: what the cheap accuracy is to be better than.
 */
bySize: {
kendall: Coefficient2
spearman: Coefficient3
}
/**
 * Bootstrap samples that the intervals come from.
 */
resamples: number
}
export interface CorrelationPair {
/**
 * Canonical encoding of the architecture.
 */
encoding: number[]
/**
 * The accuracy that is to rank.
 */
cheap: number
/**
 * Accuracy on the validation split after training alone.
 */
trained: number
/**
 * Multiply-accumulates of one image.
 */
macs: number
}
/**
 * Kendall's τ-b.
 */
export interface Coefficient {
/**
 * The coefficient; 0 where one side does not vary.
 */
value: number
/**
 * Lower end of its 95 % interval (percentile bootstrap over the architectures).
 */
low: number
/**
 * Upper end.
 */
high: number
}
/**
 * Spearman's ρ, equal values sharing their mean rank.
 */
export interface Coefficient1 {
/**
 * The coefficient; 0 where one side does not vary.
 */
value: number
/**
 * Lower end of its 95 % interval (percentile bootstrap over the architectures).
 */
low: number
/**
 * Upper end.
 */
high: number
}
/**
 * Kendall's τ-b.
 */
export interface Coefficient2 {
/**
 * The coefficient; 0 where one side does not vary.
 */
value: number
/**
 * Lower end of its 95 % interval (percentile bootstrap over the architectures).
 */
low: number
/**
 * Upper end.
 */
high: number
}
/**
 * Spearman's ρ.
 */
export interface Coefficient3 {
/**
 * The coefficient; 0 where one side does not vary.
 */
value: number
/**
 * Lower end of its 95 % interval (percentile bootstrap over the architectures).
 */
low: number
/**
 * Upper end.
 */
high: number
}
