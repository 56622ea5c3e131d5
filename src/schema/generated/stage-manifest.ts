/* Generated from the schema by `npm run types`: do not edit. */

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
 * The param names a file or a directory, which enters the fingerprint as its content digest.
 */
"x-content"?: ("file" | "directory")
/**
 * The param may name a shipped data set, which enters the fingerprint as its content digest.
 */
"x-dataset"?: boolean
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
 * Input port → what it takes.
 */
inputs?: {
[k: string]: InputPort | undefined
}
/**
 * Output port → what it gives.
 */
outputs: {
[k: string]: OutputPort | undefined
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
resources?: StageResources
}
/**
 * One input port.
 */
export interface InputPort {
/**
 * Kind of artifact that it takes.
 */
kind: string
/**
 * May be left unwired.
 */
optional?: boolean
/**
 * What the stage does with it.
 */
description: string
}
/**
 * One output port.
 */
export interface OutputPort {
/**
 * Kind of artifact that it gives.
 */
kind: string
/**
 * What it holds.
 */
description: string
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
