/* Generated from the schema by `npm run types`: do not edit. */

/**
 * What `pipe verify --replay <stage> --json` prints.
 */
export interface ReplayOutput {
/**
 * Id of the stage.
 */
stage: string
/**
 * Its stage type.
 */
stageType: string
/**
 * What equal inputs promise of the outputs.
 */
determinism: ("exact" | "tolerance" | "measured")
/**
 * Its fingerprint.
 */
fingerprint: string
/**
 * Number of the record.
 */
record: number
/**
 * Number of the record that the replay left.
 */
again: number
/**
 * Step of the checkpoint that it went on from.
 */
resumedFrom?: number
/**
 * Whether all outputs are equal, byte for byte.
 */
same: boolean
difference?: ReplayDifference
}
/**
 * The first port whose artifacts differ.
 */
export interface ReplayDifference {
/**
 * The port.
 */
port: string
/**
 * Digest of the replay.
 */
to: string
first?: FirstDifference
/**
 * Digest of the record.
 */
from: string
}
/**
 * Where in them.
 */
export interface FirstDifference {
/**
 * File of the artifact.
 */
file: string
/**
 * Name of the tensor.
 */
tensor?: string
/**
 * Element or byte.
 */
index?: number
/**
 * Where in a JSON value.
 */
field?: string
/**
 * What the record has.
 */
from?: string
/**
 * What the replay has.
 */
to?: string
}
