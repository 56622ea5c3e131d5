/* Generated from the schema by `npm run types`: do not edit. */

/**
 * What `pipe verify --json` prints.
 */
export interface VerifyOutput {
/**
 * Stages looked at.
 */
stages: number
/**
 * Artifacts hashed.
 */
artifacts: number
/**
 * What is wrong; empty: all is as it was made.
 * 
 * Items: A sentence.
 */
problems: string[]
}
