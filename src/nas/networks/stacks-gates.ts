import type { Handle } from '../../net/builder.ts';
import { NetworkBuilder } from '../../net/builder.ts';
import type { Shape } from '../../net/network.ts';
import type { StacksSpace } from '../../schema/generated/artifacts/search-space.ts';
import type { Encoding } from '../space/choice.ts';
import { canonicalEncoding } from '../space/encoding.ts';
import { choiceBlocks } from '../space/layout.ts';
import { specify } from '../space/stacks/decide.ts';
import type { Alternatives, GatePath, ListedOptions, MixedChoice } from './gates.ts';
import { gatesOf } from './gates.ts';
import type { SharedStacks } from './stacks.ts';
import { addHead, addLayer, addStem } from './stacks.ts';
import { sharedStacks } from './stacks-shared.ts';

/** A stem, a layer or a head in its place. */
interface Piece {
  /** Equal for pieces that are the same in the same place, behind the same shape. */
  readonly key: string;
  /** Adds the piece, ids of its layers behind the prefix. */
  readonly add: (builder: NetworkBuilder, from: Handle, prefix: string) => Handle;
}

/** Where another row of pieces leaves the active one, what it has instead, and where it is back. */
interface Detour {
  /** Positions in the active row: 0 in front of the stem, its length behind the head. */
  readonly from: number;
  readonly to: number;
  readonly pieces: readonly Piece[];
}

/** A choice with gates. */
interface Gated extends Alternatives {
  readonly id: string;
  /** Of each option; none of one that makes no difference. */
  readonly detours: readonly (Detour | undefined)[];
  /** Where the mix stands: behind it all options are one network. */
  readonly at: number;
}

/**
 * The mixed operation of ProxylessNAS (§3.1) of a choice is the stretch of the network that the choice decides: from where
 * its options part to where they are one again, be that a layer (operation, kernel, expansion), a stack (depth, what its
 * layers share), or a stack and the layer behind (filters). Each option is that stretch of the architecture that has it,
 * all other choices held, so a gate that is opened instead gives exactly that architecture. An option that makes no
 * difference is the active stretch; a choice none of whose options makes one has no gates, and so gradient 0.
 */
export function stacksGates(space: StacksSpace, encoding: Encoding, listed?: ListedOptions): GatePath {
  if (space.sides.length > 1) throw new Error('internal error: expected images of one side, got several');
  const shared = sharedStacks(space);
  const active = rowOf(space, shared, encoding);
  const gated = choiceBlocks(space).flatMap((choice, position): Gated[] => {
    const gates = gatesOf(choice, encoding[position]!, listed);
    if (gates === undefined) return [];
    const detours = gates.options.map((option) => {
      const other = encoding.map((own, at) => (at === position ? option : own));
      return detour(active.pieces, rowOf(space, shared, other).pieces);
    });
    const at = Math.max(...detours.map((each) => each?.to ?? 0));
    return at === 0 ? [] : [{ ...gates, id: choice.id, detours, at }];
  });

  const builder = new NetworkBuilder(active.input, shared.weights);
  const tensors: Handle[] = [builder.input];
  const gates: MixedChoice[] = [];
  for (let position = 0; position <= active.pieces.length; position++) {
    for (const { id, options, coefficients, detours, at } of gated) {
      if (at !== position) continue;
      const ends = detours.map((each, k) => {
        if (each === undefined) return tensors[at]!;
        const { from, to, pieces } = each;
        return [...pieces, ...active.pieces.slice(to, at)].reduce(
          (x, piece) => piece.add(builder, x, `${id}.or${options[k]}.`),
          tensors[from]!,
        );
      });
      const layer = `${id}.mix`;
      tensors[at] = builder.mix(layer, ends, coefficients, true);
      gates.push({ layer, choice: id as MixedChoice['choice'], options });
    }
    const piece = active.pieces[position];
    if (piece !== undefined) tensors.push(piece.add(builder, tensors[position]!, ''));
  }
  return { network: builder.finish(tensors.at(-1)!), gates };
}

/** The pieces of an architecture, in order. */
function rowOf(
  space: StacksSpace,
  shared: SharedStacks,
  encoding: Encoding,
): { readonly input: Shape; readonly pieces: readonly Piece[] } {
  const { input, stem, layers, head } = specify(space, canonicalEncoding(space, encoding));
  const pieces = [
    {
      key: JSON.stringify(stem),
      add: (builder: NetworkBuilder, _: Handle, prefix: string) =>
        addStem(builder, space, stem, `${prefix}stem`),
    },
    ...layers.map((spec): Piece => {
      const { id } = spec;
      return {
        key: JSON.stringify(spec),
        add: (builder, from, prefix) =>
          addLayer(builder, space, from, { ...spec, id: `${prefix}${id}` }, id, shared.kernels.get(id)),
      };
    }),
    {
      key: JSON.stringify(head),
      add: (builder: NetworkBuilder, from: Handle, prefix: string) =>
        addHead(builder, space, from, head, prefix),
    },
  ];
  return { input, pieces };
}

/** From the pieces that two rows begin with to those that they end with; nothing where they are equal. */
function detour(active: readonly Piece[], other: readonly Piece[]): Detour | undefined {
  const shorter = Math.min(active.length, other.length);
  let from = 0;
  while (from < shorter && active[from]!.key === other[from]!.key) from++;
  if (from === active.length) return undefined;
  let back = 0;
  while (back < shorter - from && active.at(-1 - back)!.key === other.at(-1 - back)!.key) back++;
  return { from, to: active.length - back, pieces: other.slice(from, other.length - back) };
}
