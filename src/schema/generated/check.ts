/* Generated from the schema by `npm run types`: do not edit. */

/**
 * What `pipe check --json` prints: what of a run was derived again from its artifacts, and whether it agrees.
 */
export interface CheckReport {
/**
 * Id of the run.
 */
run: string
/**
 * Nothing differs.
 */
agrees: boolean
/**
 * One entry for each thing looked at, in the order of the pipeline.
 */
findings: Finding[]
}
/**
 * One thing that was looked at.
 */
export interface Finding {
/**
 * Id of the stage.
 */
stage: string
/**
 * What was derived again.
 */
what: string
/**
 * agrees; differs; unchecked: not all that it follows from is there.
 */
status: ("agrees" | "differs" | "unchecked")
/**
 * How many, from what, or what differs.
 */
detail: string
}
