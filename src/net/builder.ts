import type {
  ActivationName,
  Initialiser,
  Layer,
  Network,
  Shape,
  SqueezeExcite,
  WeightSpec,
} from './network.ts';
import { INPUT } from './network.ts';
import { sameShape, shapeText, stridedShape } from './shape.ts';

/** A tensor in a network under construction. */
export interface Handle {
  readonly id: string;
  readonly shape: Shape;
}

/** How batch normalisation behaves: `decay` is the weight of the old moving value. */
export interface BatchNormSettings {
  readonly decay: number;
  readonly epsilon: number;
}

/**
 * Options that many layers share. `name` is the name under which the layer's weights lie; default: the layer's id.
 * Two layers of one name share their weights.
 */
interface Named {
  readonly name?: string;
}

export interface ConvOptions extends Named {
  readonly filters: number;
  readonly kernel: number;
  readonly stride?: number;
  readonly groups?: number;
  readonly bias?: boolean;
  readonly init?: Initialiser;
}

export interface DepthwiseOptions extends Named {
  readonly kernel: number;
  readonly stride?: number;
  readonly init?: Initialiser;
}

export interface SqueezeExciteOptions extends Named {
  readonly squeeze: number;
  readonly gate: SqueezeExcite['gate'];
}

export interface DenseOptions extends Named {
  readonly units: number;
  readonly bias?: boolean;
  readonly init?: Initialiser;
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
    const { filters, kernel, stride = 1, groups = 1, bias = false, name = id } = options;
    const depth = from.shape.c / groups;
    const init = options.init ?? { kind: 'he-normal', fan: kernel * kernel * depth };
    return this.#push({
      op: 'conv',
      id,
      inputs: [from.id],
      output: stridedShape(from.shape, stride, filters),
      kernel,
      stride,
      groups,
      weight: this.#kernel(`${name}.weight`, [kernel, kernel, depth, filters], init),
      ...(bias ? { bias: this.#vector(`${name}.bias`, filters, 'zeros') } : {}),
    });
  }

  /** Depthwise convolution, multiplier 1. He-normal with the fan of one filter, unless told. */
  depthwise(id: string, from: Handle, options: DepthwiseOptions): Handle {
    const { kernel, stride = 1, name = id } = options;
    const init = options.init ?? { kind: 'he-normal', fan: kernel * kernel };
    return this.#push({
      op: 'depthwise',
      id,
      inputs: [from.id],
      output: stridedShape(from.shape, stride, from.shape.c),
      kernel,
      stride,
      weight: this.#kernel(`${name}.weight`, [kernel, kernel, from.shape.c, 1], init),
    });
  }

  batchNorm(id: string, from: Handle, settings: BatchNormSettings & Named): Handle {
    const { decay, epsilon, name = id } = settings;
    const c = from.shape.c;
    return this.#push({
      op: 'batch-norm',
      id,
      inputs: [from.id],
      output: from.shape,
      gamma: this.#vector(`${name}.gamma`, c, 'ones'),
      beta: this.#vector(`${name}.beta`, c, 'zeros'),
      movingMean: this.#vector(`${name}.moving-mean`, c, 'zeros', false),
      movingVariance: this.#vector(`${name}.moving-variance`, c, 'ones', false),
      decay,
      epsilon,
    });
  }

  activation(id: string, from: Handle, fn: ActivationName): Handle {
    return this.#push({ op: 'activation', id, inputs: [from.id], output: from.shape, fn });
  }

  squeezeExcite(id: string, from: Handle, options: SqueezeExciteOptions): Handle {
    const { squeeze, gate, name = id } = options;
    const c = from.shape.c;
    return this.#push({
      op: 'squeeze-excite',
      id,
      inputs: [from.id],
      output: from.shape,
      squeeze,
      gate,
      reduceWeight: this.#kernel(`${name}.reduce.weight`, [c, squeeze], { kind: 'he-normal', fan: c }),
      reduceBias: this.#vector(`${name}.reduce.bias`, squeeze, 'zeros'),
      expandWeight: this.#kernel(`${name}.expand.weight`, [squeeze, c], { kind: 'he-normal', fan: squeeze }),
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

  pool(
    id: string,
    from: Handle,
    options: { readonly fn: 'average' | 'max'; readonly kernel: number; readonly stride?: number },
  ): Handle {
    const { fn, kernel, stride = 1 } = options;
    const output = stridedShape(from.shape, stride, from.shape.c);
    return this.#push({ op: 'pool', id, inputs: [from.id], output, fn, kernel, stride });
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

  /** The network whose result is `output`. */
  finish(output: Handle): Network {
    return {
      input: this.input.shape,
      layers: [...this.#layers],
      output: output.id,
      weights: [...this.#weights.values()],
    };
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

/** Whether a tensor of shape `needed` is a prefix of one of shape `full`. */
export const covers = (full: readonly number[], needed: readonly number[]): boolean =>
  full.length === needed.length && needed.every((side, axis) => side <= full[axis]!);
