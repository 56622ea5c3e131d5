import type { ClipBy, OptimiserSpec, StepOptions } from '../../src/net/backend.ts';
import type { Tensor, Tensors, WeightSpec } from '../../src/net/network.ts';
import { norm } from './backend-compare.ts';

export interface Descent {
  readonly name: string;
  readonly optimiser: OptimiserSpec;
  readonly clipBy?: ClipBy;
}

const sgd = { kind: 'sgd', ema: true } as const;
const adam = { kind: 'adam', beta1: 0.9, beta2: 0.99, epsilon: 1e-3, ema: true } as const;

/** Every optimiser and every way to clip. */
export const descents: readonly Descent[] = [
  { name: 'SGD', optimiser: { ...sgd, momentum: 0, nesterov: false }, clipBy: 'global-norm' },
  { name: 'SGD with momentum', optimiser: { ...sgd, momentum: 0.9, nesterov: false } },
  {
    name: 'SGD with Nesterov momentum',
    optimiser: { ...sgd, momentum: 0.9, nesterov: true },
    clipBy: 'norm',
  },
  {
    name: 'RMSProp',
    optimiser: { kind: 'rmsprop', decay: 0.9, momentum: 0, epsilon: 1e-3, ema: true },
    clipBy: 'value',
  },
  {
    name: 'RMSProp with momentum, epsilon 1',
    optimiser: { kind: 'rmsprop', decay: 0.9, momentum: 0.9, epsilon: 1, ema: true },
    clipBy: 'global-norm',
  },
  { name: 'Adam', optimiser: { ...adam, decoupled: false } },
  { name: 'Adam without momentum', optimiser: { ...adam, beta1: 0, decoupled: false }, clipBy: 'norm' },
  { name: 'AdamW', optimiser: { ...adam, decoupled: true }, clipBy: 'value' },
];

/** Gradients as they are after clipping. */
export function clipped(gradients: Tensors, clipBy: ClipBy | undefined, limit: number): Tensors {
  const whole = norm([...gradients.values()].map(({ data }) => norm(data)));
  const of = (data: Float32Array): ((g: number) => number) => {
    if (clipBy === undefined) return (g) => g;
    if (clipBy === 'value') return (g) => Math.max(-limit, Math.min(limit, g));
    const length = clipBy === 'norm' ? norm(data) : whole;
    return (g) => g * Math.min(1, limit / length);
  };
  return new Map(
    [...gradients].map(([name, { shape, data }]) => [name, { shape, data: data.map(of(data)) }]),
  );
}

/** What changes of one element: the weight and its slots. */
interface Element {
  readonly w: number;
  readonly momentum: number;
  readonly square: number;
}

function moved(
  optimiser: OptimiserSpec,
  { w, momentum, square }: Element,
  gradient: number,
  decay: number,
  rate: number,
  steps: number,
): Element {
  const decoupled = optimiser.kind === 'adam' && optimiser.decoupled;
  const g = gradient + (decoupled ? 0 : decay * w);
  switch (optimiser.kind) {
    case 'sgd': {
      const v = optimiser.momentum * momentum + g;
      return { w: w - rate * (optimiser.nesterov ? g + optimiser.momentum * v : v), momentum: v, square };
    }
    case 'rmsprop': {
      const s = optimiser.decay * square + (1 - optimiser.decay) * g * g;
      const v = optimiser.momentum * momentum + (rate * g) / Math.sqrt(s + optimiser.epsilon);
      return { w: w - v, momentum: v, square: s };
    }
    case 'adam': {
      const { beta1, beta2, epsilon } = optimiser;
      const m = beta1 * momentum + (1 - beta1) * g;
      const s = beta2 * square + (1 - beta2) * g * g;
      const change = (rate * (m / (1 - beta1 ** steps))) / (Math.sqrt(s / (1 - beta2 ** steps)) + epsilon);
      return { w: w - (decoupled ? rate * decay * w : 0) - change, momentum: m, square: s };
    }
  }
}

/**
 * Trainable weights and their slots, but for averages, after one step, in double precision. `inside` says which elements
 * the path reaches.
 */
export function descended(
  weights: readonly WeightSpec[],
  before: Tensors,
  gradients: Tensors,
  optimiser: OptimiserSpec,
  options: Pick<StepOptions, 'learningRate' | 'weightDecay'>,
  inside: ReadonlyMap<string, (flat: number) => boolean>,
): Tensors {
  const after = new Map<string, Tensor>();
  for (const { name, shape, decay, trainable } of weights) {
    if (!trainable) continue;
    const reached = inside.get(name) ?? (() => false);
    const slot = (kind: string) => before.get(`${kind}:${name}`)?.data;
    const [momentum, square, count] = [slot('momentum'), slot('square'), slot('steps')?.[0] ?? 0];
    const steps = count + (inside.has(name) ? 1 : 0);
    const elements = [...before.get(name)!.data].map((w, i): Element => {
      const old = { w, momentum: momentum?.[i] ?? 0, square: square?.[i] ?? 0 };
      if (!reached(i)) return old;
      const g = gradients.get(name)!.data[i]!;
      return moved(optimiser, old, g, decay ? options.weightDecay : 0, options.learningRate, steps);
    });
    const tensor = (of: keyof Element): Tensor => ({
      shape,
      data: Float32Array.from(elements, (e) => e[of]),
    });
    after.set(name, tensor('w'));
    if (momentum !== undefined) after.set(`momentum:${name}`, tensor('momentum'));
    if (square !== undefined) after.set(`square:${name}`, tensor('square'));
    if (slot('steps') !== undefined) after.set(`steps:${name}`, { shape: [1], data: Float32Array.of(steps) });
  }
  return after;
}
