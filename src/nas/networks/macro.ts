import { convBnAct } from '../../net/blocks.ts';
import type { Handle } from '../../net/builder.ts';
import { factorizedReduction } from '../../net/cell-blocks.ts';
import type { Network, WeightSpec } from '../../net/network.ts';
import type { MacroSpace } from '../../schema/generated/artifacts/search-space.ts';
import type { Encoding } from '../space/choice.ts';
import type { MacroBranch } from '../space/macro.ts';
import { macroHalvings, macroLayers, macroTensor } from '../space/macro.ts';
import { Assembly, type Part } from './join.ts';
import { partedLayer } from './macro-channels.ts';
import { kernelOf, type Place, pooled } from './macro-place.ts';
import { plainHead } from './plain-head.ts';
import type { SharedWeights } from './shared.ts';
import { byName } from './shared.ts';

/**
 * Operations of a layer, averaged where there are several, or where channels are parted a range of each; and the skips that
 * join it.
 */
interface LayerPlan {
  readonly branches: readonly MacroBranch[];
  /** `share`: by what the joined tensor is multiplied. */
  readonly skips: readonly { readonly anchor: number; readonly share: number }[];
}

/** The network of one architecture alone. */
export const macroNetwork = (space: MacroSpace, encoding: Encoding): Network =>
  assemble(space, chosen(space, encoding)).network;

/**
 * Each operation of each layer has weights of its own, and each tensor that may be concatenated with others. Where channels
 * are parted, an operation has those of all channels, of which an architecture takes a range.
 */
export function macroShared(space: MacroSpace): SharedWeights {
  const { weights } = assemble(space, everything(space), 'all').network;
  const shared = byName(weights);
  return {
    weights,
    path: (encoding) => assemble(space, chosen(space, encoding), shared).network,
    warmup: (encoding, mixed) => assemble(space, averaged(space, encoding, mixed), shared).network,
    inherit(encoding, supernet) {
      const { network, assembly } = assemble(space, chosen(space, encoding));
      return assembly.inherit(network, supernet);
    },
  };
}

const chosen = (space: MacroSpace, encoding: Encoding): LayerPlan[] =>
  macroLayers(space, encoding).map(({ branches, skips }) => ({
    branches,
    skips: skips.map((anchor) => ({ anchor, share: 1 })),
  }));

/** All channels of an operation. */
const whole = ({ partition }: MacroSpace, operation: MacroBranch['operation']): MacroBranch => ({
  operation,
  first: 0,
  count: Math.max(1, partition),
});

const everything = (space: MacroSpace): LayerPlan[] =>
  Array.from({ length: space.layers }, (_, layer) => ({
    branches: space.operations.map((operation) => whole(space, operation)),
    skips: Array.from({ length: layer }, (_, anchor) => ({ anchor, share: 1 })),
  }));

/**
 * All operations of a layer in equal parts, half of a skip; ranges that begin with the first channel, and end with the
 * last.
 */
const averaged = (space: MacroSpace, encoding: Encoding, mixed: ReadonlySet<string>): LayerPlan[] =>
  macroLayers(space, encoding).map(({ branches, skips }, layer) => ({
    branches: mixed.has(`l${layer}.op`)
      ? space.operations.map((operation) => whole(space, operation))
      : branches.map(({ operation, ...range }) => {
          const first = mixed.has(`l${layer}.${operation}-start`) ? 0 : range.first;
          const widest = mixed.has(`l${layer}.${operation}-count`);
          return { operation, first, count: widest ? space.partition - first : range.count };
        }),
    skips: Array.from({ length: layer }, (_, anchor) => anchor).flatMap((anchor) => {
      if (mixed.has(`l${layer}.skip${anchor}`)) return [{ anchor, share: 1 / 2 }];
      return skips.includes(anchor) ? [{ anchor, share: 1 }] : [];
    }),
  }));

/**
 * A network of ENAS's macro space (Pham et al. 2018 §2.2, release general_child): weights of a layer and operation are
 * the same for all that lie before and behind. In the form `final` each layer is a 1x1 and a full convolution, and
 * skips are concatenated.
 */
