import { never } from '../base/result.ts';
import type { ActivationName, Layer, Shape, SqueezeExcite, Subsample, Tensors } from '../net/network.ts';
import { normAffine, scaleAffine } from './fold.ts';
import type { GraphBuilder } from './graph.ts';
import {
  type Affine,
  convFilters,
  denseFilters,
  depthwiseFilters,
  type Filters,
  tensorOf,
  vectorOf,
  windowAttributes,
} from './kernels.ts';

/** A tensor of the graph: its name, and whether it is [batch, c] rather than [batch, c, h, w]. */
export interface Value {
  readonly name: string;
  readonly shape: Shape;
  readonly flat?: true;
}

/** What the nodes of a layer are made with. */
export interface Making {
  readonly graph: GraphBuilder;
  readonly weights: Tensors;
  /** Name of the graph's input, which knows how many images there are. */
  readonly images: string;
}

/** Adds the nodes of a layer in its inference form, `affine` folded into it; gives the name and form of its result. */
export function addLayer(making: Making, layer: Layer, inputs: readonly Value[], affine?: Affine): Value {
  const { graph, weights } = making;
  const shape = layer.output;
  const as = (name: string): Value => ({ name, shape });
  const x = inputs[0]!;
  switch (layer.op) {
    case 'conv': {
      const { groups } = layer;
      const filters = convFilters(layer, x.shape, weights, affine);
      const attributes = {
        ...windowAttributes(layer, x.shape, shape),
        ...(groups === 1 ? {} : { group: groups }),
      };
      return as(convolve(graph, layer.id, spatial(graph, x), filters, attributes));
    }
    case 'depthwise': {
      const filters = depthwiseFilters(layer, weights, affine);
      const attributes = { ...windowAttributes(layer, x.shape, shape), group: shape.c };
      return as(convolve(graph, layer.id, spatial(graph, x), filters, attributes));
    }
    case 'dense': {
      const { dims, data, bias } = denseFilters(layer, x.shape, weights, affine);
      const names = [graph.floats(`${layer.id}:kernel`, dims, data), ...biasName(graph, layer.id, bias)];
      const product = graph.node('Gemm', [flat(graph, x), ...names], { transB: 1 });
      return { name: product, shape, flat: true };
    }
    case 'batch-norm': {
      const moving = normAffine(layer, weights);
      if (moving !== undefined) return as(channelwise(graph, layer.id, spatial(graph, x), moving));
      return as(normalised(making, layer, spatial(graph, x)));
    }
    case 'scale':
      return as(channelwise(graph, layer.id, spatial(graph, x), scaleAffine(layer, weights)));
    case 'activation':
      return { ...x, name: activate(graph, layer.fn, x.name) };
    case 'squeeze-excite':
      return as(squeezeExcite(making, layer, spatial(graph, x)));
    case 'add':
      return as(
        graph.node(
          'Add',
          inputs.map((each) => spatial(graph, each)),
        ),
      );
    case 'mix': {
      const terms = layer.coefficients.flatMap((coefficient, k) =>
        coefficient === 0 ? [] : [graph.node('Mul', [spatial(graph, inputs[k]!), graph.float(coefficient)])],
      );
      const [first, ...rest] = terms;
      if (first === undefined) return as(zeros(making, shape));
      return as(rest.reduce((sum, term) => graph.node('Add', [sum, term]), first));
    }
    case 'pool': {
      const operator = layer.fn === 'max' ? 'MaxPool' : 'AveragePool';
      return as(graph.node(operator, [spatial(graph, x)], windowAttributes(layer, x.shape, shape)));
    }
    case 'global-pool':
      return as(graph.node('GlobalAveragePool', [spatial(graph, x)]));
    case 'concat':
      return as(
        graph.node(
          'Concat',
          inputs.map((each) => spatial(graph, each)),
          { axis: 1 },
        ),
      );
    case 'slice':
      return as(cut(graph, spatial(graph, x), [layer.first], [layer.first + shape.c], [1], [1]));
    case 'zero':
      return as(zeros(making, shape));
    case 'subsample':
      return as(subsample(graph, layer, x));
    case 'identity':
    case 'dropout':
    case 'drop-path':
      return x;
    default:
      return never(layer);
  }
}

/** [batch, c, h, w] */
const spatial = (graph: GraphBuilder, { name, flat }: Value): string =>
  flat ? graph.node('Unsqueeze', [name, graph.integers([2, 3])]) : name;

/** [batch, c] of a tensor of 1×1 pixels. */
export const flat = (graph: GraphBuilder, { name, flat }: Value): string =>
  flat ? name : graph.node('Flatten', [name], { axis: 1 });

const biasName = (graph: GraphBuilder, id: string, bias: Float32Array | undefined): string[] =>
  bias === undefined ? [] : [graph.floats(`${id}:bias`, [bias.length], bias)];

