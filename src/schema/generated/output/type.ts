/* Generated from the schema by `npm run types`: do not edit. */

/**
 * What `pipe types <type> --json` prints.
 */
export interface TypeOutput {
/**
 * Name of the stage type.
 */
type: string
/**
 * Where it comes from.
 */
origin: ("project" | "plug-in" | "built-in")
/**
 * Package that brings it.
 */
package: string
/**
 * Its schema: params and ports.
 */
schema: {
[k: string]: unknown | undefined
}
}