function assemble(
  space: MacroSpace,
  plans: readonly LayerPlan[],
  weights?: ReadonlyMap<string, WeightSpec> | 'all',
): { readonly network: Network; readonly assembly: Assembly } {
  const { batchNorm, form } = space;
  const assembly = new Assembly(space.input, weights);
  const { builder } = assembly;
  let filters = space.filters;
  let x = convBnAct(builder, 'stem', builder.input, { filters, kernel: 3, batchNorm });
  let tensors = [x];
  const halvings = macroHalvings(space);
  for (const [index, plan] of plans.entries()) {
    const id = `l${index}`;
    const place = { assembly, space, id, filters };
    x = (space.partition === 0 ? oneOf : partedLayer)(place, x, plan.branches);
    const joined = plan.skips.map(({ anchor, share }): Part => {
      const at = macroTensor(space, anchor);
      const tensor = tensors[at]!;
      return {
        source: `from${at}`,
        tensor: share === 1 ? tensor : builder.mix(`${id}.part${anchor}`, [tensor], [share]),
      };
    });
    if (index > 0) x = (form === 'search' ? sum : concatenation)(place, x, joined);
    tensors.push(x);
    if (!halvings.includes(index)) continue;
    if (form === 'final') filters *= 2;
    tensors = tensors.map((tensor, from) =>
      factorizedReduction(builder, `${id}.half${from}`, tensor, { filters, batchNorm }),
    );
    x = tensors.at(-1)!;
  }
  return { network: builder.finish(plainHead(assembly, x, space)), assembly };
}

/** One operation on all channels, or the mean of several. */
function oneOf(place: Place, from: Handle, branches: readonly MacroBranch[]): Handle {
  const outputs = branches.map(({ operation }) =>
    (place.space.form === 'search' ? searchOperation : finalOperation)(place, from, operation),
  );
  if (outputs.length === 1) return outputs[0]!;
  const shares = outputs.map(() => 1 / outputs.length);
  return place.assembly.builder.mix(`${place.id}.ops`, outputs, shares);
}

/** 1x1 convolution and operation (release `_conv_branch`, `_pool_branch`). */
function searchOperation(place: Place, from: Handle, operation: MacroBranch['operation']): Handle {
  const { assembly, space, id, filters } = place;
  const { builder } = assembly;
  const { batchNorm } = space;
  const activation = 'relu';
  const kernel = kernelOf(operation);
  const own = `${id}.${operation}`;
  const x = convBnAct(builder, `${own}.in`, from, { filters, kernel: 1, activation, batchNorm });
  if (operation === 'avg3' || operation === 'max3') return pooled(place, `${own}.pool`, x, operation);
  if (operation.startsWith('sep')) {
    const deep = builder.depthwise(`${own}.depthwise`, x, { kernel });
    return convBnAct(builder, `${own}.pointwise`, deep, { filters, kernel: 1, activation, batchNorm });
  }
  return convBnAct(builder, `${own}.out`, x, { filters, kernel, activation, batchNorm });
}

/** The sum with the skips (release `_enas_layer`). */
function sum({ assembly, space, id }: Place, own: Handle, skips: readonly Part[]): Handle {
  let x = own;
  for (const [index, { tensor }] of skips.entries()) x = assembly.builder.add(`${id}.add${index}`, tensor, x);
  return assembly.builder.batchNorm(`${id}.bn`, x, space.batchNorm);
}

/** Activation, 1x1 convolution, activation, operation (release `_fixed_layer`). */
function finalOperation(place: Place, from: Handle, operation: MacroBranch['operation']): Handle {
  const { assembly, space, id, filters } = place;
  const { builder } = assembly;
  const { batchNorm } = space;
  const kernel = kernelOf(operation);
  const own = `${id}.${operation}`;
  const act = (name: string, tensor: Handle): Handle => builder.activation(`${own}.${name}`, tensor, 'relu');
  const x = convBnAct(builder, `${own}.in`, act('in.before', from), { filters, kernel: 1, batchNorm });
  if (operation === 'avg3' || operation === 'max3') return pooled(place, `${own}.pool`, x, operation);
  return convBnAct(builder, `${own}.out`, act('out.before', x), { filters, kernel, batchNorm });
}

/** Concatenated with the skips, activation, a 1x1 convolution. */
function concatenation({ assembly, space, id, filters }: Place, own: Handle, skips: readonly Part[]): Handle {
  const { builder } = assembly;
  const all = assembly.concat(`${id}.all`, [...skips, { source: 'own', tensor: own }]);
  const active = assembly.each(all, (tensor) => builder.activation(`${id}.join.before`, tensor, 'relu'));
  const conv = assembly.conv(`${id}.join.conv`, active, filters);
  return builder.batchNorm(`${id}.join.bn`, conv, space.batchNorm);
}
