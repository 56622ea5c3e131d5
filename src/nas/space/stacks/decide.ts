import { squeezeUnits } from '../../../net/blocks.ts';
import type { ActivationName, Shape } from '../../../net/network.ts';
import { makeDivisible, stridedShape } from '../../../net/shape.ts';
import type { SpaceStack, StacksSpace } from '../../../schema/generated/artifacts/search-space.ts';
import type { Encoding } from '../choice.ts';
import type { Attribute, StackLayer } from './layout.ts';
import { ATTRIBUTES, optionsOf, stacksLayout } from './layout.ts';

/** What a layer is, of all that it may be. */
export interface LayerDecision {
  readonly op: 'mbconv' | 'separable' | 'conv' | 'universal' | 'identity';
  readonly start: number;
  readonly kernel: number;
  readonly expansion: number;
  readonly squeezeExcite: boolean;
  readonly skip: 'none' | 'identity' | 'pool';
  /** The options that say so, by position in the encoding. */
  readonly picks: readonly (readonly [position: number, option: number])[];
}

/** A layer in its place, with all sizes. */
export interface LayerSpec {
  readonly id: string;
  /** `project`: the 1x1 convolution of a layer that is left out, but changes shape. */
  readonly op: Exclude<LayerDecision['op'], 'identity'> | 'project';
  readonly input: Shape;
  readonly output: Shape;
  readonly start: number;
  readonly kernel: number;
  readonly stride: number;
  readonly expanded: number;
  /** Units of squeeze-and-excitation; 0: none. */
  readonly squeeze: number;
  /** What is added; always something that fits. */
  readonly skip: 'none' | 'identity' | 'pool';
  readonly activation: ActivationName;
}

/** An architecture of a space of stacks with all its sizes. */
export interface StacksNetwork {
  readonly input: Shape;
  readonly stem: { readonly filters: number; readonly kernel: number };
  readonly layers: readonly LayerSpec[];
  /** Every layer's place, and those of layers that are left out without a trace, with the shape that is there then. */
  readonly places: readonly { readonly id: string; readonly shape: Shape; readonly spec?: LayerSpec }[];
  readonly head: { readonly input: Shape; readonly filters: number; readonly hidden: number };
}

const FIELDS: {
  readonly [attribute in Attribute]: 'start' | 'kernel' | 'expansion' | 'squeezeExcite' | 'skip';
} = {
  start: 'start',
  kernel: 'kernel',
  expansion: 'expansion',
  'squeeze-excite': 'squeezeExcite',
  skip: 'skip',
};

/** Everything that a layer may be, candidates slowest. */
export const layerDecisions = (layer: StackLayer): LayerDecision[] =>
  layer.candidates.flatMap(({ op }, candidate) => {
    let partial: { fields: object; picks: [number, number][] }[] = [
      { fields: { op }, picks: layer.op === undefined ? [] : [[layer.op, candidate]] },
    ];
    for (const attribute of ATTRIBUTES) {
      const position = layer.attributes[candidate]![attribute];
      partial = partial.flatMap(({ fields, picks }) =>
        optionsOf(layer.candidates[candidate]!, attribute).map((value, option) => ({
          fields: { ...fields, [FIELDS[attribute]]: value },
          picks: position === undefined ? picks : [...picks, [position, option] as [number, number]],
        })),
      );
    }
    return partial.map(({ fields, picks }) => ({ ...fields, picks }) as unknown as LayerDecision);
  });

/** What an encoding makes of a layer. */
export function decideLayer(layer: StackLayer, encoding: Encoding): LayerDecision {
  const candidate = layer.op === undefined ? 0 : encoding[layer.op]!;
  const fields: { [field: string]: unknown } = { op: layer.candidates[candidate]!.op };
  const picks: [number, number][] = layer.op === undefined ? [] : [[layer.op, candidate]];
  for (const attribute of ATTRIBUTES) {
    const position = layer.attributes[candidate]![attribute];
    const option = position === undefined ? 0 : encoding[position]!;
    fields[FIELDS[attribute]] = optionsOf(layer.candidates[candidate]!, attribute)[option];
    if (position !== undefined) picks.push([position, option]);
  }
  return { ...fields, picks } as unknown as LayerDecision;
}

