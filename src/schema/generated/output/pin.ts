/* Generated from the schema by `npm run types`: do not edit. */

/**
 * What `pipe pin <what> --json` and `pipe unpin --json` print.
 */
export interface PinOutput {
/**
 * run: everything that it made or took; stage: the outputs under a fingerprint; artifact: one.
 */
of: ("run" | "stage" | "artifact")
/**
 * Run id, fingerprint or digest.
 */
target: string
/**
 * Of pin: false when it was pinned already.
 */
added?: boolean
/**
 * Of unpin.
 */
removed?: true
}
