import { INPUT, type Layer, type Network, type Tensors } from '../net/network.ts';
import { reachedLayers } from '../net/reach.ts';
import { foldedInto } from './fold.ts';
import { GraphBuilder } from './graph.ts';
import { addLayer, flat, type Value } from './layers.ts';
import { modelBytes } from './model.ts';

export interface OnnxOptions {
  /** Name of the graph. */
  readonly name: string;
  /** Images at a time; absent: settled when the graph runs. */
  readonly batch?: number;
  /** The graph takes pixels in 0…1 and first subtracts these means and divides by these deviations, [c] each. */
  readonly standardise?: { readonly mean: readonly number[]; readonly deviation: readonly number[] };
  /** Texts that the file keeps beside the graph. */
  readonly metadata?: { readonly [key: string]: string };
}

/** Name of a graph's input, [batch, channels, height, width], and of its output. */
export const ONNX_INPUT = 'images';
export const ONNX_OUTPUT = 'logits';

/**
 * A network in its inference form as the bytes of an ONNX file (IR 8, opset 17): normalisations and scales folded into
 * the convolutions before them, dropout and drop-path gone. Its output is [batch, classes], or [batch, c, h, w] of a
 * piece of a network that ends in more than 1×1 pixels.
 */
export function exportOnnx(network: Network, weights: Tensors, options: OnnxOptions): Uint8Array {
  const graph = new GraphBuilder();
  const layers = reachedLayers(network);
  const making = { graph, weights, images: ONNX_INPUT };
  const readersOf = new Map<string, Layer[]>();
  for (const layer of layers) {
    for (const id of layer.inputs) readersOf.set(id, [...(readersOf.get(id) ?? []), layer]);
  }
  const readers = ({ id }: Layer): readonly Layer[] => readersOf.get(id) ?? [];

  const values = new Map<string, Value>([
    [INPUT, { name: standardised(graph, options), shape: network.input }],
  ]);
  const folded = new Set<Layer>();
  for (const layer of layers) {
    if (folded.has(layer)) continue;
    const inputs = layer.inputs.map((id) => values.get(id)!);
    if (layer.op !== 'conv' && layer.op !== 'depthwise' && layer.op !== 'dense') {
      values.set(layer.id, addLayer(making, layer, inputs));
      continue;
    }
    const { affine, last, layers: taken } = foldedInto(layer, readers, network.output, weights);
    for (const each of taken) folded.add(each);
    values.set(last.id, addLayer(making, layer, inputs, affine));
  }

  const result = values.get(network.output)!;
  const { h, w, c } = result.shape;
  const single = h === 1 && w === 1;
  graph.node('Identity', [single ? flat(graph, result) : result.name], {}, ONNX_OUTPUT);
  const batch = options.batch ?? 'batch';
  const { input } = network;
  return modelBytes(
    {
      name: options.name,
      input: { name: ONNX_INPUT, dims: [batch, input.c, input.h, input.w] },
      output: { name: ONNX_OUTPUT, dims: [batch, c, ...(single ? [] : [h, w])] },
      constants: graph.constants,
      nodes: graph.nodes,
    },
    options.metadata ?? {},
  );
}

/** The images as the network's first layer takes them. */
function standardised(graph: GraphBuilder, { standardise }: OnnxOptions): string {
  if (standardise === undefined) return ONNX_INPUT;
  const vector = (name: string, of: readonly number[]): string =>
    graph.floats(name, [of.length, 1, 1], Float32Array.from(of));
  const centred = graph.node('Sub', [ONNX_INPUT, vector('mean', standardise.mean)]);
  return graph.node('Div', [centred, vector('deviation', standardise.deviation)]);
}
