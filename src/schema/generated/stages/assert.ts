/* Generated from the schema by `npm run types`: do not edit. */

/**
 * Lets an artifact through when a figure of it lies within bounds, and fails otherwise, so that what takes from it does not run.
 */
export interface Params {
/**
 * Number inside the artifact, as a dotted path: `metrics.accuracy.value` of an evaluation, `costs.macs` of an architecture, `` (nothing) of a JSON number. A last word `value` may be left out.
 */
figure: string
/**
 * Smallest number that passes, or the dotted path of another figure of the artifact that bounds it, such as `log.limit` of an architecture; null: any.
 */
atLeast: (number | string | null)
/**
 * Largest number that passes, or the dotted path of another figure of the artifact that bounds it, such as `log.limit` of an architecture; null: any.
 */
atMost: (number | string | null)
}

export type Inputs = {
  readonly "of": 'any';
};

export type Outputs = {
  readonly "passed": 'any';
};
