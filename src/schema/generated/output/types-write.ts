/* Generated from the schema by `npm run types`: do not edit. */

/**
 * What `pipe types --write --json` prints.
 */
export interface TypesWriteOutput {
/**
 * Files that were written.
 * 
 * Items: Path.
 */
files: string[]
}
