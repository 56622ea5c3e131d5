/* Generated from the schema by `npm run types`: do not edit. */

/**
 * `export.json`, the first file of an exported run: everything else that the archive holds, in its order. Unpacked, the archive is a store.
 */
export interface ExportManifest {
/**
 * Version of this form.
 */
v: 1
/**
 * Version of naspipe that wrote it.
 */
naspipe: string
/**
 * Id of the run.
 */
run: string
/**
 * Name of its pipeline.
 */
pipeline: string
/**
 * Every other file, in order.
 */
files: ExportedFile[]
/**
 * Digest of everything else here.
 */
seal: string
}
/**
 * One file.
 */
export interface ExportedFile {
/**
 * As in a store, with `/`.
 */
path: string
/**
 * Bytes.
 */
size: number
/**
 * sha256 of its bytes.
 */
digest: string
}
