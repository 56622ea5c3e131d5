import { convBnAct } from '../../net/blocks.ts';
import type { Handle } from '../../net/builder.ts';
import { NetworkBuilder } from '../../net/builder.ts';
import { factorizedReduction } from '../../net/cell-blocks.ts';
import type { Network } from '../../net/network.ts';
import type { MacroSpace } from '../../schema/generated/artifacts/search-space.ts';
import type { Encoding } from '../space/choice.ts';
import type { MacroLayer } from '../space/macro.ts';
import { macroHalvings, macroLayers } from '../space/macro.ts';
import { plainHead } from './plain-head.ts';

/**
 * A network of ENAS's macro space (Pham et al. 2018 §2.2, release general_child): weights of a layer and operation are
 * the same for all that lie before and behind. In the form `final` each layer is a 1x1 and a full convolution, and
 * skips are concatenated.
 */
export function macroNetwork(space: MacroSpace, encoding: Encoding): Network {
  const { batchNorm, anchors, form } = space;
  const builder = new NetworkBuilder(space.input);
  let filters = space.filters;
  let x = convBnAct(builder, 'stem', builder.input, { filters, kernel: 3, batchNorm });
  let tensors = [x];
  const halvings = macroHalvings(space);
  for (const [index, layer] of macroLayers(space, encoding).entries()) {
    const id = `l${index}`;
    const skips = layer.skips.map((anchor) => tensors[anchors === 'release' ? anchor : anchor + 1]!);
    const build = form === 'search' ? searchLayer : finalLayer;
    x = build(builder, space, id, x, filters, layer.operation, skips, index > 0);
    tensors.push(x);
    if (!halvings.includes(index)) continue;
    if (form === 'final') filters *= 2;
    tensors = tensors.map((tensor, from) =>
      factorizedReduction(builder, `${id}.half${from}`, tensor, { filters, batchNorm }),
    );
    x = tensors.at(-1)!;
  }
  return builder.finish(plainHead(builder, x, space));
}

type LayerBuilder = (
  builder: NetworkBuilder,
  space: MacroSpace,
  id: string,
  from: Handle,
  filters: number,
  operation: MacroLayer['operation'],
  skips: readonly Handle[],
  joins: boolean,
) => Handle;

const kernelOf = (operation: MacroLayer['operation']): number => Number(operation.at(-1));

/** 1x1 convolution, operation, sum with the skips (release `_enas_layer`). */
const searchLayer: LayerBuilder = (builder, { batchNorm }, id, from, filters, operation, skips, joins) => {
  const activation = 'relu';
  const kernel = kernelOf(operation);
  const own = `${id}.${operation}`;
  let x = convBnAct(builder, `${own}.in`, from, { filters, kernel: 1, activation, batchNorm });
  if (operation === 'avg3' || operation === 'max3') {
    x = builder.pool(`${own}.pool`, x, { fn: operation === 'avg3' ? 'average' : 'max', kernel });
  } else if (operation.startsWith('sep')) {
    x = builder.depthwise(`${own}.depthwise`, x, { kernel });
    x = convBnAct(builder, `${own}.pointwise`, x, { filters, kernel: 1, activation, batchNorm });
  } else x = convBnAct(builder, `${own}.out`, x, { filters, kernel, activation, batchNorm });
  if (!joins) return x;
  for (const [index, skip] of skips.entries()) x = builder.add(`${id}.add${index}`, skip, x);
  return builder.batchNorm(`${id}.bn`, x, batchNorm);
};

/** Activation, 1x1 convolution, activation, operation; concatenated with the skips, a 1x1 convolution (`_fixed_layer`). */
const finalLayer: LayerBuilder = (builder, { batchNorm }, id, from, filters, operation, skips, joins) => {
  const kernel = kernelOf(operation);
  const act = (name: string, tensor: Handle): Handle => builder.activation(`${id}.${name}`, tensor, 'relu');
  let x = convBnAct(builder, `${id}.in`, act('in.before', from), { filters, kernel: 1, batchNorm });
  if (operation === 'avg3' || operation === 'max3') {
    x = builder.pool(`${id}.pool`, x, { fn: operation === 'avg3' ? 'average' : 'max', kernel });
  } else x = convBnAct(builder, `${id}.out`, act('out.before', x), { filters, kernel, batchNorm });
  if (!joins) return x;
  const all = skips.length === 0 ? x : builder.concat(`${id}.all`, [...skips, x]);
  return convBnAct(builder, `${id}.join`, act('join.before', all), { filters, kernel: 1, batchNorm });
};
