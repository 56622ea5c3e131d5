/* Generated from the schema by `npm run types`: do not edit. */

/**
 * Every architecture of a small space with its accuracy and its costs, written by a user: what `tabular-search` searches without training.
 */
export interface WrittenTable {
/**
 * Path of this schema, for editors.
 */
$schema?: string
/**
 * What the space is called.
 */
name: string
/**
 * What it is, for people.
 */
description?: string
accuracy: TableAccuracy
/**
 * What an architecture decides, in the order of an encoding.
 * 
 * @minItems 1
 */
choices: WrittenChoice[]
/**
 * The architectures, each once.
 * 
 * @minItems 1
 */
rows: TableRow[]
}
/**
 * Where the accuracies come from.
 */
export interface TableAccuracy {
/**
 * Of inherited weights, predicted, or after training alone.
 */
provenance: ("inherited" | "predicted" | "trained")
/**
 * What they were measured on.
 */
split: ("train" | "validation" | "test")
/**
 * How many images that split has.
 */
images: number
}
export interface WrittenChoice {
/**
 * Name of the choice, unlike all others.
 */
id: string
/**
 * What can be chosen, in the order of its indices in an encoding.
 * 
 * @minItems 2
 * 
 * Items: What an option is called.
 */
options: string[]
/**
 * Earlier choices, by id, and the options of theirs with which this one decides anything; absent: it always does. Where it does not, its index is 0.
 */
when?: {
/**
 * @minItems 1
 * 
 * Items: An option of that choice.
 */
[k: string]: string[] | undefined
}
}
export interface TableRow {
/**
 * For each choice the index of its option, from 0; 0 where it decides nothing.
 * 
 * Items: Index of the chosen option.
 */
encoding: number[]
/**
 * As a share: 0.9 is 90 %.
 */
accuracy: number
costs: TableCosts
}
/**
 * What the architecture costs.
 */
export interface TableCosts {
/**
 * Parameters.
 */
params: number
/**
 * Multiply-accumulates of one image.
 */
macs: number
/**
 * Milliseconds of one image; as the cost of a search, every row needs it.
 */
latency?: number
}
