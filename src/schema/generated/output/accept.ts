/* Generated from the schema by `npm run types`: do not edit. */

/**
 * What `pipe accept --json` prints: an acceptance, or one that was taken back.
 */
export interface AcceptOutput {
/**
 * Id of the stage.
 */
stage: string
/**
 * Under which the outputs now stand, or stand no more.
 */
fingerprint: string
/**
 * Number of the record that says so.
 */
n: number
change: FieldChange
/**
 * Why the edit changes no result.
 */
reason: string
from: AcceptedRecord
}
/**
 * One field of a pre-image.
 */
export interface FieldChange {
/**
 * Dotted path.
 */
field: string
/**
 * Value before, as JSON; absent: it was not there.
 */
from?: string
/**
 * Value now, as JSON; absent: it is gone.
 */
to?: string
/**
 * Of code: source files that differ.
 * 
 * Items: Path.
 */
files?: string[]
/**
 * Of code: packages whose version differs.
 */
packages?: PackageChange[]
}
/**
 * One package.
 */
export interface PackageChange {
/**
 * Its name.
 */
name: string
/**
 * Version before; absent: it was not imported.
 */
from?: string
/**
 * Version now; absent: it is not imported.
 */
to?: string
}
/**
 * The record that it stands for.
 */
export interface AcceptedRecord {
/**
 * Its fingerprint.
 */
fingerprint: string
/**
 * Its number.
 */
n: number
/**
 * Run that made it.
 */
run: string
/**
 * When, milliseconds since 1970.
 */
finishedAt: number
}
