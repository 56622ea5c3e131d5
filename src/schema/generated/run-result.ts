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
 * ok: every stage is cached, ran or resumed; failed: one failed; stopped: on request.
 */
status: ("ok" | "failed" | "stopped")
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
 * Its stage type.
 */
type: string
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
