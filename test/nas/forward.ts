import { createRng } from '../../src/base/index.ts';
import type {
  ActivationName,
  Layer,
  Network,
  Shape,
  Tensor,
  Tensors,
  WeightSpec,
} from '../../src/net/index.ts';
import { INPUT } from '../../src/net/index.ts';

/** Random values for every weight: positive moving variances, everything else small. */
export function randomWeights(specs: readonly WeightSpec[], seed: number): Tensors {
  const rng = createRng(seed);
  return new Map(
    specs.map(({ name, shape }) => {
      const own = rng.fork(name);
      const size = shape.reduce((product, side) => product * side, 1);
      const value = name.endsWith('variance') ? () => 0.5 + own.uniform() : () => 0.4 * own.normal();
      return [name, { shape, data: Float32Array.from({ length: size }, value) }];
    }),
  );
}

/** A network's output for one image, evaluation mode, by the definitions in `network.ts`; slow and plain. */
export function forward(network: Network, weights: Tensors, image: Float64Array): Float64Array {
  const tensors = new Map<string, { shape: Shape; data: Float64Array }>([
    [INPUT, { shape: network.input, data: image }],
  ]);
  for (const layer of network.layers) {
    const inputs = layer.inputs.map((id) => tensors.get(id)!);
    tensors.set(layer.id, { shape: layer.output, data: compute(layer, inputs, weights) });
  }
  return tensors.get(network.output)!.data;
}

const ACTIVATIONS: { readonly [fn in ActivationName]: (x: number) => number } = {
  relu: (x) => Math.max(0, x),
  relu6: (x) => Math.min(6, Math.max(0, x)),
  'h-swish': (x) => (x * Math.min(6, Math.max(0, x + 3))) / 6,
  swish: (x) => x / (1 + Math.exp(-x)),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  'hard-sigmoid': (x) => Math.min(6, Math.max(0, x + 3)) / 6,
  tanh: Math.tanh,
};

/** Element [a, b, c, d] of a tensor that may be larger than what is used. */
function at({ shape, data }: Tensor, ...index: number[]): number {
  return data[index.reduce((offset, i, axis) => offset * shape[axis]! + i, 0)]!;
}

function compute(
  layer: Layer,
  inputs: readonly { shape: Shape; data: Float64Array }[],
  weights: Tensors,
): Float64Array {
  const { h, w, c } = layer.output;
  const [x] = inputs;
  const from = x!.shape;
  const out = new Float64Array(h * w * c);
  const weight = (name: string): Tensor => weights.get(name)!;
  const each = (value: (index: number, channel: number) => number): Float64Array => {
    for (let i = 0; i < out.length; i++) out[i] = value(i, i % c);
    return out;
  };
  switch (layer.op) {
    case 'conv':
    case 'depthwise': {
      const { stride } = layer;
      const kernel = layer.kernel as number;
      const kernels = weight(layer.weight);
      const before = (side: number, result: number): number =>
        Math.floor(Math.max(0, (result - 1) * stride + kernel - side) / 2);
      const [top, left] = [before(from.h, h), before(from.w, w)];
      for (let row = 0; row < h; row++)
        for (let column = 0; column < w; column++)
          for (let channel = 0; channel < c; channel++) {
            let sum = 0;
            for (let ky = 0; ky < kernel; ky++)
              for (let kx = 0; kx < kernel; kx++) {
                const [y, z] = [row * stride + ky - top, column * stride + kx - left];
                if (y < 0 || z < 0 || y >= from.h || z >= from.w) continue;
                const pixel = (y * from.w + z) * from.c;
                if (layer.op === 'depthwise') {
                  sum += x!.data[pixel + channel]! * at(kernels, ky, kx, channel, 0);
                  continue;
                }
                for (let k = 0; k < from.c; k++) sum += x!.data[pixel + k]! * at(kernels, ky, kx, k, channel);
              }
            out[(row * w + column) * c + channel] = sum;
          }
      return out;
    }
    case 'batch-norm':
      return each((i, k) => {
        const deviation = Math.sqrt(at(weight(layer.movingVariance!), k) + layer.epsilon);
        const normal = (x!.data[i]! - at(weight(layer.movingMean!), k)) / deviation;
        return normal * at(weight(layer.gamma), k) + at(weight(layer.beta), k);
      });
    case 'activation':
      return each((i) => ACTIVATIONS[layer.fn](x!.data[i]!));
    case 'squeeze-excite': {
      const mean = means(x!.data, c);
      const squeezed = Array.from({ length: layer.squeeze }, (_, s) =>
        Math.max(
          0,
          mean.reduce(
            (sum, value, k) => sum + value * at(weight(layer.reduceWeight), k, s),
            at(weight(layer.reduceBias), s),
          ),
        ),
      );
      const gate = Array.from({ length: c }, (_, k) =>
        ACTIVATIONS[layer.gate](
          squeezed.reduce(
            (sum, value, s) => sum + value * at(weight(layer.expandWeight), s, k),
            at(weight(layer.expandBias), k),
          ),
        ),
      );
      return each((i, k) => x!.data[i]! * gate[k]!);
    }
    case 'add':
      return each((i) => x!.data[i]! + inputs[1]!.data[i]!);
    case 'mix':
      return each((i) => inputs.reduce((sum, { data }, k) => sum + layer.coefficients[k]! * data[i]!, 0));
    case 'global-pool':
      return Float64Array.from(means(x!.data, c));
    case 'dense':
      return each((i) =>
        x!.data.reduce(
          (sum, value, k) => sum + value * at(weight(layer.weight), k, i),
          layer.bias === undefined ? 0 : at(weight(layer.bias), i),
        ),
      );
    case 'dropout':
      return x!.data;
    default:
      throw new Error(`internal error: expected no ${layer.op} in these networks, got one`);
  }
}

function means(data: Float64Array, c: number): number[] {
  const pixels = data.length / c;
  return Array.from({ length: c }, (_, k) => {
    let sum = 0;
    for (let i = k; i < data.length; i += c) sum += data[i]!;
    return sum / pixels;
  });
}
