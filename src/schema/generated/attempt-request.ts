/* Generated from the schema by `npm run types`: do not edit. */

/**
 * What an attempt is asked to do: request.json in its directory, with the bundle beside it.
 */
export interface AttemptRequest {
/**
 * Version of this format.
 */
v: 1
/**
 * Digest of the pre-image.
 */
fingerprint: string
/**
 * Id of the attempt: the name of its directory.
 */
attempt: string
/**
 * Id of the run.
 */
run: string
/**
 * Id of the stage in the pipeline; for messages only.
 */
stage: string
/**
 * Stage type.
 */
stageType: string
preimage: Preimage
/**
 * Absolute path of the store.
 */
store: string
/**
 * Name of the bundle beside this file.
 */
bundle: string
/**
 * Digest of the bundle's bytes.
 */
bundleDigest: string
/**
 * Digest of the request without this field.
 */
seal: string
/**
 * Absolute directories from which the packages that the bundle imports are resolved, tried in order.
 * 
 * Items: Directory.
 */
resolveFrom: string[]
/**
 * Params with defaults applied; files and directories as paths.
 */
params: {
[k: string]: unknown | undefined
}
/**
 * Seed; absent when the stage type is not random.
 */
seed?: number
/**
 * Port → artifact.
 */
inputs: {
[k: string]: RequestedInput | undefined
}
/**
 * Ports that the stage must return.
 */
outputs: {
[k: string]: RequestedOutput | undefined
}
/**
 * Files and directories that `x-content` params name: path as spelt in the params → where it is.
 */
files: {
[k: string]: RequestedFile | undefined
}
/**
 * Shipped data sets that `x-dataset` params name: name → absolute directory.
 */
datasets: {
/**
 * Directory.
 */
[k: string]: string | undefined
}
/**
 * What equal inputs promise of the outputs: the same bytes, the same within a tolerance, or a measurement.
 */
determinism: ("exact" | "tolerance" | "measured")
/**
 * What the stage type declares.
 */
needs: {
/**
 * It trains or runs networks.
 */
backend: boolean
/**
 * It measures this device.
 */
device: boolean
/**
 * It runs a program of the user's.
 */
program?: boolean
}
/**
 * Backend asked for by the user; absent: the best that works.
 */
backend?: ("cpu" | "tf")
/**
 * Threads of the backend; absent: as many as the machine has.
 */
threads?: number
device?: RecordedDevice
/**
 * Time between checkpoints, seconds; 0: after every step.
 */
checkpointSeconds: number
/**
 * Start over even when there is a checkpoint.
 */
fresh: boolean
horizon?: RequestedHorizon
/**
 * Digest of the code that remembered evaluations depend on.
 */
memoCode?: string
/**
 * What the driver knows of where the code comes from.
 */
lineage: {
/**
 * Version of naspipe.
 */
naspipe: string
/**
 * Version control of the project, when it has one.
 */
git?: {
/**
 * Commit checked out.
 */
commit: string
/**
 * Whether there were uncommitted changes.
 */
dirty: boolean
}
/**
 * Packages that the code imports, by name.
 */
packages: {
/**
 * Version.
 */
[k: string]: string | undefined
}
/**
 * Source files bundled into the code: path → digest.
 */
sources: {
/**
 * Digest of the file.
 */
[k: string]: string | undefined
}
}
branched?: BranchedFrom
}
/**
 * Everything that may affect the outputs; the fingerprint is its digest. What does not apply is absent.
 */
export interface Preimage {
/**
 * Version of this structure.
 */
schema: number
/**
 * Stage type.
 */
stageType: string
/**
 * Version that the stage type declares.
 */
version: number
/**
 * Digest of the bundled code.
 */
codeDigest: string
/**
 * Params with defaults applied; a param that names a file or directory holds its content digest.
 */
params: {
[k: string]: unknown | undefined
}
/**
 * Seed, for a stage type that is random.
 */
seed?: number
/**
 * Port → content digest.
 */
inputs: {
/**
 * Content digest of the artifact.
 */
[k: string]: string | undefined
}
/**
 * What the params name outside the store: param or data set → content digest.
 */
content?: {
/**
 * Content digest.
 */
[k: string]: string | undefined
}
/**
 * Version of the arithmetic, for a stage type that needs a backend.
 */
numericsVersion?: number
device?: RecordedDevice
origin?: Origin
}
/**
 * The device that latencies are measured on.
 */
export interface RecordedDevice {
/**
 * Label given by the user, or the CPU model.
 */
name: string
/**
 * `x64`, `arm64`.
 */
arch: string
/**
 * Name and build of the backend.
 */
backend: string
/**
 * Instruction set it computes with.
 */
instructionSet: string
/**
 * Threads of the measured runs.
 */
threads: number
}
/**
 * Checkpoint of another stage that this one was branched from; its beginning is there.
 */
export interface Origin {
/**
 * Fingerprint of the stage that saved it.
 */
fingerprint: string
/**
 * Steps done.
 */
step: number
/**
 * Digest of its content.
 */
checkpoint: string
}
/**
 * An input.
 */
export interface RequestedInput {
/**
 * Artifact kind that the port takes.
 */
kind: string
/**
 * Content digest of the artifact.
 */
digest: string
essence?: RequestedEssence
}
/**
 * What of it matters to the stage, which sees no more than that. Absent: all of it.
 */
export interface RequestedEssence {
/**
 * Name of that part, as the kind calls it.
 */
name: string
/**
 * Its digest.
 */
digest: string
}
/**
 * An output.
 */
export interface RequestedOutput {
/**
 * Artifact kind that the port gives.
 */
kind: string
/**
 * Whether it may be left out.
 */
optional?: boolean
}
/**
 * A file or directory.
 */
export interface RequestedFile {
/**
 * Absolute path.
 */
path: string
/**
 * What it is.
 */
type: ("file" | "directory")
/**
 * Digest of a file's bytes as they were when the fingerprint was computed.
 */
digest?: string
/**
 * Of a directory: path below it → digest of the file's bytes, as they were when the fingerprint was computed. Nothing else in it is read.
 */
digests?: {
/**
 * Digest.
 */
[k: string]: string | undefined
}
}
/**
 * For a stage that can go on from a shorter one: the last step is kept as a checkpoint, and these are the shorter ones.
 */
export interface RequestedHorizon {
/**
 * The param that says how far it goes.
 */
param: string
/**
 * Shorter ones with a checkpoint, the furthest first.
 */
siblings: Sibling[]
}
/**
 * A shorter one.
 */
export interface Sibling {
/**
 * Its fingerprint.
 */
fingerprint: string
/**
 * How far it went: its value of the param.
 */
from: number
}
/**
 * Where a branched stage begins: a checkpoint of a stage of another run.
 */
export interface BranchedFrom {
/**
 * Id of that run.
 */
run: string
/**
 * Id of the stage in it.
 */
stage: string
/**
 * Fingerprint of the stage that saved it.
 */
fingerprint: string
/**
 * Steps done.
 */
step: number
/**
 * Digest of its content.
 */
checkpoint: string
}
