/* Generated from the schema by `npm run types`: do not edit. */

/**
 * Latency of one model, measured on one device.
 */
export interface LatencyMeasurement {
device: Device
/**
 * Images a pass.
 */
batch: number
/**
 * Median ms of a pass.
 */
median: number
/**
 * 10th percentile, ms.
 */
p10: number
/**
 * 90th percentile, ms.
 */
p90: number
/**
 * Half-width of the 95 % interval of the median, ms.
 */
margin: number
/**
 * Timed passes.
 */
samples: number
/**
 * Milliseconds predicted from the latency table.
 */
predicted?: number
/**
 * Half-width of the 95 % interval of the prediction that follows from the entries of the table, ms.
 */
predictedMargin?: number
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
