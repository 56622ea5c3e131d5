import { never } from '../../base/result.ts';
import { NetworkBuilder } from '../../net/builder.ts';
import type { Network, Tensors, WeightSpec } from '../../net/network.ts';
import { prefix } from '../../net/slice.ts';
import type { Encoding } from '../space/encoding.ts';
import { decide } from '../space/encoding.ts';
import type { BlockLayout, ChoiceWhat, MobilenetSpace, SearchSpace } from '../space/layout.ts';
import { spaceLayout } from '../space/layout.ts';
import type { Alternatives, BlockPlan, MixedChoice } from './assemble.ts';
import { assembleBlock, assembleHead, assembleStem } from './assemble.ts';
import { cellNetwork } from './cells.ts';
import { macroNetwork } from './macro.ts';
import { stacksNetwork } from './stacks.ts';

/** The network of one architecture alone, every weight at exactly its own shape. */
export function childNetwork(space: SearchSpace, encoding: Encoding): Network {
  switch (space.grammar) {
    case 'mobilenet':
      return mobilenetChild(space, encoding);
    case 'stacks':
      return stacksNetwork(space, encoding);
    case 'macro':
      return macroNetwork(space, encoding);
    case 'cells':
      return cellNetwork(space, encoding);
    default:
      return never(space);
  }
}

const mobilenetChild = (space: MobilenetSpace, encoding: Encoding): Network =>
  assemble(space, (layout) => ({ decision: decide(layout, encoding), mixed: {} })).network;

/** All weights that the architectures of a space share, each at its largest shape. */
export const supernetWeights = (space: MobilenetSpace): readonly WeightSpec[] =>
  assemble(space, (layout) => largest(layout)).network.weights;

/** One architecture over the supernet's weights: the same layers as its child network, weights used by prefix. */
export const supernetPath = (space: MobilenetSpace, encoding: Encoding): Network =>
  assemble(space, (layout) => ({ decision: decide(layout, encoding), mixed: {} }), shared(space)).network;

/**
 * TuNAS's op and filter warm-up (§4): each choice block in `mixed` is replaced, an operation by the uniform mean of
 * all its options (of `block`: half of the block), a filter choice by its largest option. The others stay as encoded;
 * those inside a block that the encoding leaves out are read from it when `<block>.block` is mixed.
 */
export function warmupPath(space: MobilenetSpace, encoding: Encoding, mixed: ReadonlySet<string>): Network {
  const plan = (layout: BlockLayout): BlockPlan => {
    const { block } = layout;
    const decision = decide(layout, encoding);
    const wanted = (what: ChoiceWhat): boolean => mixed.has(`${block.id}.${what}`);
    return {
      decision: wanted('expansion') ? { ...decision, expansion: widest(layout) } : decision,
      mixed: {
        ...(wanted('block') ? { block: mean(2) } : {}),
        ...(wanted('kernel') ? { kernel: mean(block.kernel.length) } : {}),
        ...(wanted('squeeze-excite') ? { 'squeeze-excite': mean(block.squeezeExcite.length) } : {}),
      },
    };
  };
  return assemble(space, plan, shared(space)).network;
}

export interface GatePath {
  /** For `Model.gradients`: one-hot mixes with gates. */
  readonly network: Network;
  /** Which mix layer is which choice block. An option that is not listed has gradient 0. */
  readonly gates: readonly MixedChoice[];
}

/**
 * ProxylessNAS §3.2: the path of an encoding with one gate vector a choice block, every option (or those listed in
 * `alternatives`, by choice block) evaluated while the block's other choices are held as encoded. `encoding` need not
 * be canonical: a block that it leaves out is still evaluated, as encoded inside, for the gradient of its own gate.
 * Identity is a zero beside the residual, so its gate gradient is 0.
 */
export function gatePath(
  space: MobilenetSpace,
  encoding: Encoding,
  alternatives?: ReadonlyMap<string, readonly number[]>,
): GatePath {
  const { choices } = spaceLayout(space);
  const gated = (position: number | undefined): Alternatives | undefined => {
    if (position === undefined) return undefined;
    const { id, options } = choices[position]!;
    const listed = alternatives === undefined ? [...options.keys()] : alternatives.get(id);
    if (listed === undefined || listed.length < 2) return undefined;
    const active = encoding[position]!;
    if (!listed.includes(active)) {
      throw new Error(`internal error: expected the active option of ${id} among [${listed}], got ${active}`);
    }
    return { options: listed, coefficients: listed.map((k) => (k === active ? 1 : 0)), gates: true };
  };
  const plan = (layout: BlockLayout): BlockPlan => {
    const { positions } = layout;
    const decision = decide(layout, encoding);
    const mixed: { [what in ChoiceWhat]?: Alternatives } = {};
    const inner: readonly ChoiceWhat[] = decision.present ? ['kernel', 'expansion', 'squeeze-excite'] : [];
    for (const what of ['block', ...inner] as const) {
      const found = gated(positions[what]);
      if (found !== undefined) mixed[what] = found;
    }
    return { decision, mixed };
  };
  const { network, mixes } = assemble(space, plan, shared(space));
  return { network, gates: mixes };
}

/** The child's weights as the supernet holds them: prefixes by name, copied. Throws when one is missing. */
export function inheritWeights(space: MobilenetSpace, encoding: Encoding, supernet: Tensors): Tensors {
  return new Map(
    childNetwork(space, encoding).weights.map(({ name, shape }) => {
      const tensor = supernet.get(name);
      if (tensor === undefined) throw new Error(`internal error: expected a weight ${name}, got none`);
      return [name, prefix(tensor, shape)] as const;
    }),
  );
}

const mean = (count: number): Alternatives => ({
  options: Array.from({ length: count }, (_, option) => option),
  coefficients: Array.from({ length: count }, () => 1 / count),
  gates: false,
});

/** The expansion option with the most channels. */
const widest = ({ expanded }: BlockLayout): number => expanded.indexOf(Math.max(...expanded));

/** Every weight of a block at once: all kernels, all squeeze-and-excitation, the widest expansion. */
const largest = (layout: BlockLayout): BlockPlan => ({
  decision: { present: true, kernel: 0, expansion: widest(layout), squeezeExcite: 0 },
  mixed: {
    ...(layout.block.kernel.length > 1 ? { kernel: mean(layout.block.kernel.length) } : {}),
    ...(layout.block.squeezeExcite.length > 1
      ? { 'squeeze-excite': mean(layout.block.squeezeExcite.length) }
      : {}),
  },
});

const shared = (space: MobilenetSpace): ReadonlyMap<string, WeightSpec> =>
  new Map(supernetWeights(space).map((spec) => [spec.name, spec]));

function assemble(
  space: MobilenetSpace,
  plan: (layout: BlockLayout) => BlockPlan,
  weights?: ReadonlyMap<string, WeightSpec>,
): { readonly network: Network; readonly mixes: readonly MixedChoice[] } {
  const builder = new NetworkBuilder(space.input, weights);
  const mixes: MixedChoice[] = [];
  let x = assembleStem(builder, space);
  for (const layout of spaceLayout(space).blocks) {
    const built = assembleBlock(builder, space, layout, x, plan(layout));
    mixes.push(...built.mixes);
    x = built.output;
  }
  return { network: builder.finish(assembleHead(builder, space, x)), mixes };
}
