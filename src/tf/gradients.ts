import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { type Batch, teacherOf } from '../net/backend.ts';
import type { BatchNorm, Layer, Network } from '../net/network.ts';
import { prefixes, reachedLayers } from '../net/reach.ts';
import { forward } from './forward.ts';
import { correct, crossEntropy, imagesOf, teacherEntropy } from './loss.ts';
import type { Tf } from './runtime.ts';
import { type DeviceState, sliced } from './state.ts';

export interface PassOptions {
  readonly labelSmoothing: number;
  readonly teacherRatio?: number;
  readonly dropoutSeed?: number;
  readonly dropPath?: number;
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
  const layers = reachedLayers(path, { gates: options.gates, training: true });
  // Gradients are asked for prefixes that are cut once, outside of the tape.
  const weights = new Map<string, Tensor>();
  for (const [name, shape] of prefixes(path, layers)) {
    if (trainable.has(name)) weights.set(name, state.prefix(name, shape));
  }
  const gates = options.gates ? gateScalars(tf, layers) : new Map<string, Tensor[]>();
  const kept = new Map<BatchNorm, Moments>();
  const images = imagesOf(tf, batch, path.input);
  const auxiliary = path.auxiliary ?? [];
  let logits: Tensor2D | undefined;
  const wanted = [...weights.values(), ...[...gates.values()].flat()];
  const { value, grads } = tf.engine().gradients(
    () => {
      const flat = (x: Tensor): Tensor2D => tf.reshape(x, [batch.size, -1]) as Tensor2D;
      const [result, ...others] = forward(
        {
          tf,
          weight: (name, shape) => {
            const cut = weights.get(name);
            return cut === undefined ? state.prefix(name, shape) : sliced(tf, cut, shape);
          },
          statistics: 'batch',
          ...(options.dropoutSeed === undefined ? {} : { dropoutSeed: options.dropoutSeed }),
          ...(options.dropPath === undefined ? {} : { dropPath: options.dropPath }),
          coefficient: (layer, index) => gates.get(layer)?.[index],
          onMoments: (layer, mean, variance) =>
            kept.set(layer, { mean: tf.keep(mean.clone()), variance: tf.keep(variance.clone()) }),
        },
        layers,
        images,
        [path.output, ...auxiliary.map(({ output }) => output)],
      );
      logits = tf.keep(flat(result!));
      let loss = crossEntropy(tf, logits, batch.labels, options.labelSmoothing);
      if (options.teacherRatio) {
        loss = tf.add(loss, tf.mul(teacherEntropy(tf, logits, teacherOf(batch)), options.teacherRatio));
      }
      for (const [i, { weight, taught }] of auxiliary.entries()) {
        const own = flat(others[i]!);
        let extra = crossEntropy(tf, own, batch.labels, options.labelSmoothing);
        if (taught && options.teacherRatio) {
          extra = tf.add(extra, tf.mul(teacherEntropy(tf, own, teacherOf(batch)), options.teacherRatio));
        }
        loss = tf.add(loss, tf.mul(extra, weight));
      }
      return loss;
    },
    wanted,
    undefined,
    true,
  );
  const gradients = new Map(wanted.map((x, i): [Tensor, Tensor] => [x, grads[i] ?? tf.zerosLike(x)]));
  const of = (x: Tensor): Tensor => gradients.get(x)!;
  const scalars = tf.stack([value, correct(tf, logits!, batch.labels)]);
  logits!.dispose();
  const moments = new Map(
    [...kept].map(([layer, { mean, variance }]): [BatchNorm, Moments] => [
      layer,
      { mean: moved(mean), variance: moved(variance) },
    ]),
  );
  return {
    scalars,
    weights: new Map([...weights].map(([name, x]) => [name, of(x)])),
    gates: new Map([...gates].map(([id, factors]) => [id, factors.map(of)])),
    moments,
  };
}

/** A kept tensor handed over to the surrounding `tidy`. */
function moved(kept: Tensor): Tensor {
  const tensor = kept.clone();
  kept.dispose();
  return tensor;
}

const gateScalars = (tf: Tf, layers: readonly Layer[]): Map<string, Tensor[]> =>
  new Map(
    layers
      .filter((layer) => layer.op === 'mix')
      .filter((layer) => layer.gates)
      .map((layer) => [layer.id, layer.coefficients.map((coefficient) => tf.scalar(coefficient))]),
  );
