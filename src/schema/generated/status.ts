/* Generated from the schema by `npm run types`: do not edit. */

/**
 * What `pipe status --json` prints: runs and how far they are.
 */
export interface Status {
/**
 * The runs asked for.
 */
runs: RunStatus[]
}
/**
 * One run.
 */
export interface RunStatus {
/**
 * Id of the run.
 */
run: string
/**
 * Name of its pipeline.
 */
pipeline: string
/**
 * running: its driver holds the lock of the run; dead: nobody does and it never ended; else how it ended.
 */
state: ("running" | "dead" | "ok" | "failed" | "stopped")
/**
 * When it began, ISO 8601.
 */
startedAt: string
/**
 * When it was last heard of, ISO 8601.
 */
lastEventAt: string
/**
 * Who runs it, or ran it last.
 */
driver?: {
/**
 * Name of the machine.
 */
host: string
/**
 * Process id, for people.
 */
pid: number
}
/**
 * Its stages, in the order of the pipeline.
 */
stages: StageStatus[]
}
/**
 * One stage.
 */
export interface StageStatus {
/**
 * Id of the stage.
 */
id: string
/**
 * Its stage type.
 */
type: string
/**
 * What it does, or what became of it.
 */
state: ("waiting" | "running" | "cached" | "ran" | "resumed" | "failed" | "stopped" | "not-run")
/**
 * Steps done.
 */
step?: number
/**
 * Steps in all.
 */
total?: number
/**
 * Short name → value, as it reported last.
 */
metrics?: {
/**
 * Value.
 */
[k: string]: number | undefined
}
/**
 * Step from which it would go on.
 */
checkpointStep?: number
/**
 * How long its attempt has written no event, milliseconds; absent when it is not silent.
 */
silentMs?: number
/**
 * Why it failed.
 */
failure?: string
}
