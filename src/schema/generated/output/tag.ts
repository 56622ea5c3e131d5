/* Generated from the schema by `npm run types`: do not edit. */

/**
 * What `pipe tag --json` prints.
 */
export interface TagOutput {
/**
 * Id of the run.
 */
run: string
labels: RunLabels
}
/**
 * Its tags and note now.
 */
export interface RunLabels {
/**
 * Version of this form.
 */
v: 1
/**
 * Short names, sorted, each once.
 * 
 * Items: One tag.
 */
tags: string[]
/**
 * Free text.
 */
note?: string
/**
 * Digest of everything else; only in the file.
 */
seal?: string
}
