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
}
