/* Generated from the schema by `npm run types`: do not edit. */

/**
 * Reads a data set, divides its training images into a train and a validation split, both balanced over the classes and drawn by the seed, and measures the train split's per-channel mean and deviation, by which all three splits are standardised.
 */
export interface Params {
/**
 * Data set. `fashion-mnist-mini` comes with naspipe: 10,000 training and 10,000 test images of Fashion-MNIST. `fashion-mnist` is the whole of it, 60,000 and 10,000 images, read from `directory`.
 */
source: ("fashion-mnist-mini" | "fashion-mnist")
/**
 * Directory of the data set's files, relative to the project root; its content, not its path, decides what is cached. Needed by `fashion-mnist` (the four IDX files, gzipped or not, as Debian's package dataset-fashion-mnist has them in /usr/share/datasets/fashion-mnist), refused by a source that comes with naspipe.
 */
directory: (string | null)
/**
 * Images of the train split, taken from the data set's training images.
 */
trainImages: number
/**
 * Images of the validation split, taken from the data set's training images, none of them in the train split.
 */
validationImages: number
/**
 * Images of the test split, taken from the data set's test images. Fewer than all are drawn by the seed, balanced over the classes.
 */
testImages: number
}

export type Inputs = {
};

export type Outputs = {
  readonly "train": 'train-split';
  readonly "validation": 'validation-split';
  readonly "test": 'test-split';
};
