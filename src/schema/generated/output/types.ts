/* Generated from the schema by `npm run types`: do not edit. */

/**
 * What `pipe types --json` prints.
 */
export interface TypesOutput {
/**
 * Every stage type.
 */
types: ListedType[]
}
/**
 * One.
 */
export interface ListedType {
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
 * What it does.
 */
description: string
}
