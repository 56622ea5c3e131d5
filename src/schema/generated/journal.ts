/* Generated from the schema by `npm run types`: do not edit. */

/**
 * What happened.
 */
export type AttemptEvent = (AttemptStarted | BackendChosen | AttemptResumed | NotResumed | Progress | Note | CheckpointSaved | CheckpointFailed | DamageFound | AttemptCommitted | AttemptStopped | AttemptFailed)

/**
 * One line of journal.jsonl, written by an attempt as it goes, without its last field `sum`: the first 8 digits of the sha256 of the line's other fields as they stand. A torn last line is ignored.
 */
export interface JournalEntry {
/**
 * Version of this format.
 */
v: 1
/**
 * Rises by one with every line.
 */
seq: number
/**
 * Milliseconds since 1970.
 */
at: number
/**
 * Id of the attempt.
 */
attempt: string
event: AttemptEvent
}
/**
 * The child process runs.
 */
export interface AttemptStarted {
/**
 * Which event this is.
 */
type: "attempt-started"
/**
 * Process id.
 */
pid: number
/**
 * Name of the machine.
 */
host: string
}
/**
 * What trains.
 */
export interface BackendChosen {
/**
 * Which event this is.
 */
type: "backend-chosen"
backend: RecordedBackend
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
 * It goes on from a checkpoint.
 */
export interface AttemptResumed {
/**
 * Which event this is.
 */
type: "attempt-resumed"
/**
 * Steps done.
 */
step: number
/**
 * Steps in all.
 */
total: number
/**
 * Number of the checkpoint.
 */
checkpoint: number
extends?: Extension
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
 * There is a checkpoint, but the stage starts over.
 */
export interface NotResumed {
/**
 * Which event this is.
 */
type: "not-resumed"
/**
 * One sentence.
 */
why: string
}
/**
 * How far the stage is.
 */
export interface Progress {
/**
 * Which event this is.
 */
type: "progress"
/**
 * Steps done.
 */
step: number
/**
 * Steps in all.
 */
total: number
/**
 * What it is doing, where it has phases.
 */
phase?: string
/**
 * Short name → value; the first is the one that matters.
 */
metrics?: {
/**
 * Value.
 */
[k: string]: number | undefined
}
}
/**
 * A sentence from the stage.
 */
export interface Note {
/**
 * Which event this is.
 */
type: "note"
/**
 * What it says.
 */
sentence: string
}
/**
 * An attempt can go on from here.
 */
export interface CheckpointSaved {
/**
 * Which event this is.
 */
type: "checkpoint-saved"
/**
 * Steps done.
 */
step: number
/**
 * Number of the checkpoint.
 */
checkpoint: number
/**
 * Size, bytes.
 */
bytes: number
/**
 * How long saving took, milliseconds.
 */
ms: number
/**
 * How long of it the stage waited, milliseconds: to copy its state. Writing goes on beside it. Journals of earlier versions do not say it.
 */
pauseMs?: number
}
/**
 * A checkpoint could not be saved; the stage goes on.
 */
export interface CheckpointFailed {
/**
 * Which event this is.
 */
type: "checkpoint-failed"
/**
 * One sentence.
 */
why: string
}
/**
 * Something in the store is damaged; it was moved aside.
 */
export interface DamageFound {
/**
 * Which event this is.
 */
type: "damage-found"
/**
 * One sentence.
 */
what: string
}
/**
 * The record is written: the attempt succeeded.
 */
export interface AttemptCommitted {
/**
 * Which event this is.
 */
type: "attempt-committed"
/**
 * Number of the record.
 */
record: number
/**
 * Why the record was written, as in the record.
 */
reason: string
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
 * Number of the record whose outputs differ.
 */
divergesFrom?: number
memo?: MemoUse
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
 * It stopped as asked.
 */
export interface AttemptStopped {
/**
 * Which event this is.
 */
type: "attempt-stopped"
/**
 * Step that it would go on from; absent when nothing was saved.
 */
step?: number
}
/**
 * It failed.
 */
export interface AttemptFailed {
/**
 * Which event this is.
 */
type: "attempt-failed"
/**
 * Stable kebab-case name of the failure.
 */
code: string
/**
 * One sentence that a person can act on.
 */
message: string
/**
 * Where in the code, for errors that were thrown.
 */
stack?: string
}
