import { neededWeights } from '../../net/check.ts';
import type { Layer, Network, Shape, WeightSpec } from '../../net/network.ts';
import { INPUT } from '../../net/network.ts';
import { reachedLayers } from '../../net/reach.ts';
import { kernelText, shapeText } from '../../net/shape.ts';
import type { Item } from './item.ts';

/**
 * Cuts a network into pieces that can be timed alone, one for each group of layers, in order. A piece reads one tensor
 * in place of all that it reads from outside, which must have one shape. What decides no result is in none.
 *
 * @param group of a layer, by its id: equal for the layers of a piece, which follow each other; absent: of one that is in none
 */
export function cut(network: Network, group: (id: string) => string | undefined): Item[] {
  const layers = reachedLayers(network);
  const shapes = new Map<string, Shape>([[INPUT, network.input]]);
  for (const { id, output } of network.layers) shapes.set(id, output);
  const specs = new Map(network.weights.map((spec) => [spec.name, spec]));
  const groups = new Map<string, Layer[]>();
  for (const layer of layers) {
    const name = group(layer.id);
    if (name !== undefined) groups.set(name, [...(groups.get(name) ?? []), layer]);
  }
  return [...groups].map(([place, own]) => pieceOf(place, own, shapes, specs));
}

function pieceOf(
  place: string,
  layers: readonly Layer[],
  shapes: ReadonlyMap<string, Shape>,
  specs: ReadonlyMap<string, WeightSpec>,
): Item {
  const inside = new Map(layers.map(({ id }, at) => [id, at]));
  const outside = layers.flatMap(({ inputs }) => inputs.filter((id) => !inside.has(id)));
  const [input, ...others] = [...new Set(outside.map((id) => shapeText(shapes.get(id)!)))];
  const last = layers.at(-1)!;
  if (input === undefined || others.length > 0) {
    throw new Error(`internal error: expected one shape before ${last.id}, got ${[input, ...others]}`);
  }
  const from = (id: string): string => (inside.has(id) ? `${inside.get(id)! + 1}` : '0');
  const text = layers.map(
    (layer, at) =>
      `${wordOf(layer)}${layer.inputs.length === 1 && from(layer.inputs[0]!) === `${at}` ? '' : ` of ${layer.inputs.map(from).join('+')}`}`,
  );
  return {
    key: `${input}: ${text.join(', ')}`,
    place,
    get network() {
      const names = new Set(
        layers.flatMap((layer) => neededWeights(layer, shapes.get(layer.inputs[0]!)).map(([name]) => name)),
      );
      return {
        input: shapes.get(outside[0]!)!,
        layers: layers.map((layer) => ({
          ...layer,
          inputs: layer.inputs.map((id) => (inside.has(id) ? id : INPUT)),
        })),
        output: last.id,
        weights: [...names].map((name) => specs.get(name)!),
      };
    },
  };
}

/** What a layer computes, with all that its time depends on. */
function wordOf(layer: Layer): string {
  const { c } = layer.output;
  switch (layer.op) {
    case 'conv':
      return `conv ${kernelText(layer.kernel)} s${layer.stride} o${c}`;
    case 'depthwise':
      return `depthwise ${kernelText(layer.kernel)} s${layer.stride}${layer.dilation === undefined ? '' : ` d${layer.dilation}`}`;
    case 'pool':
      return `${layer.fn} ${kernelText(layer.kernel)} s${layer.stride}`;
    case 'activation':
      return layer.fn;
    case 'dense':
      return `dense o${c}`;
    case 'subsample':
      return `subsample s${layer.stride} from ${layer.offset}`;
    case 'batch-norm':
    case 'add':
    case 'concat':
    case 'global-pool':
    case 'dropout':
      return layer.op;
    default:
      throw new Error(`internal error: expected no ${layer.op} in a piece, got ${layer.id}`);
  }
}