function convolve(
  graph: GraphBuilder,
  id: string,
  x: string,
  { dims, data, bias }: Filters,
  attributes: Parameters<GraphBuilder['node']>[2],
): string {
  const kernel = graph.floats(`${id}:kernel`, dims, data);
  return graph.node('Conv', [x, kernel, ...biasName(graph, id, bias)], attributes);
}

function channelwise(graph: GraphBuilder, id: string, x: string, { factor, offset }: Affine): string {
  const vector = (what: string, of: Float64Array): string =>
    graph.floats(`${id}:${what}`, [of.length, 1, 1], Float32Array.from(of));
  const scaled = graph.node('Mul', [x, vector('factor', factor)]);
  return offset.every((value) => value === 0)
    ? scaled
    : graph.node('Add', [scaled, vector('offset', offset)]);
}

/** A normalisation without moving statistics: by those of the images at hand. */
function normalised(
  { graph, weights }: Making,
  layer: Extract<Layer, { op: 'batch-norm' }>,
  x: string,
): string {
  const { c } = layer.output;
  const over = { axes: [0, 2, 3], keepdims: 1 };
  const centred = graph.node('Sub', [x, graph.node('ReduceMean', [x], over)]);
  const variance = graph.node('ReduceMean', [graph.node('Mul', [centred, centred])], over);
  const deviation = graph.node('Sqrt', [graph.node('Add', [variance, graph.float(layer.epsilon)])]);
  return channelwise(graph, layer.id, graph.node('Div', [centred, deviation]), {
    factor: Float64Array.from(vectorOf(weights, layer.gamma, c)),
    offset: Float64Array.from(vectorOf(weights, layer.beta, c)),
  });
}

function activate(graph: GraphBuilder, fn: ActivationName, x: string): string {
  switch (fn) {
    case 'relu':
      return graph.node('Relu', [x]);
    case 'relu6':
      return graph.node('Clip', [x, graph.float(0), graph.float(6)]);
    case 'h-swish':
      return graph.node('HardSwish', [x]);
    case 'swish':
      return graph.node('Mul', [x, graph.node('Sigmoid', [x])]);
    case 'sigmoid':
      return graph.node('Sigmoid', [x]);
    case 'hard-sigmoid':
      return graph.node('HardSigmoid', [x], { alpha: { float: 1 / 6 }, beta: { float: 0.5 } });
    case 'tanh':
      return graph.node('Tanh', [x]);
    default:
      return never(fn);
  }
}

function squeezeExcite({ graph, weights }: Making, layer: SqueezeExcite, x: string): string {
  const { squeeze, output, id } = layer;
  const pointwise = (what: string, from: string, weight: string, bias: string, ins: number, outs: number) => {
    const { shape, data } = tensorOf(weights, weight);
    const kernel = { op: 'conv', kernel: 1, stride: 1, groups: 1, weight, bias } as const;
    const conv = { ...kernel, id: `${id}/${what}`, inputs: [], output: { h: 1, w: 1, c: outs } };
    const spread = new Map([
      [weight, { shape: [1, 1, ...shape], data }],
      [bias, tensorOf(weights, bias)],
    ]);
    const filters = convFilters(conv, { h: 1, w: 1, c: ins }, spread);
    return convolve(graph, conv.id, from, filters, { kernel_shape: [1, 1] });
  };
  const mean = graph.node('GlobalAveragePool', [x]);
  const { reduceWeight, reduceBias, expandWeight, expandBias } = layer;
  const reduced = graph.node('Relu', [
    pointwise('reduce', mean, reduceWeight, reduceBias, output.c, squeeze),
  ]);
  const expanded = pointwise('expand', reduced, expandWeight, expandBias, squeeze, output.c);
  return graph.node('Mul', [x, activate(graph, layer.gate, expanded)]);
}

const cut = (
  graph: GraphBuilder,
  x: string,
  starts: readonly number[],
  ends: readonly number[],
  axes: readonly number[],
  steps: readonly number[],
): string => graph.node('Slice', [x, ...[starts, ends, axes, steps].map((each) => graph.integers(each))]);

/** Rows and columns from `offset` on; zeros below and to the right where those lie outside. */
function subsample(graph: GraphBuilder, { stride, offset, output }: Subsample, x: Value): string {
  const end = (side: number): number => offset + (side - 1) * stride + 1;
  const lacking = [end(output.h) - x.shape.h, end(output.w) - x.shape.w].map((more) => Math.max(0, more));
  const padded = lacking.every((more) => more === 0)
    ? spatial(graph, x)
    : graph.node('Pad', [spatial(graph, x), graph.integers([0, 0, 0, 0, 0, 0, ...lacking])]);
  return cut(graph, padded, [offset, offset], [end(output.h), end(output.w)], [2, 3], [stride, stride]);
}

/** [batch, c, h, w], as many as there are images. */
function zeros({ graph, images }: Making, { h, w, c }: Shape): string {
  const batch = graph.node('Shape', [images], { start: 0, end: 1 });
  return graph.node('ConstantOfShape', [
    graph.node('Concat', [batch, graph.integers([c, h, w])], { axis: 0 }),
  ]);
}
