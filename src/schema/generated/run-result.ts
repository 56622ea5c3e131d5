/* Generated from the schema by `npm run types`: do not edit. */

/**
 * What a run leaves behind in `artifacts/runs/<id>/result.json`.
 */
export interface RunResult {
/**
 * Version of this form.
 */
v: 1
/**
 * Id of the run.
 */
run: string
/**
 * Name of the pipeline.
 */
pipeline: string
/**
 * Seed of the pipeline.
 */
seed: number
/**
 * ok: every stage is cached, ran or resumed; failed: one failed; stopped: on request; unfinished: it was under way when this was written, and was killed if its driver is gone.
 */
status: ("ok" | "failed" | "stopped" | "unfinished")
/**
 * When it began, ISO 8601.
 */
startedAt: string
/**
 * When it ended, ISO 8601.
 */
finishedAt: string
/**
 * Milliseconds in all.
 */
elapsedMs: number
/**
 * What trained, in a few words.
 */
backend?: string
/**
 * Stage id → what became of it.
 */
stages: {
[k: string]: StageResult | undefined
}
}
/**
 * What became of one stage.
 */
export interface StageResult {
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
 * Which records of its fingerprint should have equal outputs and have not.
 */
diverged?: string
/**
 * Why an edit of its code was declared to change no result; its outputs were made by the code before.
 */
accepted?: string
extends?: Extension
memo?: MemoUse
branched?: BranchedFrom
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
