/* Generated from the schema by `npm run types`: do not edit. */

/**
 * What a run would do: `plan --json` prints this.
 */
export interface Plan {
/**
 * The stages in the order of the graph.
 */
stages: PlannedStage[]
}
/**
 * What would become of one stage.
 */
export interface PlannedStage {
/**
 * Id of the stage in the pipeline.
 */
id: string
/**
 * Its stage type.
 */
type: string
/**
 * cached: nothing to do; run; resume: from a checkpoint; unknown: its inputs are not known before other stages have run.
 */
status: ("cached" | "run" | "resume" | "unknown")
/**
 * Why, in one sentence.
 */
reason: string
/**
 * Its cache key; absent when unknown.
 */
fingerprint?: string
/**
 * What equal inputs promise of the outputs: the same bytes, the same within a tolerance, or a measurement.
 */
determinism: ("exact" | "tolerance" | "measured")
/**
 * Port → content digest, when cached.
 */
outputs?: {
[k: string]: string | undefined
}
/**
 * Fields of the pre-image that differ from the nearest earlier record of this stage type.
 */
changes?: FieldChange[]
/**
 * Step that it would go on from.
 */
checkpointStep?: number
/**
 * Milliseconds that it took before; absent without history.
 */
expectedMs?: number
}
/**
 * One field.
 */
export interface FieldChange {
/**
 * Path inside the pre-image, such as `params.steps`.
 */
field: string
/**
 * Earlier value as JSON; absent when the field is new.
 */
from?: string
/**
 * Value now as JSON; absent when the field is gone.
 */
to?: string
/**
 * For the code: source files that differ.
 * 
 * Items: Path relative to the stage type's package.
 */
files?: string[]
}
