/* Generated from the schema by `npm run types`: do not edit. */

/**
 * Reads a data set, divides its training images into a train and a validation split, both balanced over the classes and drawn by the seed, and measures the train split's per-channel mean and deviation, by which all three splits are standardised.
 */
export interface Params {
/**
 * Data set. `fashion-mnist-mini` comes with naspipe: 10,000 training and 10,000 test images of Fashion-MNIST. `fashion-mnist` is the whole of it, 60,000 and 10,000 images, read from `directory`. `idx` is a data set of your own in the four IDX files of MNIST, read from `directory`: images [count, height, width] or [count, height, width, channels], labels [count], and, if you like, `classes.txt` with a class name a line.
 */
source: ("fashion-mnist-mini" | "fashion-mnist" | "idx")
/**
 * Directory of the data set's files, relative to the project root; its content, not its path, decides what is cached. Needed by `fashion-mnist` and `idx` (the files train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, gzipped or not, as Debian's package dataset-fashion-mnist has them in /usr/share/datasets/fashion-mnist).
 */
directory: (string | null)
/**
 * Images of the train split, taken from the data set's training images.
 */
trainImages: number
/**
 * Share of `trainImages` that the train split has, balanced over the classes: a smaller one is part of a larger one, and the validation split is the same. A smaller share makes a cheaper proxy task.
 */
trainFraction: number
/**
 * Images of the validation split, taken from the data set's training images, none of them in the train split. When both add up to all there are, the train split need not be balanced.
 */
validationImages: number
/**
 * Images of the test split, taken from the data set's test images. Fewer than all are drawn by the seed, balanced over the classes.
 */
testImages: number
/**
 * Side of the square to which the images are resampled: bilinear, averaged where they become smaller. null: as they come. A smaller side makes a cheaper proxy task.
 */
side: (number | null)
}

export type Inputs = {
};

export type Outputs = {
  readonly "train": 'train-split';
  readonly "validation": 'validation-split';
  readonly "test": 'test-split';
};
