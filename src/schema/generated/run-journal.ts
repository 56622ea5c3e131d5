/* Generated from the schema by `npm run types`: do not edit. */

/**
 * As `run --json` prints it.
 */
export type RunEvent = (RunStarted | ForeachExpanded | StageWaiting | StageCached | StageStarted | StageProgress | StageNote | StageCheckpoint | StageSilent | StageHeard | StageFinished | StageRetrying | StageFailed | StageStopped | Warning | RunFinished)

/**
 * One line of `runs/<id>/events.jsonl`, written by the driver of a run as it goes: every event but the progress of attempts, which are in their own journals. Its last field `sum`, left out here, is the first 8 digits of the sha256 of the others as they stand. A torn last line is ignored.
 */
export interface RunJournalEntry {
/**
 * Version of this format.
 */
v: 1
/**
 * Milliseconds since 1970.
 */
at: number
event: RunEvent
}
/**
 * A run began; the pipeline was checked before.
 */
export interface RunStarted {
/**
 * Which event this is.
 */
event: "run-started"
/**
 * Id of the run.
 */
run: string
/**
 * Name of the pipeline.
 */
pipeline: string
/**
 * Directory of the store.
 */
store: string
/**
 * What trains, in a few words; absent when no stage needs a backend.
 */
backend?: string
/**
 * The stages in the order of the graph.
 */
stages: StartedStage[]
}
/**
 * One stage.
 */
export interface StartedStage {
/**
 * Id of the stage in the pipeline.
 */
id: string
/**
 * Its stage type.
 */
type: string
/**
 * Stages whose outputs it takes.
 * 
 * Items: Id of the stage in the pipeline.
 */
after: string[]
/**
 * How long it took the last time, milliseconds; absent without history.
 */
expectedMs?: number
}
/**
 * The list that a foreach goes over is known: these stages take its place.
 */
export interface ForeachExpanded {
/**
 * Which event this is.
 */
event: "foreach-expanded"
/**
 * Id of the foreach.
 */
stage: string
/**
 * Items taken.
 */
items: number
/**
 * Items of the list, equal ones counted once.
 */
of: number
/**
 * Its stages for every item, in an order in which sources come first.
 */
stages: ExpandedStage[]
}
/**
 * One stage.
 */
export interface ExpandedStage {
/**
 * Id of the stage in the pipeline.
 */
id: string
/**
 * Its stage type.
 */
type: string
/**
 * Stages whose outputs it takes.
 * 
 * Items: Id of the stage in the pipeline.
 */
after: string[]
/**
 * How long it took the last time, milliseconds; absent without history.
 */
expectedMs?: number
}
/**
 * A stage whose inputs are ready cannot start yet.
 */
export interface StageWaiting {
/**
 * Which event this is.
 */
event: "stage-waiting"
/**
 * Id of the stage in the pipeline.
 */
stage: string
/**
 * resources: others use the cpus, memory or device it needs; lock: another run is executing the very same stage.
 */
reason: ("resources" | "lock")
/**
 * How long it has waited already, milliseconds: 0 when it begins to wait, more when another was quicker to take the lock.
 */
waitedMs: number
/**
 * Who holds the stage's lock.
 */
holder?: {
/**
 * Name of its machine.
 */
host: string
/**
 * Process that works, or its driver; its id there.
 */
pid: number
/**
 * What it does: the id of the stage in its pipeline.
 */
stage: string
/**
 * For how long that run has held the lock, milliseconds.
 */
sinceMs: number
}
}
/**
 * The store has the outputs already; nothing was run.
 */
export interface StageCached {
/**
 * Which event this is.
 */
event: "stage-cached"
/**
 * Id of the stage in the pipeline.
 */
stage: string
/**
 * Its stage type.
 */
type: string
/**
 * Digest of everything that may affect the stage's outputs.
 */
fingerprint: string
/**
 * What equal inputs promise of the outputs: the same bytes, the same within a tolerance, or a measurement.
 */
determinism: ("exact" | "tolerance" | "measured")
/**
 * Port → content digest.
 */
outputs: {
[k: string]: string | undefined
}
/**
 * Headline facts that the stage gave when it ran.
 */
summary: {
[k: string]: string | number | undefined
}
/**
 * How long it took when it ran, milliseconds.
 */
ranMs?: number
/**
 * Backend that made it, when that is another than this run's.
 */
madeOn?: string
/**
 * Why an edit of its code was declared to change no result; the outputs were made by the code before.
 */
accepted?: string
/**
 * Inputs that are other artifacts than those it was made from, and equal in what matters to it: port and the name of that part.
 */
equalIn?: EqualInput[]
}
/**
 * One input.
 */
export interface EqualInput {
/**
 * Input port.
 */
port: string
/**
 * Name of the part that matters.
 */
essence: string
}
/**
 * An attempt at a stage began.
 */
export interface StageStarted {
/**
 * Which event this is.
 */
event: "stage-started"
/**
 * Id of the stage in the pipeline.
 */
stage: string
/**
 * Its stage type.
 */
type: string
/**
 * Digest of everything that may affect the stage's outputs.
 */
fingerprint: string
/**
 * Id of the attempt.
 */
attempt: string
/**
 * Why it runs, in one sentence.
 */
reason: string
/**
 * Step of the checkpoint that it goes on from; absent when it starts at the beginning.
 */
resumedFrom?: number
/**
 * How long it took the last time, milliseconds; absent without history.
 */
expectedMs?: number
extends?: Extension
branched?: BranchedFrom
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
 * How far a stage is.
 */
export interface StageProgress {
/**
 * Which event this is.
 */
event: "stage-progress"
/**
 * Id of the stage in the pipeline.
 */
stage: string
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
[k: string]: number | undefined
}
/**
 * Since the attempt began, milliseconds.
 */
elapsedMs: number
}
/**
 * A sentence from a stage.
 */
