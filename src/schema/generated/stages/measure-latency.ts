/* Generated from the schema by `npm run types`: do not edit. */

/**
 * Times a model on this device.
 */
export interface Params {
/**
 * Images a pass. With `table` only 1, because that is what the table predicts.
 */
batch: number
/**
 * Passes that are thrown away.
 */
warmup: number
/**
 * Timed passes.
 */
repeats: number
/**
 * Threads of a pass.
 */
threads: number
}

export type Inputs = {
  readonly "model": 'model';
  readonly "table"?: 'latency-table';
  readonly "space"?: 'search-space';
};

export type Outputs = {
  readonly "measurement": 'latency-measurement';
};
