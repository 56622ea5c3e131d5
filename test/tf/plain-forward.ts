import { never } from '../../src/base/result.ts';
import {
  type ActivationName,
  type Depthwise,
  INPUT,
  type Layer,
  movingNames,
  type Network,
  type Shape,
  type Tensors,
  type Windows,
} from '../../src/net/network.ts';

/** One example in double precision, [h, w, c]. */
type Picture = Float64Array;

const clamp6 = (x: number): number => Math.min(6, Math.max(0, x));
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

const activations: { readonly [fn in ActivationName]: (x: number) => number } = {
  relu: (x) => Math.max(0, x),
  relu6: clamp6,
  'h-swish': (x) => (x * clamp6(x + 3)) / 6,
  swish: (x) => x * sigmoid(x),
  sigmoid,
  'hard-sigmoid': (x) => clamp6(x + 3) / 6,
  tanh: Math.tanh,
};

/**
 * Logits of one example, evaluated with moving statistics, by the definition of each layer and nothing else: loops in
 * double precision over the full weights, of which prefixes are used.
 */
export function plainForward(path: Network, weights: Tensors, image: ArrayLike<number>): Picture {
  const pictures = new Map<string, Picture>([[INPUT, Float64Array.from(image)]]);
  const shapes = new Map<string, Shape>([[INPUT, path.input]]);
  for (const layer of path.layers) {
    const inputs = layer.inputs.map((id) => pictures.get(id)!);
    pictures.set(layer.id, run(layer, inputs, shapes.get(layer.inputs[0]!)!, weights));
    shapes.set(layer.id, layer.output);
  }
  return pictures.get(path.output)!;
}

/** An element of a weight by its index in the full shape. */
const reader = (weights: Tensors, name: string) => {
  const { shape, data } = weights.get(name)!;
  return (...index: number[]): number =>
    data[index.reduce((flat, position, axis) => flat * shape[axis]! + position, 0)]!;
};

/** A tap of a depthwise kernel, derived from a larger one where the layer says so. */
function kernelOf(layer: Depthwise, weights: Tensors): (i: number, j: number, channel: number) => number {
  const stored = reader(weights, layer.weight);
  let tap = (i: number, j: number, channel: number): number => stored(i, j, channel, 0);
  let side = layer.derived?.side ?? 0;
  for (const step of layer.derived?.steps ?? []) {
    const matrix = reader(weights, step.weight);
    const [before, border, taps] = [tap, (side - step.side) / 2, step.side ** 2];
    side = step.side;
    tap = (i, j, channel) => {
      let sum = 0;
      for (let k = 0; k < taps; k++) {
        const [y, x] = [Math.floor(k / step.side), k % step.side];
        sum += before(border + y, border + x, channel) * matrix(k, i * step.side + j);
      }
      return sum;
    };
  }
  return tap;
}

