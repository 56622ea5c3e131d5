import {
  type BatchNormOptions,
  type ConvOptions,
  type DenseOptions,
  type DepthwiseOptions,
  type Named,
  type PoolOptions,
  type SqueezeExciteOptions,
  windowsOf,
} from './builder-options.ts';
import type { ActivationName, Initialiser, Layer, Network, Shape, WeightSpec, Windows } from './network.ts';
import { INPUT } from './network.ts';
import {
  covers,
  kernelSides,
  kernelText,
  sameShape,
  shapeText,
  stridedShape,
  windowedShape,
} from './shape.ts';

/** A tensor in a network under construction. */
export interface Handle {
  readonly id: string;
  readonly shape: Shape;
}

/**
 * Builds a network layer by layer and infers every shape. Each method adds one layer and returns its tensor.
 * Without `shared`, a layer declares the weights it needs at exactly its own widths. With `shared` (a supernet's
 * weights by name), layers use prefixes of those, and the network lists only the ones it names.
 * Misuse (two layers of one id, a shared weight that is missing or too small) is a bug and throws.
 */
export class NetworkBuilder {
  readonly input: Handle;
  readonly #layers: Layer[] = [];
  readonly #ids = new Set<string>([INPUT]);
  readonly #weights = new Map<string, WeightSpec>();
  readonly #shared: ReadonlyMap<string, WeightSpec> | undefined;

  constructor(input: Shape, shared?: ReadonlyMap<string, WeightSpec>) {
    this.input = { id: INPUT, shape: input };
    this.#shared = shared;
  }

  /** Dense convolution with SAME padding. He-normal, fan-in, unless told. */
  conv(id: string, from: Handle, options: ConvOptions): Handle {
    const { filters, groups = 1, bias = false, name = id } = options;
    const depth = from.shape.c / groups;
    const windows = windowsOf(options);
    const { h, w } = kernelSides(windows.kernel);
    const init = options.init ?? { kind: 'he-normal', fan: h * w * depth };
    return this.#push({
      op: 'conv',
      id,
      inputs: [from.id],
      output: this.#windowed(id, from, windows, filters),
      ...windows,
      groups,
      weight: this.#kernel(`${name}.weight`, [h, w, depth, filters], init),
      ...(bias ? { bias: this.#vector(`${name}.bias`, filters, 'zeros') } : {}),
    });
  }

