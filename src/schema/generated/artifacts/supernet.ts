/* Generated from the schema by `npm run types`: do not edit. */

/**
 * What a supernet is; its weights lie beside it at maximum width, moving statistics included, without optimiser slots.
 */
export interface SupernetInfo {
/**
 * Content digest of the search space.
 */
space: string
/**
 * Training steps that the weights have seen in all.
 */
steps: number
/**
 * Stages that trained the weights, in order.
 * 
 * Items: `warm-up`, `shrinking`, `search`, `finetune`.
 */
phases: string[]
}
