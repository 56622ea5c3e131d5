/* Generated from the schema by `npm run types`: do not edit. */

/**
 * Beside state.json and tensors.safetensors in attempts/<fingerprint>/checkpoints/<seq>/.
 */
export interface CheckpointManifest {
/**
 * Version of this format.
 */
v: 1
/**
 * Fingerprint of the stage.
 */
fingerprint: string
/**
 * Id of the attempt that saved it.
 */
attempt: string
/**
 * Rises with every checkpoint of the fingerprint; 0: the one of another stage that this one was branched from.
 */
seq: number
/**
 * Steps done.
 */
step: number
/**
 * Steps in all.
 */
total: number
/**
 * Milliseconds since 1970.
 */
savedAt: number
/**
 * Time spent in the stage so far, attempts before included, milliseconds.
 */
computeMs: number
numerics?: RecordedNumerics
/**
 * Name → size and digest.
 */
files: {
/**
 * A file.
 */
[k: string]: {
/**
 * Bytes.
 */
size: number
/**
 * Digest of the bytes.
 */
digest: string
} | undefined
}
/**
 * Digest of this manifest without this field.
 */
seal: string
/**
 * Of number 0: fingerprint of the stage that saved it.
 */
savedBy?: string
}
/**
 * Equal keys mean equal bits: a checkpoint is resumed only under an equal key.
 */
export interface RecordedNumerics {
/**
 * Name and build of the backend.
 */
backend: string
/**
 * Instruction set it computes with.
 */
instructionSet: string
/**
 * Version of the arithmetic of all backends.
 */
numericsVersion: number
}
