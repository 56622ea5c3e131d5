/* Generated from the schema by `npm run types`: do not edit. */

/**
 * What `pipe show <run>:<stage> --json` prints: the stage in the results of the run, and its record.
 */
export interface ShowStageOutput {
/**
 * Id of the stage.
 */
stage: string
/**
 * Its stage type; `foreach` for one whose list did not become known.
 */
type: string
/**
 * Its name in the pipeline, `<foreach>.<stage>` inside a foreach; absent where that is its id.
 */
name?: string
/**
 * What tells it from others of its name: row of the matrix, `seed` or foreach → label.
 */
cell?: {
/**
 * Label.
 */
[k: string]: string | undefined
}
/**
 * cached: outputs taken from the store; ran: executed now; resumed: executed from a checkpoint; failed; stopped: at a checkpoint, on request; not-run: the run ended before its turn.
 */
status: ("cached" | "ran" | "resumed" | "failed" | "stopped" | "not-run")
/**
 * Digest of everything that may affect the stage's outputs.
 */
fingerprint?: string
/**
 * What equal inputs promise of the outputs: the same bytes, the same within a tolerance, or a measurement.
 */
determinism: ("exact" | "tolerance" | "measured")
/**
 * Port → its artifact.
 */
outputs: {
[k: string]: ResultOutput | undefined
}
/**
 * Port → where its artifact came from.
 */
inputs: {
[k: string]: ResultInput | undefined
}
/**
 * Id of the attempt.
 */
attempt?: string
/**
 * Milliseconds of the attempt in this run; 0 when cached.
 */
elapsedMs: number
/**
 * Milliseconds of the attempt that made the outputs.
 */
ranMs?: number
/**
 * Why it was run, or why not.
 */
reason?: string
/**
 * Headline facts that the stage gave.
 */
summary?: {
[k: string]: string | number | undefined
}
failure?: ResultFailure
/**
 * Why an edit of its code was declared to change no result; its outputs were made by the code before.
 */
accepted?: string
extends?: Extension
memo?: MemoUse
branched?: BranchedFrom
record?: StageRecord
}
/**
 * One artifact.
 */
export interface ResultOutput {
/**
 * Kind of the artifact.
 */
kind: string
/**
 * Content digest.
 */
digest: string
}
/**
 * One input.
 */
export interface ResultInput {
/**
 * `stage.port`, a file, or `artifact`.
 */
from: string
/**
 * Content digest.
 */
digest?: string
essence?: ResultEssence
}
/**
 * What of it matters to the stage, which sees no more than that. Absent: all of it.
 */
