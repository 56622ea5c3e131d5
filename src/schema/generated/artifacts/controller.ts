/* Generated from the schema by `npm run types`: do not edit. */

/**
 * What a controller is; its weights lie beside it.
 */
export interface ControllerInfo {
/**
 * Content digest of the search space.
 */
space: string
/**
 * Kind of sampler.
 */
controller: ("lstm" | "factorised" | "ppo")
/**
 * Updates made.
 */
steps: number
/**
 * Moving baseline of the reward at the end.
 */
baseline: number
/**
 * Mean entropy of a sampled architecture at the end, nats.
 */
entropy: number
/**
 * Choice block → probability of each option along the greedy path.
 */
probabilities: {
[k: string]: number[] | undefined
}
}
