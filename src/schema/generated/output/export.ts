/* Generated from the schema by `npm run types`: do not edit. */

/**
 * What `pipe export --json` prints.
 */
export interface ExportOutput {
/**
 * The archive, as it was named.
 */
file: string
/**
 * Id of the run.
 */
run: string
/**
 * Files in it.
 */
files: number
/**
 * Bytes of the files, unpacked.
 */
bytes: number
/**
 * What params name, which is not in it; absent when they name nothing.
 */
lacking?: ExportLacking[]
}
/**
 * A file or directory.
 */
export interface ExportLacking {
/**
 * Stage whose param names it.
 */
stage: string
/**
 * As the param names it.
 */
path: string
}
