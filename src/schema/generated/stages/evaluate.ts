/* Generated from the schema by `npm run types`: do not edit. */

/**
 * Evaluates a model on the test split: accuracy with its 95 % margin, top-5, precision, recall and F1, confusion matrix, negative log-likelihood, and the prediction for each image. The only stage type that reads a test split.
 */
export interface Params {
/**
 * Images a forward pass; never changes the result beyond rounding.
 */
batch: number
}

export type Inputs = {
  readonly "model": { readonly kind: 'model'; readonly essence: 'predictor' };
  readonly "test": 'test-split';
  readonly "table"?: 'latency-table';
  readonly "space"?: 'search-space';
};

export type Outputs = {
  readonly "evaluation": 'evaluation';
};