export interface ResultEssence {
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
 * Why it failed.
 */
export interface ResultFailure {
/**
 * Stable name.
 */
code: string
/**
 * What happened.
 */
message: string
}
/**
 * The sibling that a longer horizon goes on from: the same stage but for how far it goes.
 */
export interface Extension {
/**
 * Fingerprint of the sibling.
 */
fingerprint: string
/**
 * The horizon: the param that was raised.
 */
param: string
/**
 * Its value in the sibling.
 */
from: number
/**
 * Its value here.
 */
to: number
/**
 * Step of the sibling's checkpoint.
 */
step: number
}
/**
 * Evaluations that were remembered from earlier stages and runs instead of being computed.
 */
export interface MemoUse {
/**
 * Values taken from the memo.
 */
hits: number
/**
 * Values computed.
 */
misses: number
/**
 * Time that the values taken had cost, milliseconds.
 */
savedMs: number
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
/**
 * Its record; absent where it has no outputs.
 */
export interface StageRecord {
/**
 * Version of this format.
 */
v: 1
/**
 * Digest of the pre-image: the cache key.
 */
fingerprint: string
/**
 * Number of the record under its fingerprint, from 1; readers take the highest valid one.
 */
n: number
/**
 * Why the record was written: the first of its fingerprint; a rerun with equal outputs; a rerun because outputs were lost or damaged, with equal outputs; a new measurement, which supersedes; or other outputs than before although none were to be expected; or nothing ran: an edit of the code was declared equivalent by a person, or that was taken back.
 */
reason: ("first" | "repeat" | "repair" | "measurement" | "divergence" | "accepted" | "revoked")
/**
 * Number of the record whose outputs differ, for a divergence.
 */
divergesFrom?: number
accepted?: Acceptance
revoked?: Revocation
memo?: MemoUse1
/**
 * Stage type.
 */
stageType: string
preimage: Preimage
/**
 * What equal inputs promise of the outputs: the same bytes, the same within a tolerance, or a measurement.
 */
determinism: ("exact" | "tolerance" | "measured")
/**
 * By port.
 */
outputs: {
[k: string]: RecordedOutput | undefined
}
/**
 * Headline facts that the stage gave: short name → value.
 */
summary: {
/**
 * A fact.
 */
[k: string]: string | number | undefined
}
/**
 * Id of the attempt that made it.
 */
attempt: string
/**
 * Id of the run that asked for it.
 */
run: string
/**
 * When, and how long.
 */
times: {
/**
 * Start of the attempt, milliseconds since 1970.
 */
startedAt: number
/**
 * Commit, milliseconds since 1970.
 */
finishedAt: number
/**
 * Duration of the last attempt, milliseconds.
 */
attemptMs: number
/**
 * Time spent in the stage in all, attempts that it was resumed from included, milliseconds.
 */
computeMs: number
/**
 * Steps that the stage counted.
 */
steps?: number
/**
 * Step of the checkpoint that the last attempt went on from.
 */
resumedFrom?: number
}
lineage: Lineage
/**
 * Digest of the record without this field.
 */
seal: string
}
/**
 * For a record that stands in for a run of edited code: who declared the edit equivalent, and what it stands for.
 */
export interface Acceptance {
/**
 * Fingerprint of the record whose outputs are taken.
 */
fingerprint: string
/**
 * Number of that record.
 */
n: number
/**
 * Why the edit changes no result, in the words of who accepted it.
 */
reason: string
/**
 * When, milliseconds since 1970.
 */
at: number
/**
 * User name.
 */
by: string
/**
 * Name of the machine.
 */
host: string
/**
 * Source files of the accepted code: path → digest.
 */
sources: {
/**
 * Digest of the file.
 */
[k: string]: string | undefined
}
/**
 * Packages that the accepted code imports, by name.
 */
packages: {
/**
 * Version.
 */
[k: string]: string | undefined
}
}
/**
 * For a record that takes acceptances back: all accepted ones below it count no more.
 */
export interface Revocation {
/**
 * Why, when it was said.
 */
reason?: string
/**
 * When, milliseconds since 1970.
 */
at: number
/**
 * User name.
 */
by: string
/**
 * Name of the machine.
 */
host: string
}
/**
 * Evaluations that were remembered from earlier stages and runs instead of being computed.
 */
export interface MemoUse1 {
/**
 * Values taken from the memo.
 */
hits: number
/**
 * Values computed.
 */
misses: number
/**
 * Time that the values taken had cost, milliseconds.
 */
savedMs: number
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
 * Port → content digest, or, where the stage type says so, digest of what of the artifact matters to it.
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
 * An artifact that came out of a port.
 */
export interface RecordedOutput {
/**
 * Artifact kind.
 */
kind: string
/**
 * Version of the kind's file format.
 */
kindVersion: number
/**
 * Content digest; it names the object in the store.
 */
digest: string
/**
 * Size of its files in all, bytes.
 */
bytes: number
/**
 * Number of its files.
 */
files: number
}
/**
 * Where it was made. None of this is part of the fingerprint.
 */
export interface Lineage {
/**
 * Version of naspipe.
 */
naspipe: string
/**
 * Version of Node.
 */
node: string
/**
 * Operating system and release.
 */
os: string
/**
 * `x64`, `arm64`.
 */
arch: string
/**
 * Name of the machine.
 */
host: string
/**
 * CPU model.
 */
cpu: string
backend?: RecordedBackend
numerics?: RecordedNumerics
device?: RecordedDevice
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
 * Source files bundled into the code: path relative to the project or to naspipe → digest.
 */
sources: {
/**
 * Digest of the file.
 */
[k: string]: string | undefined
}
/**
 * Port → the artifact that was read, where the fingerprint holds only what of it matters.
 */
inputs?: {
/**
 * Content digest.
 */
[k: string]: string | undefined
}
extends?: Extension1
branched?: BranchedFrom1
}
/**
 * A backend and how it was built.
 */
export interface RecordedBackend {
/**
 * Which backend; `onnx` only times passes.
 */
name: ("cpu" | "tf" | "onnx")
/**
 * `wasm`, `native`, `tfjs-node-gpu`, `tfjs-node`, `tfjs-cpu`, `onnxruntime-node`.
 */
build: string
/**
 * `wasm-simd128`, `avx512`, …: decides bits.
 */
instructionSet: string
/**
 * Worker threads; never changes bytes.
 */
threads: number
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
/**
 * The sibling that a longer horizon goes on from: the same stage but for how far it goes.
 */
export interface Extension1 {
/**
 * Fingerprint of the sibling.
 */
fingerprint: string
/**
 * The horizon: the param that was raised.
 */
param: string
/**
 * Its value in the sibling.
 */
from: number
/**
 * Its value here.
 */
to: number
/**
 * Step of the sibling's checkpoint.
 */
step: number
}
/**
 * Where a branched stage begins: a checkpoint of a stage of another run.
 */
export interface BranchedFrom1 {
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
