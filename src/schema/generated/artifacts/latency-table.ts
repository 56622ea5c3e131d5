/* Generated from the schema by `npm run types`: do not edit. */

/**
 * Latency of each distinct layer shape of a search space, measured on one device.
 */
export interface LatencyTable {
/**
 * Content digest of the search space.
 */
space: string
device: Device
/**
 * Images a pass.
 */
batch: number
/**
 * Unit of every time.
 */
unit: "ms"
/**
 * What each entry was repeated for: a margin of at most this share of its median.
 */
precision: number
/**
 * Keys of layers begin with the layer's id, and there is one for its absence at each width: a linear model counts one shape differently in different places. Absent: a key is a shape, wherever it stands.
 */
places?: true
/**
 * Milliseconds of a whole network that no layer accounts for.
 */
overhead: number
/**
 * Half-width of the 95 % interval of the overhead, ms.
 */
overheadMargin: number
/**
 * Sorted by key.
 */
entries: LatencyEntry[]
/**
 * Whole networks timed by the stage itself, against their predictions.
 */
validation: {
/**
 * How many networks.
 */
networks: number
/**
 * Each of them, in the order in which they were timed; absent in tables from elsewhere.
 */
pairs?: TimedPair[]
/**
 * Mean of |predicted - measured| / measured, 0…1.
 */
meanAbsolutePercentageError: number
/**
 * |Σ predicted - Σ measured| / Σ measured, 0…1.
 */
summedError: number
/**
 * Share of the variance of the measured times that the predictions explain, at most 1.
 */
r2: number
/**
 * Rank correlation of predicted and measured, -1…1.
 */
kendallTau: number
}
}
/**
 * What was measured.
 */
export interface Device {
/**
 * `--device` label or CPU model.
 */
name: string
/**
 * Processor architecture.
 */
arch: string
/**
 * Backend that executed.
 */
backend: string
/**
 * Instruction set of the backend.
 */
instructionSet: string
/**
 * Threads used.
 */
threads: number
}
/**
 * One layer shape.
 */
export interface LatencyEntry {
/**
 * Canonical name of the layer shape.
 */
key: string
/**
 * Median of the samples, ms.
 */
median: number
/**
 * Interquartile range of the samples, ms.
 */
spread: number
/**
 * Half-width of the 95 % interval of the median, ms.
 */
margin: number
/**
 * Timed passes, warm-up excluded.
 */
samples: number
}
/**
 * One network.
 */
export interface TimedPair {
/**
 * Its encoding.
 * 
 * Items: Index of the chosen option.
 */
encoding: number[]
/**
 * Milliseconds by the table.
 */
predicted: number
/**
 * Half-width of the prediction's 95 % interval, ms.
 */
margin: number
/**
 * Median of its passes, ms.
 */
measured: number
}
