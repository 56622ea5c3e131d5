import type { Handle } from '../../net/builder.ts';
import { NetworkBuilder } from '../../net/builder.ts';
import type { Initialiser, Network, WeightSpec } from '../../net/network.ts';
import type { StacksSpace } from '../../schema/generated/artifacts/search-space.ts';
import type { Encoding } from '../space/choice.ts';
import { canonicalEncoding } from '../space/encoding.ts';
import { choiceBlocks } from '../space/layout.ts';
import type { LayerSpec } from '../space/stacks/decide.ts';
import { layerDecisions, layerKey, layerSpec } from '../space/stacks/decide.ts';
import type { StackLayer } from '../space/stacks/layout.ts';
import { stacksLayout } from '../space/stacks/layout.ts';
import { derivedSides, withDerivedKernels, withKernels } from './derived-kernels.ts';
import type { SharedWeights } from './shared.ts';
import { byName, inheritPrefixes } from './shared.ts';
import type { SharedStacks } from './stacks.ts';
import { addHead, addLayer, addStem, everyPlace, stacksNetwork } from './stacks.ts';

const known = new WeakMap<StacksSpace, SharedStacks>();

/** What the networks of a space share. Remembered by the identity of the space, which must not change. */
export function sharedStacks(space: StacksSpace): SharedStacks {
  const found = known.get(space);
  if (found !== undefined) return found;
  const kernels = derivedSides(space);
  const all = largest(everyPlace(space).map(({ item }) => item.network.weights));
  const shared = { weights: byName(withDerivedKernels(all, kernels)), kernels };
  known.set(space, shared);
  return shared;
}

/**
 * All that may stand in one place shares its weights by prefix, kernels of different sizes apart (TuNAS). Sides of the
 * image that are searched are not shared: a path then takes images of another size than the batches have.
 */
export function stacksShared(space: StacksSpace): SharedWeights {
  const shared = sharedStacks(space);
  const { weights, kernels } = shared;
  return {
    weights: [...weights.values()],
    path: (encoding) => stacksNetwork(space, canonicalEncoding(space, encoding), shared),
    warmup: (encoding, mixed) => averaged(space, encoding, mixed, shared),
    inherit: (encoding, supernet) =>
      inheritPrefixes(stacksNetwork(space, encoding), withKernels(supernet, kernels)),
  };
}

/** Each weight at the largest of its shapes, and started for it. */
function largest(all: readonly (readonly WeightSpec[])[]): WeightSpec[] {
  const found = new Map<string, WeightSpec>();
  for (const spec of all.flat()) {
    const known = found.get(spec.name);
    found.set(
      spec.name,
      known === undefined
        ? spec
        : {
            ...spec,
            shape: spec.shape.map((side, axis) => Math.max(side, known.shape[axis]!)),
            init: wider(spec.init, known.init),
          },
    );
  }
  return [...found.values()];
}

const wider = (a: Initialiser, b: Initialiser): Initialiser =>
  'fan' in a && 'fan' in b && b.fan > a.fan ? b : a;

/** The path of an encoding, operations and depths that are mixed averaged, filters the most there are. */
function averaged(
  space: StacksSpace,
  given: Encoding,
  mixed: ReadonlySet<string>,
  shared: SharedStacks,
): Network {
  const encoding = mixed.size === 0 ? canonicalEncoding(space, given) : given;
  const layout = stacksLayout(space);
  const choices = choiceBlocks(space);
  /** Options of a choice that count. */
  const options = (position: number): readonly number[] => {
    const { id, tag, options: words } = choices[position]!;
    if (!mixed.has(id)) return [encoding[position]!];
    const all = [...words.keys()];
    if (tag === 'op') return all;
    return [all.reduce((best, k) => (Number(words[k]) > Number(words[best]) ? k : best))];
  };
  const pick = <T>(values: readonly T[], position: number | undefined): T[] =>
    (position === undefined ? [0] : options(position)).map((option) => values[option]!);

  const [side] = space.sides.length === 0 ? [] : pick(space.sides, layout.resolution);
  const builder = new NetworkBuilder(
    side === undefined ? space.input : { ...space.input, h: side, w: side },
    shared.weights,
  );
  const mean = (id: string, tensors: readonly Handle[]): Handle =>
    tensors.length === 1
      ? tensors[0]!
      : builder.mix(
          id,
          tensors,
          tensors.map(() => 1 / tensors.length),
        );
  /** `<id>`, or the ids of several that stand in its place. */
  const ids = (id: string, count: number): string[] =>
    Array.from({ length: count }, (_, k) => (count === 1 ? id : `${id}.or${k}`));

  const [filters] = pick(space.stem.filters, layout.stemFilters);
  const kernels = pick(space.stem.kernel, layout.stemKernel);
  let x = mean(
    'stem.mix',
    ids('stem', kernels.length).map((id, k) =>
      addStem(builder, space, { filters: filters!, kernel: kernels[k]! }, id),
    ),
  );
  const allowed = (layer: StackLayer) =>
    layerDecisions(layer).filter(({ picks }) =>
      picks.every(([position, option]) => options(position).includes(option)),
    );
  for (const { stack, filters: width, depth, layers } of layout.stacks) {
    const [output] = stack.filters.length === 0 ? [x.shape.c] : pick(stack.filters, width);
    const depths = pick(stack.depth, depth);
    const ends: Handle[] = [];
    for (const [index, layer] of layers.slice(0, Math.max(...depths)).entries()) {
      const id = layers.length > 1 ? `${stack.id}l${index}` : stack.id;
      const specs = new Map<string, LayerSpec | undefined>();
      for (const decision of allowed(layer)) {
        const spec = layerSpec(space, stack, id, index, x.shape, output!, decision);
        specs.set(spec === undefined ? '' : layerKey(spec), spec);
      }
      const names = ids(id, specs.size);
      const from = x;
      x = mean(
        `${id}.mix`,
        [...specs.values()].map((spec, k) =>
          spec === undefined
            ? from
            : addLayer(builder, space, from, { ...spec, id: names[k]! }, id, shared.kernels.get(id)),
        ),
      );
      if (depths.includes(index + 1)) ends.push(x);
    }
    x = mean(`${stack.id}.depths`, ends);
  }
  const [headFilters] = pick(space.head.filters, layout.headFilters);
  const [hidden] = pick(space.head.hidden, layout.hidden);
  const head = { input: x.shape, filters: headFilters!, hidden: hidden! };
  return builder.finish(addHead(builder, space, x, head));
}
