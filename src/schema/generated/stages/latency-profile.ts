/* Generated from the schema by `npm run types`: do not edit. */

/**
 * Times each distinct layer shape of a space on this device, then whole random networks, from which it takes the constant overhead and the error of predictions by summing.
 */
export interface Params {
/**
 * Passes of one image before each timing that are thrown away.
 */
warmup: number
/**
 * Timed passes of each layer shape; the table keeps the median and the interquartile range.
 */
repeats: number
/**
 * Whole random networks timed. The first half gives the overhead, the rest the error of the predictions.
 */
networks: number
/**
 * Threads of a pass.
 */
threads: number
}

export type Inputs = {
  readonly "space": 'search-space';
};

export type Outputs = {
  readonly "table": 'latency-table';
};
