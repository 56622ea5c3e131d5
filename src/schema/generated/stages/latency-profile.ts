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
 * Timed passes of each layer shape, to begin with; the table keeps their median, its 95 % interval and the interquartile range.
 */
repeats: number
/**
 * Whole random networks timed. The first half gives the overhead, the rest the error of the predictions.
 */
networks: number
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
  readonly "space": 'search-space';
};

export type Outputs = {
  readonly "table": 'latency-table';
};
