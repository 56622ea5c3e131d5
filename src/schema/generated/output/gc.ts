/* Generated from the schema by `npm run types`: do not edit. */

/**
 * What `pipe gc --json` prints.
 */
export interface GcOutput {
/**
 * Whether nothing was removed.
 */
dryRun: boolean
/**
 * What each step decided.
 */
steps: GcStep[]
/**
 * What goes.
 */
removals: Removal[]
/**
 * Bytes that become free.
 */
bytes: number
/**
 * Time that it would take to have it back, milliseconds.
 */
computeMs: number
/**
 * Bytes that stay.
 */
staying: number
/**
 * Bytes by which what stays is over the budget.
 */
over: number
}
/**
 * One step.
 */
export interface GcStep {
/**
 * Its name.
 */
name: string
/**
 * What it found.
 */
found: string
}
/**
 * One thing.
 */
export interface Removal {
/**
 * What it is.
 */
what: ("run" | "record" | "attempt" | "checkpoints" | "artifact" | "cache" | "leftover")
/**
 * Run id, fingerprint, attempt id, digest, or path below the store.
 */
name: string
/**
 * Where it lies.
 */
path: string
/**
 * Its size.
 */
bytes: number
}
