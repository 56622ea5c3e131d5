/* Generated from the schema by `npm run types`: do not edit. */

/**
 * What `pipe import --json` prints.
 */
export interface ImportOutput {
/**
 * The archive, as it was named.
 */
file: string
/**
 * Id of the run.
 */
run: string
/**
 * Name of its pipeline.
 */
pipeline: string
/**
 * Artifacts that the store did not have.
 */
artifacts: number
/**
 * Records that it did not have.
 */
records: number
/**
 * Whether it had the run already.
 */
known: boolean
/**
 * What params name, which is not here as it was; absent when nothing is lacking.
 */
lacking?: ImportLacking[]
}
/**
 * A file or directory.
 */
export interface ImportLacking {
/**
 * Stage whose param names it.
 */
stage: string
/**
 * As the param names it.
 */
path: string
}
