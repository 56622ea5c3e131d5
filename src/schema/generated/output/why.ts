/* Generated from the schema by `npm run types`: do not edit. */

/**
 * What `pipe why --json` prints.
 */
export interface WhyOutput {
/**
 * Id of the stage.
 */
stage: string
/**
 * Its stage type.
 */
type: string
/**
 * Its fingerprint.
 */
fingerprint: string
/**
 * Run that executed it.
 */
ranIn: string
/**
 * When, milliseconds since 1970.
 */
ranAt: number
/**
 * Whether the run asked about took it from the store.
 */
cached: boolean
/**
 * In one sentence.
 */
reason: string
against?: WhyAgainst
/**
 * Fields of the pre-image that differ.
 */
changes: FieldChange[]
/**
 * Parts of the pre-image that are as before.
 * 
 * Items: Name.
 */
unchanged: string[]
/**
 * Inputs that differ.
 */
inputs: ArtifactDiff[]
accepted?: WhyAccepted
/**
 * Which records of its fingerprint should have equal outputs and have not.
 */
diverged?: string
/**
 * Acceptances that were taken back.
 */
revoked: WhyRevoked[]
branched?: BranchedFrom
}
/**
 * What it is compared with.
 */
export interface WhyAgainst {
/**
 * Its run.
 */
run: string
/**
 * When, milliseconds since 1970.
 */
finishedAt: number
/**
 * Its fingerprint.
 */
fingerprint: string
}
/**
 * One field of a pre-image.
 */
export interface FieldChange {
/**
 * Dotted path.
 */
field: string
/**
 * Value before, as JSON; absent: it was not there.
 */
from?: string
/**
 * Value now, as JSON; absent: it is gone.
 */
to?: string
/**
 * Of code: source files that differ.
 * 
 * Items: Path.
 */
files?: string[]
/**
 * Of code: packages whose version differs.
 */
packages?: PackageChange[]
}
/**
 * One package.
 */
export interface PackageChange {
/**
 * Its name.
 */
name: string
/**
 * Version before; absent: it was not imported.
 */
from?: string
/**
 * Version now; absent: it is not imported.
 */
to?: string
}
/**
 * One artifact beside another of the same port.
 */
export interface ArtifactDiff {
/**
 * The port.
 */
port: string
/**
 * Kind of the artifacts.
 */
kind: string
/**
 * Content digest of the first; absent where only the second is there.
 */
from?: string
/**
 * Content digest of the second; absent where only the first is there.
 */
to?: string
/**
 * Whether they are equal.
 */
same: boolean
/**
 * What differs; empty where nothing does, or one of them is no longer whole.
 */
changes: Change[]
/**
 * Where the input comes from.
 */
source: string
}
/**
 * One difference, in the terms of the kind.
 */
export interface Change {
/**
 * What differs.
 */
what: string
/**
 * In the first; absent where only the second has it.
 */
from?: (string | number)
/**
 * In the second; absent where only the first has it.
 */
to?: (string | number)
/**
 * Of numbers: second minus first.
 */
delta?: number
/**
 * Unit of the numbers.
 */
unit?: string
/**
 * What a person should know of it.
 */
note?: string
}
/**
 * Who declared the last edit of its code equivalent.
 */
export interface WhyAccepted {
/**
 * Why.
 */
reason?: string
/**
 * When, milliseconds since 1970.
 */
at: number
/**
 * User.
 */
by: string
/**
 * Host.
 */
host: string
}
/**
 * One.
 */
export interface WhyRevoked {
/**
 * Why it was accepted.
 */
reason: string
/**
 * When, milliseconds since 1970.
 */
at: number
/**
 * User.
 */
by: string
/**
 * When and by whom it was taken back, and why if that was said.
 */
revoked: {
[k: string]: unknown | undefined
}
}
/**
 * Where a branched stage begins.
 */
export interface BranchedFrom {
/**
 * Id of the run that left the checkpoint.
 */
run: string
/**
 * Id of the stage in it.
 */
stage: string
/**
 * Fingerprint of that stage.
 */
fingerprint: string
/**
 * Steps done there.
 */
step: number
/**
 * Digest of the content of the checkpoint.
 */
checkpoint: string
}
