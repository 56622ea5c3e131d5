/* Generated from the schema by `npm run types`: do not edit. */

/**
 * What `pipe pin --json` prints without a name.
 */
export type PinsOutput = ListedPin[]

/**
 * One pin.
 */
export interface ListedPin {
/**
 * run: everything that it made or took; stage: the outputs under a fingerprint; artifact: one.
 */
of: ("run" | "stage" | "artifact")
/**
 * Run id, fingerprint or digest.
 */
target: string
/**
 * When, milliseconds since 1970.
 */
at?: number
/**
 * Why.
 */
note?: string
}
