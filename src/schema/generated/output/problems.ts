/* Generated from the schema by `npm run types`: do not edit. */

/**
 * What every command with --json prints on the error stream when what it was given is wrong.
 */
export interface ProblemsOutput {
/**
 * All of them at once.
 */
problems: ReportedProblem[]
}
/**
 * One.
 */
export interface ReportedProblem {
/**
 * Stable name.
 */
code: string
/**
 * What is wrong.
 */
message: string
at?: ProblemPlace
/**
 * What may help.
 * 
 * Items: A sentence.
 */
hints?: string[]
}
/**
 * Where.
 */
export interface ProblemPlace {
/**
 * File, or the option.
 */
source: string
/**
 * Line.
 */
line: number
/**
 * Column.
 */
column: number
/**
 * Characters.
 */
length: number
}
