/* Generated from the schema by `npm run types`: do not edit. */

/**
 * What `pipe show <run>:<stage>/<port> --json` prints.
 */
export interface ShowArtifactOutput {
/**
 * Id of the stage.
 */
stage: string
/**
 * The port.
 */
port: string
/**
 * Kind of the artifact.
 */
kind: string
/**
 * Content digest.
 */
digest: string
/**
 * Where its files lie.
 */
directory: string
/**
 * What it is in a few figures, by name.
 */
facts: {
[k: string]: unknown | undefined
}
/**
 * Of trials: `ranked` (the best of each architecture, the best first, at most 15), `front` (those that no other beats in both cost and accuracy, by rising cost), both as in `trials.jsonl`; and `hypervolume`: `share` of what the front dominates in the rectangle from accuracy 0 and the cost of `reference` to accuracy 1 and no cost.
 */
details?: {
[k: string]: unknown | undefined
}
}
