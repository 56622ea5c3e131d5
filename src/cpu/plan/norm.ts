import { type Activation, type BatchNorm, movingNames, type Scale } from '../../net/network.ts';
import type { Builder } from './builder.ts';
import { momentsBlock } from './convolution.ts';
import { activationCode, floatBits, NO_ACTIVATION, NORM_ROWS, PASS_ROWS, sourceWords } from './ops.ts';
import type { Value } from './value.ts';
import { vectorPrefix } from './weights.ts';

/** Figures of a normalisation from moving statistics; independent of any data, so all are computed at the start. */
export function normFromMoving(builder: Builder, layer: BatchNorm): number {
  const channels = layer.output.c;
  const stride = builder.padded(channels);
  const norm = builder.space.floats(NORM_ROWS * stride);
  const words = [
    channels,
    stride,
    builder.weight(layer.gamma),
    builder.weight(layer.beta),
    ...movingNames(layer)!.map((name) => builder.weight(name)),
    norm,
    floatBits(layer.epsilon),
  ];
  builder.emit('normFromMoving', words, 0, true);
  return norm;
}

/**
 * Plans a batch normalisation on the statistics of the batch. `gathered` are moments that x's producer gathered (0:
 * none). `learns`: the loss depends on the layer, so its moving statistics may be updated.
 */
export function planBatchNorm(
  builder: Builder,
  layer: BatchNorm,
  input: Value,
  gathered: number,
  soleReader: boolean,
  learns: boolean,
): Value {
  const x = builder.materialise(input);
  const { channels, stride, rows, data } = x.view;
  let moments = gathered;
  if (moments === 0) {
    moments = momentsBlock(builder, stride);
    builder.emit('momentsOfRows', [...sourceWords(x.view), rows, moments], PASS_ROWS * stride);
  }
  const norm = builder.space.floats(NORM_ROWS * stride);
  const moving = builder.mode.moving && learns ? movingNames(layer) : undefined;
  const gamma = builder.weight(layer.gamma);
  builder.emit('normFromBatch', [
    moments,
    channels,
    stride,
    gamma,
    builder.weight(layer.beta),
    norm,
    floatBits(layer.epsilon),
    ...(moving === undefined ? [0, 0] : moving.map((name) => builder.place(name).weight)),
    floatBits(layer.decay),
  ]);
  builder.space.release(moments);
  const value = builder.look(x, { ...x.view, norm }, norm);
  builder.onBackward(() => {
    const gradient = builder.takeGradient(value);
    if (gradient === undefined) return;
    const fold = builder.space.floats(3 * stride);
    const prefix = vectorPrefix(builder.place(layer.gamma).spec.shape, channels);
    const gammaGradient = builder.use(layer.gamma, prefix, 1);
    const betaGradient = builder.use(
      layer.beta,
      vectorPrefix(builder.place(layer.beta).spec.shape, channels),
      1,
    );
    const words = [value.sums, rows, channels, stride, gamma, norm, fold, gammaGradient, betaGradient];
    builder.emit('normGradient', words);
    builder.space.release(value.sums);
    builder.passFolded(x, { values: gradient.values, data, fold }, soleReader);
  });
  return value;
}

/** Plans a batch normalisation whose figures are there already: scale and shift learn, but no statistics. */
export function planFixedNorm(
  builder: Builder,
  layer: BatchNorm,
  input: Value,
  norm: number,
  soleReader: boolean,
): Value {
  const x = builder.materialise(input);
  const value = builder.look(x, { ...x.view, norm }, norm);
  const scale = { weight: layer.gamma, shift: layer.beta };
  builder.onBackward(() => fixedGradient(builder, value, x, scale, soleReader));
  return value;
}

/** Plans a multiplier a channel: a normalisation with mean 0 and deviation 1 that has no shift. */
export function planScale(builder: Builder, layer: Scale, input: Value, soleReader: boolean): Value {
  const x = builder.materialise(input);
  const { channels, stride } = x.view;
  const norm = builder.space.floats(NORM_ROWS * stride);
  builder.emit('scaleFigures', [channels, stride, builder.weight(layer.weight), norm]);
  const value = builder.look(x, { ...x.view, norm }, norm);
  builder.onBackward(() => fixedGradient(builder, value, x, { weight: layer.weight }, soleReader));
  return value;
}

/** The backward pass of figures that do not depend on the data. */
function fixedGradient(
  builder: Builder,
  value: Value,
  x: Value,
  scale: { readonly weight: string; readonly shift?: string },
  soleReader: boolean,
): void {
  const gradient = builder.takeGradient(value);
  if (gradient === undefined) return;
  const { channels, stride, data, norm } = value.view;
  const fold = builder.space.floats(3 * stride);
  const use = (name: string) => builder.use(name, vectorPrefix(builder.place(name).spec.shape, channels), 1);
  const [weight, shift] = [use(scale.weight), scale.shift === undefined ? 0 : use(scale.shift)];
  builder.emit('fixedGradient', [value.sums, channels, stride, norm, fold, weight, shift]);
  builder.space.release(value.sums);
  builder.passFolded(x, { values: gradient.values, data, fold }, soleReader);
}

/** Plans an activation: left to the reader of its value. */
export function planActivation(builder: Builder, layer: Activation, input: Value): Value {
  const { activation, gate } = input.view;
  const x = activation === NO_ACTIVATION && gate === 0 ? input : builder.materialise(input);
  const value = builder.look(x, { ...x.view, activation: activationCode(layer.fn) });
  builder.onBackward(() => passStripped(builder, value, x));
  return value;
}

/** Plans a layer that changes nothing. */
export function planIdentity(builder: Builder, x: Value): Value {
  const value = builder.look(x, x.view);
  builder.onBackward(() => passStripped(builder, value, x));
  return value;
}

/** Hands on a gradient that is already that of the data which both values look at. */
function passStripped(builder: Builder, value: Value, x: Value): void {
  const values = builder.takeValues(value);
  if (values === 0) return;
  if (x.view.norm === 0 && x.view.activation === NO_ACTIVATION && x.view.gate === 0) {
    builder.passOn(x, values);
    return;
  }
  x.gradient = { values, data: 0, fold: 0 };
  x.sums = value.sums;
}
