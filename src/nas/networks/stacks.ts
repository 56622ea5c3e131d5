import { convBnAct, head } from '../../net/blocks.ts';
import type { Handle } from '../../net/builder.ts';
import { NetworkBuilder } from '../../net/builder.ts';
import type { Network, Shape, WeightSpec } from '../../net/network.ts';
import { shapeText, stridedShape } from '../../net/shape.ts';
import { universalBottleneck } from '../../net/uib.ts';
import type { StacksSpace } from '../../schema/generated/artifacts/search-space.ts';
import type { Encoding } from '../space/choice.ts';
import type { LayerSpec, StacksNetwork } from '../space/stacks/decide.ts';
import { layerKey, specify } from '../space/stacks/decide.ts';
import { stackWays, surroundings } from '../space/stacks/walk.ts';
import type { Item } from './item.ts';
import { distinctItems } from './item.ts';

/** Weights that the networks of a space share. */
export interface SharedStacks {
  readonly weights: ReadonlyMap<string, WeightSpec>;
  /** By place, where kernels are derived: the sides of all that may stand there, the largest first. */
  readonly kernels: ReadonlyMap<string, readonly number[]>;
}

/** The network of one architecture of a space of stacks: alone, or as a path over a supernet's weights. */
export function stacksNetwork(space: StacksSpace, encoding: Encoding, shared?: SharedStacks): Network {
  const specified = specify(space, encoding);
  const builder = new NetworkBuilder(specified.input, shared?.weights);
  let x = addStem(builder, space, specified.stem);
  for (const spec of specified.layers) {
    x = addLayer(builder, space, x, spec, spec.id, shared?.kernels.get(spec.id));
  }
  return builder.finish(addHead(builder, space, x, specified.head));
}

/** The pieces of one architecture, in order. */
export function stacksItems(space: StacksSpace, encoding: Encoding): Item[] {
  const { input, stem, layers, head: last } = specify(space, encoding);
  return [
    stemItemOf(space, input, stem),
    ...layers.map((spec) => layerItemOf(space, spec)),
    headItemOf(space, last),
  ];
}

/** Every distinct layer shape of a space of stacks: sorted by key. */
export const everyItem = (space: StacksSpace): Item[] =>
  distinctItems(everyPlace(space).map(({ item }) => item));

/** Every layer shape in every place where it can be, by the id of the place. */
export function everyPlace(space: StacksSpace): { readonly place: string; readonly item: Item }[] {
  const found = new Map<string, { readonly place: string; readonly item: Item }>();
  const add = (place: string, item: Item): void => void found.set(`${place} ${item.key}`, { place, item });
  const { images, stems, heads, stacks } = surroundings(space);
  for (const { of: input } of images) {
    let shapes = new Map<string, Shape>();
    for (const { of: stem } of stems) {
      add('stem', stemItemOf(space, input, stem));
      const shape = stridedShape(input, space.stem.stride, stem.filters);
      shapes.set(shapeText(shape), shape);
    }
    for (const layout of stacks) {
      const next: typeof shapes = new Map();
      for (const shape of shapes.values()) {
        for (const { output, parts } of stackWays(space, layout, shape)) {
          next.set(shapeText(output), output);
          for (const { of: specs } of parts.flat()) {
            for (const spec of specs) add(spec.id, layerItemOf(space, spec));
          }
        }
      }
      shapes = next;
    }
    for (const shape of shapes.values()) {
      for (const { of: head } of heads(shape)) add('head', headItemOf(space, head));
    }
  }
  return [...found.values()];
}

/** The first convolution alone. */
export const stemItemOf = (
  space: StacksSpace,
  input: StacksNetwork['input'],
  stem: StacksNetwork['stem'],
): Item => ({
  key: `stem ${shapeText(input)} k${stem.kernel} s${space.stem.stride} o${stem.filters} ${space.stem.activation}`,
  get network() {
    const builder = new NetworkBuilder(input);
    return builder.finish(addStem(builder, space, stem));
  },
});

/** One layer alone. */
export const layerItemOf = (space: StacksSpace, spec: LayerSpec): Item => ({
  key: layerKey(spec),
  place: spec.id,
  get network() {
    const builder = new NetworkBuilder(spec.input);
    return builder.finish(addLayer(builder, space, builder.input, spec));
  },
});

