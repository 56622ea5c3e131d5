/* Generated from the schema by `npm run types`: do not edit. */

/**
 * Takes the network of an architecture out of a supernet, with the weights that it inherits: a model without any training of its own (train once, specialise without training). Only its batch normalisation is recalibrated. `evaluate` says what it is worth on the test split, and `final-train` goes on from its weights when it is wired to `start`.
 */
export interface Params {
/**
 * Training images from which the moving statistics of batch normalisation are recomputed, as many as there are at most.
 */
recalibrationImages: number
}

export type Inputs = {
  readonly "space": 'search-space';
  readonly "supernet": 'supernet';
  readonly "architecture": { readonly kind: 'architecture'; readonly essence: 'choices' };
  readonly "train": 'train-split';
  readonly "validation"?: 'validation-split';
};

export type Outputs = {
  readonly "model": 'model';
};