export interface StageNote {
/**
 * Which event this is.
 */
event: "stage-note"
/**
 * Id of the stage in the pipeline.
 */
stage: string
/**
 * What it says.
 */
sentence: string
}
/**
 * A checkpoint was saved.
 */
export interface StageCheckpoint {
/**
 * Which event this is.
 */
event: "stage-checkpoint"
/**
 * Id of the stage in the pipeline.
 */
stage: string
/**
 * Step from which it would go on.
 */
step: number
}
/**
 * An attempt has written no event for the time after which it is called silent.
 */
export interface StageSilent {
/**
 * Which event this is.
 */
event: "stage-silent"
/**
 * Id of the stage in the pipeline.
 */
stage: string
/**
 * Id of the attempt.
 */
attempt: string
/**
 * Time without an event, milliseconds.
 */
silentMs: number
/**
 * What it was last heard to do: the end of a sentence.
 */
last: string
/**
 * Its process.
 */
pid?: number
/**
 * File of what it printed.
 */
log: string
/**
 * Whether it is stopped for it.
 */
stops: boolean
}
/**
 * An attempt that was silent has written an event again.
 */
export interface StageHeard {
/**
 * Which event this is.
 */
event: "stage-heard"
/**
 * Id of the stage in the pipeline.
 */
stage: string
/**
 * Id of the attempt.
 */
attempt: string
/**
 * Time without an event, milliseconds.
 */
silentMs: number
}
/**
 * An attempt succeeded and its outputs are in the store.
 */
export interface StageFinished {
/**
 * Which event this is.
 */
event: "stage-finished"
/**
 * Id of the stage in the pipeline.
 */
stage: string
/**
 * Its stage type.
 */
type: string
/**
 * Digest of everything that may affect the stage's outputs.
 */
fingerprint: string
/**
 * Id of the attempt.
 */
attempt: string
/**
 * Whether it started at the beginning or from a checkpoint.
 */
status: ("ran" | "resumed")
/**
 * What equal inputs promise of the outputs: the same bytes, the same within a tolerance, or a measurement.
 */
determinism: ("exact" | "tolerance" | "measured")
/**
 * Port → content digest.
 */
outputs: {
[k: string]: string | undefined
}
/**
 * Headline facts that the stage gave.
 */
summary: {
[k: string]: string | number | undefined
}
/**
 * Milliseconds of this attempt.
 */
elapsedMs: number
memo?: MemoUse
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
 * An attempt failed, and another follows after a while.
 */
export interface StageRetrying {
/**
 * Which event this is.
 */
event: "stage-retrying"
/**
 * Id of the stage in the pipeline.
 */
stage: string
/**
 * Id of the attempt that failed.
 */
attempt: string
/**
 * Stable name of the failure.
 */
code: string
/**
 * What happened.
 */
message: string
/**
 * Which retry follows.
 */
retry: number
/**
 * Retries that are allowed after such a failure.
 */
of: number
/**
 * Milliseconds until then.
 */
afterMs: number
}
/**
 * A stage could not be done.
 */
export interface StageFailed {
/**
 * Which event this is.
 */
event: "stage-failed"
/**
 * Id of the stage in the pipeline.
 */
stage: string
/**
 * Its stage type.
 */
type: string
/**
 * Digest of everything that may affect the stage's outputs.
 */
fingerprint?: string
/**
 * Id of the attempt.
 */
attempt?: string
/**
 * Stable name of the failure.
 */
code: string
/**
 * What happened, and what to do, in a sentence or two.
 */
message: string
/**
 * Step of the last checkpoint, from which the next run goes on; absent without one.
 */
checkpointStep?: number
/**
 * Milliseconds of this attempt.
 */
elapsedMs: number
}
/**
 * A stage stopped at a checkpoint, on request.
 */
export interface StageStopped {
/**
 * Which event this is.
 */
event: "stage-stopped"
/**
 * Id of the stage in the pipeline.
 */
stage: string
/**
 * Its stage type.
 */
type: string
/**
 * Digest of everything that may affect the stage's outputs.
 */
fingerprint: string
/**
 * Id of the attempt.
 */
attempt: string
/**
 * Step from which the next run goes on; absent when there is no checkpoint.
 */
checkpointStep?: number
/**
 * Milliseconds of this attempt.
 */
elapsedMs: number
}
/**
 * Something a person should know; the run goes on.
 */
export interface Warning {
/**
 * Which event this is.
 */
event: "warning"
/**
 * Stable name.
 */
code: string
/**
 * One sentence.
 */
message: string
/**
 * Id of the stage in the pipeline.
 */
stage?: string
}
/**
 * The last event of a run.
 */
export interface RunFinished {
/**
 * Which event this is.
 */
event: "run-finished"
/**
 * Id of the run.
 */
run: string
/**
 * ok: every stage is cached, ran or resumed; failed: one failed; stopped: on request.
 */
status: ("ok" | "failed" | "stopped")
/**
 * Stage id → what became of it.
 */
stages: {
[k: string]: FinishedStage | undefined
}
}
/**
 * What became of one stage.
 */
export interface FinishedStage {
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
 * Port → content digest of its artifact; empty unless cached, ran or resumed.
 */
outputs: {
[k: string]: string | undefined
}
}
