/* Generated from the schema by `npm run types`: do not edit. */

/**
 * `runs/<id>/labels.json`: what a person says of a run. Nothing depends on it; it can be changed at any time.
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
