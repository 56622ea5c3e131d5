/* Generated from the schema by `npm run types`: do not edit. */

/**
 * What `pipe rm --json` prints.
 */
export interface RmOutput {
/**
 * Id of the run.
 */
run: string
/**
 * It is removed.
 */
removed: true
}