function run(layer: Layer, inputs: readonly Picture[], from: Shape, weights: Tensors): Picture {
  const x = inputs[0]!;
  const { h, w, c } = layer.output;
  const fill = (value: (y: number, x: number, c: number) => number): Picture =>
    Float64Array.from({ length: h * w * c }, (_, i) =>
      value(Math.floor(i / (w * c)), Math.floor(i / c) % w, i % c),
    );
  const at = (y: number, column: number, channel: number): number =>
    x[(y * from.w + column) * from.c + channel]!;
  switch (layer.op) {
    case 'conv': {
      const weight = reader(weights, layer.weight);
      const bias = layer.bias === undefined ? () => 0 : reader(weights, layer.bias);
      const depth = from.c / layer.groups;
      return fill((row, column, out) => {
        const first = Math.floor(out / (c / layer.groups)) * depth;
        let sum = bias(out);
        for (const { y, x, i, j } of windowOf(from, layer.output, layer, row, column)) {
          for (let k = 0; k < depth; k++) sum += at(y, x, first + k) * weight(i, j, k, out);
        }
        return sum;
      });
    }
    case 'depthwise': {
      const weight = kernelOf(layer, weights);
      return fill((row, column, channel) => {
        let sum = 0;
        for (const { y, x, i, j } of windowOf(from, layer.output, layer, row, column)) {
          sum += at(y, x, channel) * weight(i, j, channel);
        }
        return sum;
      });
    }
    case 'batch-norm': {
      const [gamma, beta, mean, variance] = [layer.gamma, layer.beta, ...(movingNames(layer) ?? [])].map(
        (name) => reader(weights, name),
      );
      return fill(
        (row, column, k) =>
          ((at(row, column, k) - mean!(k)) / Math.sqrt(variance!(k) + layer.epsilon)) * gamma!(k) + beta!(k),
      );
    }
    case 'activation':
      return x.map(activations[layer.fn]);
    case 'squeeze-excite': {
      const means = meansOf(x, from);
      const affine = (weight: string, bias: string, units: number, inputs: Picture) => {
        const [read, offset] = [reader(weights, weight), reader(weights, bias)];
        return Float64Array.from({ length: units }, (_, u) =>
          inputs.reduce((sum, value, k) => sum + value * read(k, u), offset(u)),
        );
      };
      const reduced = affine(layer.reduceWeight, layer.reduceBias, layer.squeeze, means).map(
        activations.relu,
      );
      const gate = affine(layer.expandWeight, layer.expandBias, c, reduced).map(activations[layer.gate]);
      return fill((row, column, k) => at(row, column, k) * gate[k]!);
    }
    case 'add':
      return x.map((value, i) => value + inputs[1]![i]!);
    case 'mix':
      return x.map((_, i) =>
        layer.coefficients.reduce((sum, coefficient, k) => sum + coefficient * inputs[k]![i]!, 0),
      );
    case 'pool':
      return fill((row, column, k) => {
        const values = windowOf(from, layer.output, layer, row, column).map(({ y, x }) => at(y, x, k));
        return layer.fn === 'max'
          ? Math.max(...values)
          : values.reduce((sum, value) => sum + value, 0) / values.length;
      });
    case 'global-pool':
      return meansOf(x, from);
    case 'dense': {
      const weight = reader(weights, layer.weight);
      const bias = layer.bias === undefined ? () => 0 : reader(weights, layer.bias);
      return Float64Array.from({ length: c }, (_, u) =>
        x.reduce((sum, value, k) => sum + value * weight(k, u), bias(u)),
      );
    }
    case 'dropout':
    case 'drop-path':
    case 'identity':
      return x;
    case 'concat':
      return fill((row, column, k) => {
        let [input, first] = [0, 0];
        const width = (i: number) => inputs[i]!.length / (h * w);
        while (k >= first + width(input)) first += width(input++);
        return inputs[input]![(row * w + column) * width(input) + k - first]!;
      });
    case 'slice':
      return fill((row, column, k) => at(row, column, layer.first + k));
    case 'zero':
      return fill(() => 0);
    case 'subsample':
      return fill((row, column, k) => {
        const [y, z] = [row * layer.stride + layer.offset, column * layer.stride + layer.offset];
        return y < from.h && z < from.w ? at(y, z, k) : 0;
      });
    case 'scale': {
      const weight = reader(weights, layer.weight);
      return fill((row, column, k) => at(row, column, k) * weight(k));
    }
    default:
      return never(layer);
  }
}

/** Positions (y, x) of the input that lie under a window, with their place (i, j) in it. */
function windowOf(
  from: Shape,
  to: Shape,
  { kernel, stride, dilation = 1, padding }: Windows,
  row: number,
  column: number,
): { y: number; x: number; i: number; j: number }[] {
  const { h: tall, w: wide } = typeof kernel === 'number' ? { h: kernel, w: kernel } : kernel;
  const before = (side: number, output: number, taps: number): number =>
    padding === 'valid'
      ? 0
      : Math.floor(Math.max(0, (output - 1) * stride + (taps - 1) * dilation + 1 - side) / 2);
  const [top, left] = [before(from.h, to.h, tall), before(from.w, to.w, wide)];
  const positions = [];
  for (let i = 0; i < tall; i++) {
    for (let j = 0; j < wide; j++) {
      const [y, x] = [row * stride + i * dilation - top, column * stride + j * dilation - left];
      if (y >= 0 && y < from.h && x >= 0 && x < from.w) positions.push({ y, x, i, j });
    }
  }
  return positions;
}

const meansOf = (x: Picture, { h, w, c }: Shape): Picture =>
  Float64Array.from({ length: c }, (_, k) => {
    let sum = 0;
    for (let p = 0; p < h * w; p++) sum += x[p * c + k]!;
    return sum / (h * w);
  });
