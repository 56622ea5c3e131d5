/* Generated from the schema by `npm run types`: do not edit. */

/**
 * What the images of a split are (kinds train-split, validation-split, test-split).
 */
export interface SplitInfo {
/**
 * Data set and part.
 */
name: string
/**
 * Images.
 */
count: number
/**
 * Pixels.
 */
height: number
/**
 * Pixels.
 */
width: number
/**
 * Channels.
 */
channels: number
/**
 * By class index.
 * 
 * @minItems 2
 * 
 * Items: Class name.
 */
classes: string[]
/**
 * Per-channel mean of the training part, pixels scaled to 0…1.
 * 
 * Items: 0…1
 */
mean: number[]
/**
 * Per-channel standard deviation of the training part.
 * 
 * Items: 0…1
 */
deviation: number[]
}
