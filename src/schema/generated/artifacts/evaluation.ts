/* Generated from the schema by `npm run types`: do not edit. */

/**
 * How a model does on a split; its predictions for each example lie beside it.
 */
export interface Evaluation {
accuracy: Accuracy
/**
 * What the weights were before they were trained last: those of a supernet, or of a model that was trained before. Absent: initial ones, or no training.
 */
start?: ("inherited" | "trained")
/**
 * Share of images whose class is among the five most probable.
 */
top5: number
/**
 * Half of the 95 % interval of the accuracy (Wilson).
 */
margin: number
/**
 * Mean cross-entropy in nats.
 */
negativeLogLikelihood: number
/**
 * By class index.
 */
classes: ClassMetrics[]
macro: AveragedMetrics
weighted: AveragedMetrics1
/**
 * Row: true class; column: predicted class.
 */
confusion: number[][]
costs: Costs
}
/**
 * An accuracy with its provenance.
 */
export interface Accuracy {
/**
 * Share of correct predictions, 0…1.
 */
value: number
/**
 * With weights of a supernet, by a predictor, or with weights trained for this architecture alone.
 */
provenance: ("inherited" | "predicted" | "trained")
/**
 * Split that the images came from.
 */
split: ("train" | "validation" | "test")
/**
 * Number of images.
 */
images: number
}
/**
 * Metrics of one class.
 */
export interface ClassMetrics {
/**
 * Class name.
 */
class: string
/**
 * Images of the class.
 */
support: number
/**
 * Correct among predicted, 0…1; 0 where nothing was predicted.
 */
precision: number
/**
 * Found among the class, 0…1.
 */
recall: number
/**
 * Harmonic mean of the two.
 */
f1: number
}
/**
 * Plain mean over classes.
 */
export interface AveragedMetrics {
/**
 * 0…1
 */
precision: number
/**
 * 0…1
 */
recall: number
/**
 * 0…1
 */
f1: number
}
/**
 * Mean over classes weighted by support.
 */
export interface AveragedMetrics1 {
/**
 * 0…1
 */
precision: number
/**
 * 0…1
 */
recall: number
/**
 * 0…1
 */
f1: number
}
/**
 * What an architecture costs.
 */
export interface Costs {
/**
 * Trainable parameters: convolution and dense weights, biases, and 2 a batch-norm channel.
 */
params: number
/**
 * Multiply-accumulates of one example: convolutions and dense layers, squeeze-excite included.
 */
macs: number
/**
 * Predicted milliseconds of one image on the profiled device.
 */
latency?: number
}
