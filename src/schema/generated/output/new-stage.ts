/* Generated from the schema by `npm run types`: do not edit. */

/**
 * What `pipe new stage --json` prints.
 */
export interface NewStageOutput {
/**
 * The stage type.
 */
type: string
/**
 * Files that were made.
 * 
 * Items: Path.
 */
files: string[]
}
