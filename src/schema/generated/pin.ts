/* Generated from the schema by `npm run types`: do not edit. */

/**
 * Something that garbage collection keeps: pins/<of>-<target>.json. The file's name is what counts.
 */
export interface Pin {
/**
 * Version of this format.
 */
v: 1
/**
 * run: everything that a run made or took; stage: the outputs under a fingerprint; artifact: one artifact.
 */
of: ("run" | "stage" | "artifact")
/**
 * Id of the run, fingerprint, or digest of the artifact.
 */
target: string
/**
 * When it was pinned, milliseconds since 1970.
 */
at: number
/**
 * Why, in the user's words.
 */
note?: string
/**
 * Digest of the pin without this field.
 */
seal: string
}
