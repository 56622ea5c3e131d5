/* Generated from the schema by `npm run types`: do not edit. */

/**
 * What `pipe runs --json` prints: the runs that were asked for, the last one first.
 */
export interface RunList {
/**
 * One entry a run.
 */
runs: ListedRun[]
}
/**
 * One run. Where it was killed before it wrote a result, what that would say is absent.
 */
export interface ListedRun {
/**
 * Id of the run.
 */
run: string
/**
 * Its driver lives.
 */
live: boolean
/**
 * What it is marked with.
 * 
 * Items: One tag.
 */
tags: string[]
/**
 * What a person wrote about it.
 */
note?: string
/**
 * Name of its pipeline.
 */
pipeline?: string
/**
 * How it ended; unfinished: it is under way or, where `live` is false, was killed.
 */
status?: ("ok" | "failed" | "stopped" | "unfinished")
/**
 * When it began, ISO 8601.
 */
startedAt?: string
/**
 * Milliseconds in all.
 */
elapsedMs?: number
/**
 * Stage id → what became of it.
 */
stages?: {
/**
 * Status of the stage.
 */
[k: string]: string | undefined
}
/**
 * Accuracy of the network that it evaluated, with its provenance, split and number of images.
 */
accuracy?: {

}
/**
 * Half of the 95 % interval of the accuracy.
 */
margin?: number
/**
 * Parameters and multiply-accumulates of that network.
 */
costs?: {

}
/**
 * Its measured latency, milliseconds.
 */
latencyMs?: number
/**
 * Stage id → which records of it should have equal outputs and have not; absent when there is no such stage.
 */
diverged?: {
/**
 * Numbers of the records.
 */
[k: string]: string | undefined
}
/**
 * Where its branched stage began, `run:stage@step`; absent for a run that is no branch.
 */
branched?: string
}