  /** Depthwise convolution, multiplier 1. He-normal with the fan of one filter, unless told. */
  depthwise(id: string, from: Handle, options: DepthwiseOptions): Handle {
    const { name = id, through = [] } = options;
    const windows = windowsOf(options);
    const { h, w } = kernelSides(windows.kernel);
    const [height, width] = through.length === 0 ? [h, w] : [through[0]!, through[0]!];
    const init = options.init ?? { kind: 'he-normal', fan: height * width };
    const steps = through.slice(1).map((side, k) => ({
      side,
      weight: this.#weight({
        name: `${name}.${through[k]}to${side}`,
        shape: [side ** 2, side ** 2],
        init: { kind: 'identity' },
        trainable: true,
        decay: false,
      }),
    }));
    return this.#push({
      op: 'depthwise',
      id,
      inputs: [from.id],
      output: this.#windowed(id, from, windows, from.shape.c),
      ...windows,
      weight: this.#kernel(`${name}.weight`, [height, width, from.shape.c, 1], init),
      ...(steps.length === 0 ? {} : { derived: { side: through[0]!, steps } }),
    });
  }

  batchNorm(id: string, from: Handle, settings: BatchNormOptions): Handle {
    const { decay, epsilon, mode, init = { kind: 'ones' }, name = id } = settings;
    const c = from.shape.c;
    return this.#push({
      op: 'batch-norm',
      id,
      inputs: [from.id],
      output: from.shape,
      gamma: this.#weight({ name: `${name}.gamma`, shape: [c], init, trainable: true, decay: false }),
      beta: this.#vector(`${name}.beta`, c, 'zeros'),
      ...(mode === 'stateless'
        ? {}
        : {
            movingMean: this.#vector(`${name}.moving-mean`, c, 'zeros', false),
            movingVariance: this.#vector(`${name}.moving-variance`, c, 'ones', false),
          }),
      decay,
      epsilon,
      ...(mode === 'frozen' ? { frozen: true } : {}),
    });
  }

  /** A multiplier a channel, at first `initial`. */
  scale(id: string, from: Handle, options: Named & { readonly initial: number }): Handle {
    const { initial, name = id } = options;
    const init: Initialiser = { kind: 'constant', value: initial };
    const spec = { name: `${name}.weight`, shape: [from.shape.c], init, trainable: true, decay: false };
    return this.#push({ op: 'scale', id, inputs: [from.id], output: from.shape, weight: this.#weight(spec) });
  }

  activation(id: string, from: Handle, fn: ActivationName): Handle {
    return this.#push({ op: 'activation', id, inputs: [from.id], output: from.shape, fn });
  }

  squeezeExcite(id: string, from: Handle, options: SqueezeExciteOptions): Handle {
    const { squeeze, gate, init, name = id } = options;
    const c = from.shape.c;
    const start = (fan: number): Initialiser => init ?? { kind: 'he-normal', fan };
    return this.#push({
      op: 'squeeze-excite',
      id,
      inputs: [from.id],
      output: from.shape,
      squeeze,
      gate,
      reduceWeight: this.#kernel(`${name}.reduce.weight`, [c, squeeze], start(c)),
      reduceBias: this.#vector(`${name}.reduce.bias`, squeeze, 'zeros'),
      expandWeight: this.#kernel(`${name}.expand.weight`, [squeeze, c], start(squeeze)),
      expandBias: this.#vector(`${name}.expand.bias`, c, 'zeros'),
    });
  }

  add(id: string, a: Handle, b: Handle): Handle {
    this.#expectSame(id, [a, b]);
    return this.#push({ op: 'add', id, inputs: [a.id, b.id], output: a.shape });
  }

  /** Σ coefficient · alternative. With `gates`, gradients of the coefficients are reported. */
  mix(id: string, alternatives: readonly Handle[], coefficients: readonly number[], gates = false): Handle {
    this.#expectSame(id, alternatives);
    if (alternatives.length !== coefficients.length) {
      throw new Error(
        `internal error: expected ${alternatives.length} coefficients in ${id}, got ${coefficients.length}`,
      );
    }
    return this.#push({
      op: 'mix',
      id,
      inputs: alternatives.map((alternative) => alternative.id),
      output: alternatives[0]!.shape,
      coefficients,
      gates,
    });
  }

  /** Channels of all, one after the other. */
  concat(id: string, from: readonly Handle[]): Handle {
    this.#expectSame(
      id,
      from.map((each) => ({ ...each, shape: { ...each.shape, c: 1 } })),
    );
    const c = from.reduce((sum, { shape }) => sum + shape.c, 0);
    const inputs = from.map((each) => each.id);
    return this.#push({ op: 'concat', id, inputs, output: { ...from[0]!.shape, c } });
  }

  /** `count` channels, beginning with `first`. */
  slice(id: string, from: Handle, first: number, count: number): Handle {
    if (first < 0 || count < 1 || first + count > from.shape.c) {
      throw new Error(
        `internal error: expected channels of ${shapeText(from.shape)} in ${id}, got ${count} from ${first}`,
      );
    }
    return this.#push({ op: 'slice', id, inputs: [from.id], output: { ...from.shape, c: count }, first });
  }

  zero(id: string, shape: Shape): Handle {
    return this.#push({ op: 'zero', id, inputs: [], output: shape });
  }

  identity(id: string, from: Handle): Handle {
    return this.#push({ op: 'identity', id, inputs: [from.id], output: from.shape });
  }

  /** Every `stride`-th row and column, beginning with the row and column `offset`. */
  subsample(
    id: string,
    from: Handle,
    options: { readonly stride: number; readonly offset?: number },
  ): Handle {
    const { stride, offset = 0 } = options;
    const output = stridedShape(from.shape, stride, from.shape.c);
    return this.#push({ op: 'subsample', id, inputs: [from.id], output, stride, offset });
  }

  pool(id: string, from: Handle, options: PoolOptions): Handle {
    const windows = windowsOf(options);
    const output = this.#windowed(id, from, windows, from.shape.c);
    return this.#push({ op: 'pool', id, inputs: [from.id], output, fn: options.fn, ...windows });
  }

  globalPool(id: string, from: Handle): Handle {
    return this.#push({ op: 'global-pool', id, inputs: [from.id], output: { h: 1, w: 1, c: from.shape.c } });
  }

  /** Fully connected. He-normal, fan-in, and a bias, unless told. */
  dense(id: string, from: Handle, options: DenseOptions): Handle {
    const { units, bias = true, name = id } = options;
    const { h, w, c } = from.shape;
    if (h !== 1 || w !== 1) {
      throw new Error(`internal error: expected a 1x1 input of ${id}, got ${shapeText(from.shape)}`);
    }
    const init = options.init ?? { kind: 'he-normal', fan: c };
    return this.#push({
      op: 'dense',
      id,
      inputs: [from.id],
      output: { h: 1, w: 1, c: units },
      weight: this.#kernel(`${name}.weight`, [c, units], init),
      ...(bias ? { bias: this.#vector(`${name}.bias`, units, 'zeros') } : {}),
    });
  }

  dropout(id: string, from: Handle, rate: number): Handle {
    return this.#push({ op: 'dropout', id, inputs: [from.id], output: from.shape, rate });
  }

  dropPath(id: string, from: Handle, rate: number): Handle {
    return this.#push({ op: 'drop-path', id, inputs: [from.id], output: from.shape, rate });
  }

  /** The network whose result is `output`; `auxiliary` are further logits that help in training. */
  finish(
    output: Handle,
    auxiliary: readonly { readonly output: Handle; readonly weight: number }[] = [],
  ): Network {
    return {
      input: this.input.shape,
      layers: [...this.#layers],
      output: output.id,
      ...(auxiliary.length === 0
        ? {}
        : { auxiliary: auxiliary.map(({ output: { id }, weight }) => ({ output: id, weight })) }),
      weights: [...this.#weights.values()],
    };
  }

  #windowed(id: string, from: Handle, windows: Windows, channels: number): Shape {
    const output = windowedShape(from.shape, windows, channels);
    if (output.h < 1 || output.w < 1) {
      throw new Error(
        `internal error: expected a window that fits into ${shapeText(from.shape)} in ${id}, got ${kernelText(windows.kernel)}`,
      );
    }
    return output;
  }

  #push(layer: Layer): Handle {
    if (this.#ids.has(layer.id)) throw new Error(`internal error: expected a new layer id, got ${layer.id}`);
    this.#ids.add(layer.id);
    this.#layers.push(layer);
    return { id: layer.id, shape: layer.output };
  }

  #expectSame(id: string, handles: readonly Handle[]): void {
    const first = handles[0];
    if (first === undefined) throw new Error(`internal error: expected inputs of ${id}, got none`);
    for (const other of handles) {
      if (!sameShape(first.shape, other.shape)) {
        throw new Error(
          `internal error: expected inputs of one shape in ${id}, got ${shapeText(first.shape)} and ${shapeText(other.shape)}`,
        );
      }
    }
  }

  #kernel(name: string, shape: readonly number[], init: Initialiser): string {
    return this.#weight({ name, shape, init, trainable: true, decay: true });
  }

  #vector(name: string, length: number, kind: 'zeros' | 'ones', trainable = true): string {
    return this.#weight({ name, shape: [length], init: { kind }, trainable, decay: false });
  }

  #weight(needed: WeightSpec): string {
    const known = this.#shared === undefined ? this.#weights.get(needed.name) : this.#shared.get(needed.name);
    if (known === undefined) {
      if (this.#shared !== undefined) {
        throw new Error(`internal error: expected a shared weight ${needed.name}, got none`);
      }
      this.#weights.set(needed.name, needed);
      return needed.name;
    }
    if (!covers(known.shape, needed.shape)) {
      throw new Error(
        `internal error: expected ${needed.name} to hold [${needed.shape}], got [${known.shape}]`,
      );
    }
    this.#weights.set(known.name, known);
    return known.name;
  }
}
