/* Generated from the schema by `npm run types`: do not edit. */

/**
 * What `pipe export --json` prints of a model.
 */
export interface ExportModelOutput {
/**
 * The ONNX file, as it was named.
 */
file: string
/**
 * Content digest of the model.
 */
model: string
/**
 * Bytes of the file.
 */
bytes: number
input: ExportedInput
output: ExportedOutput
}
/**
 * What the graph takes.
 */
export interface ExportedInput {
/**
 * Name of the input.
 */
name: string
/**
 * Channels, height, width of an image; pixels in 0…1. The batch comes before them.
 * 
 * @minItems 3
 * @maxItems 3
 * 
 * Items: A side.
 */
shape: number[]
}
/**
 * What the graph gives, for each image.
 */
export interface ExportedOutput {
/**
 * Name of the output.
 */
name: string
/**
 * How many logits, in the order of the model's classes.
 */
classes: number
}
