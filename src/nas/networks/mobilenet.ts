import { NetworkBuilder } from '../../net/builder.ts';
import type { Network, WeightSpec } from '../../net/network.ts';
import type { Encoding } from '../space/encoding.ts';
import { decide } from '../space/encoding.ts';
import type { BlockLayout, ChoiceWhat, MobilenetSpace } from '../space/layout.ts';
import { spaceLayout } from '../space/layout.ts';
import type { BlockPlan } from './assemble.ts';
import { assembleBlock, assembleHead, assembleStem } from './assemble.ts';
import type { Alternatives, GatePath, ListedOptions, MixedChoice } from './gates.ts';
import { gatesOf } from './gates.ts';
import type { SharedWeights } from './shared.ts';
import { byName, inheritPrefixes } from './shared.ts';

/** The network of one architecture alone. */
export const mobilenetNetwork = (space: MobilenetSpace, encoding: Encoding): Network =>
  assemble(space, chosen(encoding)).network;

/** Kernel sizes have depthwise weights of their own; of every other weight an architecture uses a prefix. */
export const mobilenetShared = (space: MobilenetSpace): SharedWeights => ({
  weights: [...weightsOf(space).values()],
  path: (encoding) => assemble(space, chosen(encoding), weightsOf(space)).network,
  warmup: (encoding, mixed) => assemble(space, averaged(encoding, mixed), weightsOf(space)).network,
  inherit: (encoding, supernet) => inheritPrefixes(mobilenetNetwork(space, encoding), supernet),
});

const known = new WeakMap<MobilenetSpace, ReadonlyMap<string, WeightSpec>>();

function weightsOf(space: MobilenetSpace): ReadonlyMap<string, WeightSpec> {
  const weights = known.get(space) ?? byName(assemble(space, largest).network.weights);
  known.set(space, weights);
  return weights;
}

const chosen =
  (encoding: Encoding) =>
  (layout: BlockLayout): BlockPlan => ({ decision: decide(layout, encoding), mixed: {} });

/** Operations mixed by their uniform mean (`block`: half of the block), filters by their largest option. */
const averaged =
  (encoding: Encoding, mixed: ReadonlySet<string>) =>
  (layout: BlockLayout): BlockPlan => {
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

/**
 * ProxylessNAS §3.2: the path of an encoding with one gate vector a choice block, every option (or those listed in
 * `alternatives`, by choice block) evaluated while the block's other choices are held as encoded. `encoding` need not
 * be canonical: a block that it leaves out is still evaluated, as encoded inside, for the gradient of its own gate.
 * Identity is a zero beside the residual, so its gate gradient is 0.
 */
export function mobilenetGates(
  space: MobilenetSpace,
  encoding: Encoding,
  alternatives?: ListedOptions,
): GatePath {
  const { choices } = spaceLayout(space);
  const gated = (position: number | undefined): Alternatives | undefined =>
    position === undefined ? undefined : gatesOf(choices[position]!, encoding[position]!, alternatives);
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
  const { network, mixes } = assemble(space, plan, weightsOf(space));
  return { network, gates: mixes };
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
