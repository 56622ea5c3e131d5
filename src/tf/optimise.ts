import type { Tensor } from '@tensorflow/tfjs-core';
import { never } from '../base/result.ts';
import type { OptimiserSpec, StepOptions } from '../net/backend.ts';
import type { Tf } from './runtime.ts';
import type { DeviceState } from './state.ts';

type Gradients = ReadonlyMap<string, Tensor>;

/** Updates the prefixes that have gradients; `decay` are the names of weights that decay. Call inside `tidy`. */
export function descend(
  tf: Tf,
  state: DeviceState,
  decay: ReadonlySet<string>,
  optimiser: OptimiserSpec,
  gradients: Gradients,
  options: StepOptions,
): void {
  const { learningRate: rate, weightDecay } = options;
  const decoupled = optimiser.kind === 'adam' && optimiser.decoupled;
  for (const [name, gradient] of clipped(tf, gradients, options)) {
    const w = state.prefix(name, gradient.shape);
    const shrinks = decay.has(name) && weightDecay !== 0;
    const g = shrinks && !decoupled ? tf.add(gradient, tf.mul(w, weightDecay)) : gradient;
    const start = shrinks && decoupled ? tf.mul(w, 1 - rate * weightDecay) : w;
    state.assign(name, tf.sub(start, change(tf, state, optimiser, name, g, rate)));
  }
}

/** What an optimiser takes from a weight; its slots move on. */
function change(
  tf: Tf,
  state: DeviceState,
  optimiser: OptimiserSpec,
  name: string,
  g: Tensor,
  rate: number,
): Tensor {
  const slot = (kind: string, next: (old: Tensor) => Tensor): Tensor => {
    const value = next(state.prefix(`${kind}:${name}`, g.shape));
    state.assign(`${kind}:${name}`, value);
    return value;
  };
  const mean = (kind: string, of: Tensor, keep: number): Tensor =>
    slot(kind, (old) => tf.add(tf.mul(old, keep), tf.mul(of, 1 - keep)));
  switch (optimiser.kind) {
    case 'sgd': {
      const { momentum, nesterov } = optimiser;
      if (momentum === 0) return tf.mul(g, rate);
      const v = slot('momentum', (old) => tf.add(tf.mul(old, momentum), g));
      return tf.mul(nesterov ? tf.add(g, tf.mul(v, momentum)) : v, rate);
    }
    case 'rmsprop': {
      const { decay, momentum, epsilon } = optimiser;
      const square = mean('square', tf.square(g), decay);
      const step = tf.div(tf.mul(g, rate), tf.sqrt(tf.add(square, epsilon)));
      return momentum === 0 ? step : slot('momentum', (old) => tf.add(tf.mul(old, momentum), step));
    }
    case 'adam': {
      const { beta1, beta2, epsilon } = optimiser;
      const steps = tf.add(state.get(`steps:${name}`), 1);
      state.assign(`steps:${name}`, steps);
      const rest = (beta: number): Tensor => tf.neg(tf.expm1(tf.mul(steps, Math.log(beta))));
      const m = tf.div(mean('momentum', g, beta1), rest(beta1));
      const square = tf.div(mean('square', tf.square(g), beta2), rest(beta2));
      return tf.div(tf.mul(m, rate), tf.add(tf.sqrt(square), epsilon));
    }
    default:
      return never(optimiser);
  }
}

function clipped(tf: Tf, gradients: Gradients, { clipNorm, clipBy = 'global-norm' }: StepOptions): Gradients {
  if (clipNorm === undefined) return gradients;
  const each = (clip: (gradient: Tensor) => Tensor): Gradients =>
    new Map([...gradients].map(([name, gradient]) => [name, clip(gradient)]));
  switch (clipBy) {
    case 'value':
      return each((gradient) => tf.clipByValue(gradient, -clipNorm, clipNorm));
    case 'norm':
      return each((gradient) => tf.mul(gradient, clipScale(tf, [gradient], clipNorm)));
    case 'global-norm': {
      const scale = clipScale(tf, [...gradients.values()], clipNorm);
      return each((gradient) => tf.mul(gradient, scale));
    }
    default:
      return never(clipBy);
  }
}

/** min(1, limit / L2 norm of all gradients together), as a scalar on the device. */
function clipScale(tf: Tf, gradients: readonly Tensor[], limit: number): Tensor {
  const squares = gradients.map((gradient) => tf.sum(tf.square(gradient)));
  const norm = tf.sqrt(tf.addN(squares));
  return tf.div(limit, tf.maximum(norm, limit));
}
