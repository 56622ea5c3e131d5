/* Generated from the schema by `npm run types`: do not edit. */

/**
 * Times passes of a model on this device: the median, with the 10th and the 90th percentile and the 95 % interval of the median. With `table` and `space` also what the table predicts.
 */
export interface Params {
/**
 * Images a pass. With `table` only 1, because that is what the table predicts.
 */
batch: number
/**
 * Passes before those that are timed.
 */
warmup: number
/**
 * Timed passes, to begin with.
 */
repeats: number
/**
 * Goes on timing until the median is known within ± this share of itself (95 % interval).
 */
precision: number
/**
 * Timed passes after which it stops all the same, and says so.
 */
mostRepeats: number
/**
 * Threads of a pass.
 */
threads: number
/**
 * What runs the passes: the backend that trains (`--backend`); a build of the kernels of `cpu`, as `PIPE_CPU` names them, so that this machine also stands for processors that have lesser instructions; or onnxruntime-node on the CPU, where it is installed, with the network exported as ONNX, batch normalisation folded.
 */
runtime: ("backend" | "cpu-avx512" | "cpu-avx2" | "cpu-baseline" | "cpu-wasm" | "onnxruntime-node")
}

export type Inputs = {
  readonly "model": 'model';
  readonly "table"?: 'latency-table';
  readonly "space"?: 'search-space';
};

export type Outputs = {
  readonly "measurement": 'latency-measurement';
};