/** Everything after the last stack alone. */
export const headItemOf = (space: StacksSpace, last: StacksNetwork['head']): Item => ({
  key: `head ${shapeText(last.input)} f${last.filters} h${last.hidden} ${space.head.hiddenForm} o${space.classes} ${space.head.activation}`,
  get network() {
    const builder = new NetworkBuilder(last.input);
    return builder.finish(addHead(builder, space, builder.input, last));
  },
});

/** Layers `stem.*`, or those of `id`. Kernels of different sizes have weights of their own where there are several. */
export function addStem(
  builder: NetworkBuilder,
  space: StacksSpace,
  stem: StacksNetwork['stem'],
  id = 'stem',
): Handle {
  const { stride, activation, kernel } = space.stem;
  return convBnAct(builder, id, builder.input, {
    ...stem,
    stride,
    activation,
    batchNorm: space.batchNorm,
    name: kernel.length === 1 ? 'stem' : `stem.k${stem.kernel}`,
  });
}

/**
 * Layers `<id>.*` of weights `<name>.*`, by default of the same name. Kernels of different sizes have weights of their
 * own unless `sides` lists all of the place, the largest first: then they are derived from that; of every other weight
 * the layers of one place use a prefix.
 */
export function addLayer(
  builder: NetworkBuilder,
  space: StacksSpace,
  from: Handle,
  spec: LayerSpec,
  name = spec.id,
  sides: readonly number[] = [],
): Handle {
  const { id, op, start, kernel, stride, expanded, activation } = spec;
  const { batchNorm } = space;
  const filters = spec.output.c;
  if (op === 'project') return convBnAct(builder, id, from, { filters, kernel: 1, stride, batchNorm, name });
  if (op === 'universal') {
    const options = { start, middle: kernel, stride, expanded, output: filters, activation, batchNorm, name };
    return universalBottleneck(builder, id, from, options);
  }
  const squeezed = (x: Handle): Handle =>
    spec.squeeze === 0
      ? x
      : builder.squeezeExcite(`${id}.se`, x, {
          squeeze: spec.squeeze,
          gate: space.gate,
          name: `${name}.se`,
        });
  const pointwise = (
    what: 'expand' | 'project',
    x: Handle,
    options: { filters: number; activates: boolean },
  ) =>
    convBnAct(builder, `${id}.${what}`, x, {
      filters: options.filters,
      kernel: 1,
      batchNorm,
      name: `${name}.${what}`,
      ...(options.activates ? { activation } : {}),
    });
  let x = from;
  if (op === 'conv') {
    const own = `${name}.k${kernel}`;
    x = squeezed(convBnAct(builder, id, x, { filters, kernel, stride, activation, batchNorm, name: own }));
  } else {
    if (expanded !== from.shape.c) x = pointwise('expand', x, { filters: expanded, activates: true });
    const own = `${name}.depthwise`;
    const through = sides.filter((side) => side >= kernel);
    const weight = `${own}.k${through[0] ?? kernel}`;
    x = builder.depthwise(`${id}.depthwise.conv`, x, { kernel, stride, name: weight, through });
    x = builder.batchNorm(`${id}.depthwise.bn`, x, { ...batchNorm, name: `${own}.bn` });
    x = squeezed(builder.activation(`${id}.depthwise.act`, x, activation));
    x = pointwise('project', x, { filters, activates: false });
  }
  if (spec.skip === 'none') return x;
  const added =
    spec.skip === 'identity' ? from : builder.pool(`${id}.pool`, from, { fn: 'average', kernel: 3, stride });
  return builder.add(`${id}.add`, added, x);
}

/** Everything after the last stack; `prefix` is in front of the ids of its layers, not of the names of its weights. */
export function addHead(
  builder: NetworkBuilder,
  space: StacksSpace,
  from: Handle,
  last: StacksNetwork['head'],
  prefix = '',
): Handle {
  const { hiddenForm, activation, dropout } = space.head;
  const { classes, batchNorm } = space;
  const { filters, hidden } = last;
  const options = { filters, hidden, hiddenForm, activation, dropout, classes, batchNorm, prefix };
  return head(builder, from, options);
}
