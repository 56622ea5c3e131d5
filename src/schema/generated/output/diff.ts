/* Generated from the schema by `npm run types`: do not edit. */

/**
 * What `pipe diff --json` prints: two runs, or one stage of each.
 */
export interface DiffOutput {
/**
 * Id of the first run.
 */
a: string
/**
 * Id of the second run.
 */
b: string
/**
 * Nothing differs but repeated measurements.
 */
same: boolean
first?: FirstStage
/**
 * Every stage of either run.
 */
stages: StageComparison[]
/**
 * Figures of both runs.
 */
metrics: MetricComparison[]
/**
 * Blocks in which the architectures differ.
 */
architecture: BlockComparison[]
}
/**
 * The first stage, in the order of the pipeline, that differs by itself.
 */
export interface FirstStage {
/**
 * Its id.
 */
stage: string
change: FieldChange
}
/**
 * One field of a pre-image.
 */
export interface FieldChange {
/**
 * Dotted path.
 */
field: string
/**
 * Value before, as JSON; absent: it was not there.
 */
from?: string
/**
 * Value now, as JSON; absent: it is gone.
 */
to?: string
/**
 * Of code: source files that differ.
 * 
 * Items: Path.
 */
files?: string[]
/**
 * Of code: packages whose version differs.
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
 * Version before; absent: it was not imported.
 */
from?: string
/**
 * Version now; absent: it is not imported.
 */
to?: string
}
/**
 * One stage of both.
 */
export interface StageComparison {
/**
 * Its id.
 */
id: string
/**
 * Its stage type.
 */
type: string
/**
 * same; equal-outputs: made differently and equal all the same; different; measured-again: equal but for a repeated measurement; only-first, only-second: the other run has it not.
 */
status: ("same" | "equal-outputs" | "different" | "measured-again" | "only-first" | "only-second")
/**
 * Fields of the pre-images that differ.
 */
changes: FieldChange1[]
/**
 * One entry a port.
 */
outputs: ArtifactDiff[]
/**
 * Why an edit of the code of one of them was accepted.
 */
accepted?: string
}
/**
 * One field of a pre-image.
 */
export interface FieldChange1 {
/**
 * Dotted path.
 */
field: string
/**
 * Value before, as JSON; absent: it was not there.
 */
from?: string
/**
 * Value now, as JSON; absent: it is gone.
 */
to?: string
/**
 * Of code: source files that differ.
 * 
 * Items: Path.
 */
files?: string[]
/**
 * Of code: packages whose version differs.
 */
packages?: PackageChange1[]
}
/**
 * One package.
 */
export interface PackageChange1 {
/**
 * Its name.
 */
name: string
/**
 * Version before; absent: it was not imported.
 */
from?: string
/**
 * Version now; absent: it is not imported.
 */
to?: string
}
/**
 * One artifact beside another of the same port.
 */
export interface ArtifactDiff {
/**
 * The port.
 */
port: string
/**
 * Kind of the artifacts.
 */
kind: string
/**
 * Content digest of the first; absent where only the second is there.
 */
from?: string
/**
 * Content digest of the second; absent where only the first is there.
 */
to?: string
/**
 * Whether they are equal.
 */
same: boolean
/**
 * What differs; empty where nothing does, or one of them is no longer whole.
 */
changes: Change[]
}
/**
 * One difference, in the terms of the kind.
 */
export interface Change {
/**
 * What differs.
 */
what: string
/**
 * In the first; absent where only the second has it.
 */
from?: (string | number)
/**
 * In the second; absent where only the first has it.
 */
to?: (string | number)
/**
 * Of numbers: second minus first.
 */
delta?: number
/**
 * Unit of the numbers.
 */
unit?: string
/**
 * What a person should know of it.
 */
note?: string
}
/**
 * One figure.
 */
export interface MetricComparison {
/**
 * What it is of, where the runs evaluated several networks.
 */
of?: string
/**
 * What it is.
 */
name: string
/**
 * Its unit.
 */
unit: ("share" | "ms" | "count" | "time" | "figure")
/**
 * In the first run.
 */
a?: number
/**
 * In the second run.
 */
b?: number
/**
 * Half of the 95 % interval of the difference: smaller ones are within noise.
 */
margin?: number
}
/**
 * One block.
 */
export interface BlockComparison {
/**
 * Its id.
 */
block: string
/**
 * In the first run.
 */
a: string
/**
 * In the second run.
 */
b: string
}