/** What a skip adds where the layer is: nothing where shapes do not allow it. */
export const effectiveSkip = (
  skip: LayerDecision['skip'],
  stride: number,
  channels: number,
  output: number,
): LayerDecision['skip'] => (channels !== output || (skip === 'identity' && stride !== 1) ? 'none' : skip);

/** Expanded channels by the space's rule. */
export const expandedChannels = (
  rounding: StacksSpace['rounding'],
  channels: number,
  ratio: number,
): number =>
  rounding === 'divisible'
    ? makeDivisible(channels * ratio)
    : Math.max(8, Math.floor((channels * ratio) / 8 + 0.5) * 8);

/** A layer with all sizes; nothing where it is left out without a trace. */
export function layerSpec(
  space: StacksSpace,
  stack: SpaceStack,
  id: string,
  index: number,
  input: Shape,
  filters: number,
  decision: LayerDecision,
): LayerSpec | undefined {
  const stride = index === 0 ? stack.stride : 1;
  const output = stridedShape(input, stride, filters);
  const { op, start, kernel, expansion, squeezeExcite, skip } = decision;
  const place = { id, input, output, stride };
  if (op === 'identity') {
    if (stride === 1 && filters === input.c) return undefined;
    const none: Omit<LayerSpec, 'id' | 'op' | 'input' | 'output' | 'stride'> = {
      start: 0,
      kernel: 1,
      expanded: input.c,
      squeeze: 0,
      skip: 'none',
      activation: stack.activation,
    };
    return { ...place, op: 'project', ...none };
  }
  const expands = op === 'mbconv' || op === 'universal';
  const expanded = expands ? expandedChannels(space.rounding, input.c, expansion) : input.c;
  const squeezed = space.squeeze === 'input' ? input.c : op === 'conv' ? filters : expanded;
  return {
    ...place,
    op,
    start,
    kernel,
    expanded,
    squeeze: squeezeExcite ? squeezeUnits(space.squeeze, squeezed) : 0,
    skip: effectiveSkip(skip, stride, input.c, filters),
    activation: stack.activation,
  };
}

/** All sizes of an architecture. */
export function specify(space: StacksSpace, encoding: Encoding): StacksNetwork {
  const layout = stacksLayout(space);
  const pick = <T>(options: readonly T[], position: number | undefined): T =>
    options[position === undefined ? 0 : encoding[position]!]!;
  const side = space.sides.length === 0 ? undefined : pick(space.sides, layout.resolution);
  const input = side === undefined ? space.input : { h: side, w: side, c: space.input.c };
  const stem = {
    filters: pick(space.stem.filters, layout.stemFilters),
    kernel: pick(space.stem.kernel, layout.stemKernel),
  };
  let shape = stridedShape(input, space.stem.stride, stem.filters);
  const places: { id: string; shape: Shape; spec?: LayerSpec }[] = [];
  for (const { stack, filters, depth, layers: all } of layout.stacks) {
    const output = stack.filters.length === 0 ? shape.c : pick(stack.filters, filters);
    for (const [index, layer] of all.slice(0, pick(stack.depth, depth)).entries()) {
      const id = stack.same && all.length > 1 ? `${stack.id}l${index}` : layer.id;
      const spec = layerSpec(space, stack, id, index, shape, output, decideLayer(layer, encoding));
      if (spec !== undefined) shape = spec.output;
      places.push({ id, shape, ...(spec && { spec }) });
    }
  }
  const head = {
    input: shape,
    filters: pick(space.head.filters, layout.headFilters),
    hidden: pick(space.head.hidden, layout.hidden),
  };
  return { input, stem, layers: places.flatMap(({ spec }) => spec ?? []), places, head };
}

/** Canonical name of a layer's shape: equal layers have equal keys. */
export const layerKey = ({ id: _, input, output, ...spec }: LayerSpec): string =>
  [
    spec.op,
    `${input.h}x${input.w}x${input.c}`,
    ...(spec.start === 0 ? [] : [`d${spec.start}`]),
    ...(spec.op === 'mbconv' || spec.op === 'universal' ? [`e${spec.expanded}`] : []),
    `k${spec.kernel}`,
    `s${spec.stride}`,
    `o${output.c}`,
    ...(spec.squeeze === 0 ? [] : [`se${spec.squeeze}`]),
    spec.activation,
    ...(spec.skip === 'none' ? [] : [spec.skip === 'identity' ? 'residual' : 'pooled']),
  ].join(' ');
