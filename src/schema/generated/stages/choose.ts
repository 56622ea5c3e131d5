/* Generated from the schema by `npm run types`: do not edit. */

/**
 * Gives the best of several artifacts of one kind: the one whose figure is highest or lowest, the first of equal ones. A figure that its artifact says was measured on the test split, as all of an evaluation but its costs, is refused, for what is chosen by it would no longer be tested by it.
 */
export interface Params {
/**
 * Number inside each artifact that decides, as a dotted path: `info.training.accuracy.value` of a model, `accuracy.value` of an architecture, `metrics.costs.macs` of an evaluation, `` (nothing) of a JSON number. A last word `value` may be left out.
 */
figure: string
/**
 * Which numbers are better.
 */
best: ("highest" | "lowest")
}

export type Inputs = {
  readonly "candidates": readonly 'any'[];
  readonly "by"?: readonly 'any'[];
};

export type Outputs = {
  readonly "chosen": 'any';
};
