/* Generated from the schema by `npm run types`: do not edit. */

/**
 * What `pipe fsck --json` prints.
 */
export interface FsckOutput {
/**
 * Part of the store → how many there are.
 */
counts: {
/**
 * How many.
 */
[k: string]: number | undefined
}
/**
 * What is not as it should be.
 */
findings: Finding[]
/**
 * What dead processes left; harmless.
 */
leftovers: Leftover[]
/**
 * Whether what was found was mended.
 */
repaired: boolean
/**
 * Stages that a rerun would bring back.
 */
reruns: Rerun[]
/**
 * Records whose outputs should have been equal.
 */
divergences: Divergence[]
/**
 * Damaged things that were moved aside, now or before.
 */
quarantined: number
}
/**
 * One thing.
 */
export interface Finding {
/**
 * Part of the store.
 */
part: ("store" | "artifact" | "record" | "checkpoint" | "attempt" | "run" | "pin" | "signature" | "cache" | "lock")
/**
 * Which.
 */
what: string
/**
 * What is wrong with it.
 */
why: string
/**
 * Where it lies.
 */
path: string
/**
 * What a repair does.
 */
remedy: ("quarantine" | "drop" | "relink" | "rewrite")
/**
 * For relink: where to.
 */
target?: string
/**
 * For rewrite: the new text.
 */
text?: string
/**
 * Artifact that is not there whole any more.
 */
artifact?: string
/**
 * Fingerprint whose record or checkpoint is not there whole any more.
 */
fingerprint?: string
/**
 * Where it was moved.
 */
movedTo?: string
}
/**
 * One thing.
 */
export interface Leftover {
/**
 * Path below the store.
 */
name: string
/**
 * Where it lies.
 */
path: string
/**
 * Its size.
 */
bytes: number
/**
 * What it is.
 */
why: string
}
/**
 * One stage.
 */
export interface Rerun {
/**
 * Its fingerprint.
 */
fingerprint: string
/**
 * Its stage type.
 */
stageType?: string
/**
 * Pipeline whose rerun brings it back.
 */
pipeline?: string
/**
 * Its id there.
 */
stage?: string
/**
 * How long it took, milliseconds.
 */
computeMs?: number
}
/**
 * Two of one fingerprint.
 */
export interface Divergence {
/**
 * It.
 */
fingerprint: string
/**
 * Stage type.
 */
stageType: string
/**
 * Number of the later.
 */
to: number
/**
 * Number of the earlier.
 */
from: number
}
