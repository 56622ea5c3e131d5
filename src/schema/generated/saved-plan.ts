/* Generated from the schema by `npm run types`: do not edit. */

/**
 * A plan and what it was made of: `plan --out` writes it, `run --plan` executes exactly that or says what has changed.
 */
export interface SavedPlan {
/**
 * Version of this form.
 */
v: 1
/**
 * The pipeline's file, relative to the project root.
 */
pipeline: string
/**
 * Values laid over it, in order: `train.params.epochs=20`, `seed=3`.
 * 
 * Items: One assignment.
 */
sets: string[]
/**
 * Only these stages.
 * 
 * Items: Name of a stage.
 */
only: string[]
/**
 * These stages, and what takes from them.
 * 
 * Items: Name of a stage.
 */
from: string[]
/**
 * These stages, and what they take from.
 * 
 * Items: Name of a stage.
 */
until: string[]
/**
 * Stages that run although their outputs are there.
 * 
 * Items: Name of a stage.
 */
force: string[]
/**
 * What trains; absent: what is found.
 */
backend?: ("cpu" | "tf")
/**
 * Worker threads of the backend.
 */
threads?: number
/**
 * Name of the device measured.
 */
device?: string
plan: Plan
}
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
 * Its stage type; `foreach` for one whose list is not known yet.
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
 * Milliseconds that it took before; of a foreach all its stages for every item. Absent without history.
 */
expectedMs?: number
/**
 * Bytes of the outputs that it made before; absent without history.
 */
expectedBytes?: number
/**
 * For a cached stage: why an edit of its code was declared to change no result.
 */
accepted?: string
extends?: Extension
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
/**
 * For the code: imported packages whose version differs.
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
 * Version before; absent when it is new.
 */
from?: string
/**
 * Version now; absent when it is gone.
 */
to?: string
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
