import { convBnAct, head } from '../../net/blocks.ts';
import type { Handle } from '../../net/builder.ts';
import { NetworkBuilder } from '../../net/builder.ts';
import type { Network, Shape } from '../../net/network.ts';
import { shapeText, stridedShape } from '../../net/shape.ts';
import { universalBottleneck } from '../../net/uib.ts';
import type { StacksSpace } from '../../schema/generated/artifacts/search-space.ts';
import type { Encoding } from '../space/choice.ts';
import type { LayerSpec, StacksNetwork } from '../space/stacks/decide.ts';
import { layerKey, specify } from '../space/stacks/decide.ts';
import { stackWays, surroundings } from '../space/stacks/walk.ts';
import type { Item } from './item.ts';
import { distinctItems } from './item.ts';

/** The network of one architecture of a space of stacks. */
export function stacksNetwork(space: StacksSpace, encoding: Encoding): Network {
  const specified = specify(space, encoding);
  const builder = new NetworkBuilder(specified.input);
  let x = addStem(builder, space, specified.stem);
  for (const spec of specified.layers) x = addLayer(builder, space, x, spec);
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
export function everyItem(space: StacksSpace): Item[] {
  const items: Item[] = [];
  const { images, stems, heads, stacks } = surroundings(space);
  for (const { of: input } of images) {
    items.push(...stems.map(({ of: stem }) => stemItemOf(space, input, stem)));
    let shapes = new Map<string, Shape>();
    for (const { of: stem } of stems) {
      const shape = stridedShape(input, space.stem.stride, stem.filters);
      shapes.set(shapeText(shape), shape);
    }
    for (const layout of stacks) {
      const next: typeof shapes = new Map();
      for (const shape of shapes.values()) {
        for (const { output, parts } of stackWays(space, layout, shape)) {
          next.set(shapeText(output), output);
          items.push(
            ...parts.flat().flatMap(({ of: specs }) => specs.map((spec) => layerItemOf(space, spec))),
          );
        }
      }
      shapes = next;
    }
    for (const shape of shapes.values()) {
      items.push(...heads(shape).map(({ of: head }) => headItemOf(space, head)));
    }
  }
  return distinctItems(items);
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

function addStem(builder: NetworkBuilder, space: StacksSpace, stem: StacksNetwork['stem']): Handle {
  const { stride, activation } = space.stem;
  return convBnAct(builder, 'stem', builder.input, {
    ...stem,
    stride,
    activation,
    batchNorm: space.batchNorm,
  });
}

/** Layers `<id>.*`. Kernels of different sizes have weights of their own. */
function addLayer(builder: NetworkBuilder, space: StacksSpace, from: Handle, spec: LayerSpec): Handle {
  const { id, op, start, kernel, stride, expanded, activation } = spec;
  const { batchNorm } = space;
  const filters = spec.output.c;
  if (op === 'project') return convBnAct(builder, id, from, { filters, kernel: 1, stride, batchNorm });
  if (op === 'universal') {
    const options = { start, middle: kernel, stride, expanded, output: filters, activation, batchNorm };
    return universalBottleneck(builder, id, from, options);
  }
  const squeezed = (x: Handle): Handle =>
    spec.squeeze === 0
      ? x
      : builder.squeezeExcite(`${id}.se`, x, { squeeze: spec.squeeze, gate: space.gate });
  let x = from;
  if (op === 'conv') {
    const name = `${id}.k${kernel}`;
    x = squeezed(convBnAct(builder, id, x, { filters, kernel, stride, activation, batchNorm, name }));
  } else {
    if (expanded !== from.shape.c) {
      x = convBnAct(builder, `${id}.expand`, x, { filters: expanded, kernel: 1, activation, batchNorm });
    }
    x = builder.depthwise(`${id}.depthwise.conv`, x, { kernel, stride, name: `${id}.depthwise.k${kernel}` });
    x = builder.batchNorm(`${id}.depthwise.bn`, x, batchNorm);
    x = squeezed(builder.activation(`${id}.depthwise.act`, x, activation));
    x = convBnAct(builder, `${id}.project`, x, { filters, kernel: 1, batchNorm });
  }
  if (spec.skip === 'none') return x;
  const added =
    spec.skip === 'identity' ? from : builder.pool(`${id}.pool`, from, { fn: 'average', kernel: 3, stride });
  return builder.add(`${id}.add`, added, x);
}

function addHead(
  builder: NetworkBuilder,
  space: StacksSpace,
  from: Handle,
  last: StacksNetwork['head'],
): Handle {
  const { hiddenForm, activation, dropout } = space.head;
  const { classes, batchNorm } = space;
  const options = { filters: last.filters, activation, dropout, classes, batchNorm };
  if (last.hidden === 0 || hiddenForm === 'bias')
    return head(builder, from, { ...options, hidden: last.hidden });
  let x = from;
  if (last.filters > 0) {
    x = convBnAct(builder, 'head', x, { filters: last.filters, kernel: 1, activation, batchNorm });
  }
  x = builder.globalPool('pool', x);
  x = builder.conv('hidden.conv', x, { filters: last.hidden, kernel: 1 });
  if (hiddenForm === 'batch-norm') x = builder.batchNorm('hidden.bn', x, batchNorm);
  x = builder.activation('hidden.act', x, activation);
  if (dropout > 0) x = builder.dropout('dropout', x, dropout);
  return builder.dense('classifier', x, { units: classes, init: { kind: 'normal', deviation: 0.01 } });
}
