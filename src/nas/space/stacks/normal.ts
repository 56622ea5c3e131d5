import type { SpaceStack, StacksSpace } from '../../../schema/generated/artifacts/search-space.ts';
import type { Encoding } from '../choice.ts';
import { decideLayer, effectiveSkip, layerDecisions } from './decide.ts';
import type { StackLayer, StackLayout } from './layout.ts';
import { ATTRIBUTES, optionsOf, stacksLayout } from './layout.ts';

/** Skips of a layer in all its places: what each option adds, in one word. */
const skipEffect = (
  skip: 'none' | 'identity' | 'pool',
  stack: SpaceStack,
  places: readonly number[],
  channels: number,
  filters: number,
): string =>
  places
    .map((index) =>
      effectiveSkip(skip, index === 0 ? stack.stride : 1, index === 0 ? channels : filters, filters),
    )
    .join();

/** In which places of its stack a layer's choices hold. */
const placesOf = (stack: SpaceStack, index: number, depth: number): readonly number[] =>
  stack.same ? Array.from({ length: depth }, (_, place) => place) : [index];

/**
 * Of architectures that are one network, one: a skip that adds nothing where it is counts as the first that does the
 * same; with `identities: last`, layers that are left out come last in their stack.
 */
export function normalForm(space: StacksSpace, encoding: Encoding): Encoding {
  const layout = stacksLayout(space);
  const result = [...encoding];
  const pick = <T>(options: readonly T[], position: number | undefined): T =>
    options[position === undefined ? 0 : result[position]!]!;
  let channels = pick(space.stem.filters, layout.stemFilters);
  for (const { stack, filters, depth, layers } of layout.stacks) {
    const output = stack.filters.length === 0 ? channels : pick(stack.filters, filters);
    const deep = pick(stack.depth, depth);
    for (const [index, layer] of (stack.same ? layers.slice(0, 1) : layers.slice(0, deep)).entries()) {
      const candidate = layer.op === undefined ? 0 : result[layer.op]!;
      const position = layer.attributes[candidate]!.skip;
      if (position === undefined) continue;
      const options = optionsOf(layer.candidates[candidate]!, 'skip') as readonly (
        | 'none'
        | 'identity'
        | 'pool'
      )[];
      const effects = options.map((skip) =>
        skipEffect(skip, stack, placesOf(stack, index, deep), channels, output),
      );
      result[position] = effects.indexOf(effects[result[position]!]!);
    }
    if (space.identities === 'last' && !stack.same) identitiesLast(layers.slice(1, deep), result);
    channels = output;
  }
  return result;
}

/** Moves the layers that are left out behind the others, which keep their order. */
function identitiesLast(layers: readonly StackLayer[], encoding: number[]): void {
  const positions = layers.map((layer) => [
    ...new Set(
      [layer.op, ...layer.attributes.flatMap((own) => ATTRIBUTES.map((attribute) => own[attribute]))].filter(
        (position) => position !== undefined,
      ),
    ),
  ]);
  const values = layers.map((layer, index) => ({
    absent: decideLayer(layer, encoding).op === 'identity',
    own: positions[index]!.map((position) => encoding[position]!),
  }));
  const sorted = [...values.filter(({ absent }) => !absent), ...values.filter(({ absent }) => absent)];
  for (const [index, { own }] of sorted.entries()) {
    for (const [k, value] of own.entries()) encoding[positions[index]![k]!] = value;
  }
}

/** Distinct networks of a space of stacks: those below each width of the channels are added up. */
export function distinctNetworks(space: StacksSpace): bigint {
  let ways = new Map(space.stem.filters.map((filters) => [filters, 1n]));
  for (const layout of stacksLayout(space).stacks) {
    const next = new Map<number, bigint>();
    for (const [channels, count] of ways) {
      const outputs = layout.stack.filters.length === 0 ? [channels] : layout.stack.filters;
      for (const output of outputs) {
        const more = count * stackWays(space, layout, channels, output);
        next.set(output, (next.get(output) ?? 0n) + more);
      }
    }
    ways = next;
  }
  const { stem, head, sides } = space;
  const around = stem.kernel.length * Math.max(1, sides.length) * head.filters.length * head.hidden.length;
  return [...ways.values()].reduce((sum, count) => sum + count, 0n) * BigInt(around);
}

/** Distinct stacks for given channels. */
function stackWays(
  space: StacksSpace,
  { stack, layers }: StackLayout,
  channels: number,
  output: number,
): bigint {
  const distinct = (layer: StackLayer, places: readonly number[]): { all: number; absent: number } => {
    const keys = layerDecisions(layer).map(({ picks: _, skip, ...decision }) =>
      JSON.stringify([decision, skipEffect(skip, stack, places, channels, output)]),
    );
    return { all: new Set(keys).size, absent: layer.candidates.some(({ op }) => op === 'identity') ? 1 : 0 };
  };
  return stack.depth.reduce((sum, depth) => {
    if (stack.same) return sum + BigInt(distinct(layers[0]!, placesOf(stack, 0, depth)).all);
    const [first, ...others] = layers
      .slice(0, depth)
      .map((layer, index) => distinct(layer, placesOf(stack, index, depth)));
    let behind = 1n;
    if (space.identities === 'kept') for (const { all } of others) behind *= BigInt(all);
    else for (const { all, absent } of others) behind = behind * BigInt(all - absent) + BigInt(absent);
    return sum + BigInt(first!.all) * behind;
  }, 0n);
}
