import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Batch } from '../net/backend.ts';
import type { BatchNorm, Layer, Network } from '../net/network.ts';
import { prefixes, reachedLayers } from '../net/reach.ts';
import { forward } from './forward.ts';
import { correct, crossEntropy, imagesOf } from './loss.ts';
import type { Tf } from './runtime.ts';
import type { DeviceState } from './state.ts';

export interface PassOptions {
  readonly labelSmoothing: number;
  readonly dropoutSeed?: number;
  /** Also the gradients of the coefficients of mix layers with gates. */
  readonly gates: boolean;
}

export interface Moments {
  readonly mean: Tensor;
  /** Biased. */
  readonly variance: Tensor;
}

/** Of one forward and backward pass; the tensors belong to the surrounding `tidy`. */
export interface PassResult {
  /** [2]: loss, correct predictions. */
  readonly scalars: Tensor;
  /** By weight name, at the used prefix. */
  readonly weights: ReadonlyMap<string, Tensor>;
  /** By layer id, a scalar for each alternative. */
  readonly gates: ReadonlyMap<string, readonly Tensor[]>;
  readonly moments: ReadonlyMap<BatchNorm, Moments>;
}

/** Forward and backward in training mode. Call inside `tidy`; changes nothing. */
export function backward(
  tf: Tf,
  state: DeviceState,
  trainable: ReadonlySet<string>,
  path: Network,
  batch: Batch,
  options: PassOptions,
): PassResult {
  const layers = reachedLayers(path, options.gates);
  const used = prefixes(path, layers);
  const weights = new Map<string, Tensor>();
  // A slice is taken once and outside of the tape: it is what gradients are asked for.
  for (const [name, shape] of used) if (trainable.has(name)) weights.set(name, state.prefix(name, shape));
  const gates = options.gates ? gateScalars(tf, layers) : new Map<string, Tensor[]>();
  const moments = new Map<BatchNorm, Moments>();
  const images = imagesOf(tf, batch, path.input);
  let logits: Tensor | undefined;
  const wanted = [...weights.values(), ...[...gates.values()].flat()];
  const { value, grads } = tf.engine().gradients(
    () => {
      const result = forward(
        {
          tf,
          weight: (name, shape) => slice(tf, weights.get(name)!, shape),
          statistics: 'batch',
          ...(options.dropoutSeed === undefined ? {} : { dropoutSeed: options.dropoutSeed }),
          coefficients: (layer, index) => gates.get(layer)?.[index],
          onMoments: (layer, mean, variance) =>
            moments.set(layer, { mean: tf.keep(mean), variance: tf.keep(variance) }),
        },
        layers,
        images,
        path.output,
      );
      const flat = tf.reshape(result, [batch.size, -1]) as Tensor2D;
      logits = tf.keep(flat);
      return crossEntropy(tf, flat, batch.labels, options.labelSmoothing);
    },
    wanted,
    undefined,
    true,
  );
}
