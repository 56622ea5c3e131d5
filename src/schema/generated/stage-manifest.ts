/* Generated from the schema by `npm run types`: do not edit. */

/**
 * One output port.
 */
export type OutputPort = ({
[k: string]: unknown | undefined
} & {
/**
 * Kind of artifact that it gives.
 */
kind?: string
/**
 * Instead of a kind: the input whose kind it gives.
 */
like?: string
/**
 * What it holds.
 */
description: string
})

/**
 * The schema of a stage type: a draft-07 schema of its params, and in x-stage everything else the engine must know before it runs any code.
 */
export interface StageManifest {
/**
 * http://json-schema.org/draft-07/schema#, for editors.
 */
$schema?: string
/**
 * URL of this schema.
 */
$id?: string
/**
 * Name of the stage type for people.
 */
title?: string
/**
 * What the stage does, in a sentence or two.
 */
description: string
/**
 * Params are an object.
 */
type: "object"
/**
 * A param that is not declared is a mistake.
 */
additionalProperties: false
/**
 * Param → its schema: a description with the unit, a range, and a default unless it is required.
 */
properties: {
/**
 * Schema of one param.
 */
[k: string]: {
/**
 * What the param means, and its unit.
 */
description: string
/**
 * The param names a file, a directory, or a list of either, which enters the fingerprint as its content digest.
 */
"x-content"?: ("file" | "directory" | "paths")
/**
 * The param may name a shipped data set, which enters the fingerprint as its content digest.
 */
"x-dataset"?: boolean
/**
 * The param settles this of the device that is measured: what runs the passes (`backend`: what trains; `onnxruntime-node`), or its threads. Of a stage type that needs a device.
 */
"x-device"?: ("runtime" | "threads")
/**
 * The param says only how far the stage goes: a state on the way is the same for every larger value, so that a larger one goes on from a smaller one's checkpoint. `when`: a schema that the params must match for that to be true.
 */
"x-horizon"?: (true | {
/**
 * Draft-07 schema of the params.
 */
when: {

}
})
/**
 * When the param is read; a pipeline that sets it where it would be ignored is refused. A property inside a param may have it, too.
 */
"x-read"?: {
/**
 * Draft-07 schema that all params of the stage must match.
 */
when?: {

}
/**
 * Optional input that must be wired.
 */
input?: string
}
} | undefined
}
/**
 * Params without a default.
 * 
 * Items: Name of a param.
 */
required?: string[]
"x-stage": StageFacts
}
/**
 * Ports, determinism, needs and resources.
 */
export interface StageFacts {
/**
 * Raised by hand to make every result of this type stale.
 */
version?: number
/**
 * fixed: inputs and outputs below; declared: each stage declares its own in its params inputs and outputs, port → kind.
 */
ports?: ("fixed" | "declared")
/**
 * Input port → what it takes.
 */
inputs?: {
[k: string]: InputPort | undefined
}
/**
 * Output port → what it gives; empty where ports are declared.
 */
outputs: {
[k: string]: OutputPort | undefined
}
/**
 * Name → params as somebody published them; a stage names one as its `preset` and writes only what differs.
 */
presets?: {
[k: string]: Preset | undefined
}
/**
 * Uses ctx.rng: the pipeline's seed enters the fingerprint.
 */
random?: boolean
/**
 * exact: equal inputs give equal bytes; tolerance: equal within a tolerance; measured: a measurement of a device.
 */
determinism?: ("exact" | "tolerance" | "measured")
needs?: StageNeeds
retries?: StageRetries
silence?: StageSilence
resources?: StageResources
}
/**
 * One input port.
 */
export interface InputPort {
/**
 * Kind of artifact that it takes; `any`: whatever it is wired to.
 */
kind: string
/**
 * Takes a list of artifacts of one kind, in the order in which they are wired.
 */
many?: boolean
/**
 * May be left unwired.
 */
optional?: boolean
/**
 * What the stage does with it.
 */
description: string
/**
 * Part of the artifact that matters to the stage, by the name that the kind gives it. The rest is kept from the stage, and a difference in the rest does not make it run again. Absent: all of it matters.
 */
essence?: string
}
/**
 * Params of one system.
 */
export interface Preset {
/**
 * Whose they are, from which paper or release, and what of it they cannot say.
 */
description: string
/**
 * Param → value; the others have their defaults.
 */
params: {

}
}
/**
 * What the runner must give it.
 */
export interface StageNeeds {
/**
 * A backend for networks: numericsVersion enters the fingerprint.
 */
backend?: boolean
/**
 * It measures the device, which enters the fingerprint.
 */
device?: boolean
/**
 * It runs a program of the user's: ctx.program.
 */
program?: boolean
}
/**
 * What happens after an attempt that failed or was killed: another, from its last checkpoint. For stages that depend on what may mend itself.
 */
export interface StageRetries {
/**
 * Attempts after the first.
 */
times?: number
/**
 * Wait before the second attempt, in seconds; each further wait is twice as long, up to an hour.
 */
seconds?: number
}
/**
 * When an attempt is called silent: it writes no event (nor its program a line). It is told; with `retries` it is also stopped.
 */
export interface StageSilence {
/**
 * Time without an event, in seconds.
 */
seconds?: number
/**
 * A silent attempt is stopped, and followed by another from its last checkpoint at most so often; 0: its stage fails. Absent: it is only told.
 */
retries?: number
}
/**
 * What it takes of the machine while it runs.
 */
export interface StageResources {
/**
 * Processors that it keeps busy.
 */
cpus?: number
/**
 * GPUs that it keeps busy.
 */
gpus?: number
/**
 * Memory, MiB.
 */
memoryMiB?: number
/**
 * Nothing else may run meanwhile: for stages that time the device.
 */
exclusive?: boolean
}
