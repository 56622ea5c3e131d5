import { never } from '../../base/result.ts';
import type { Network, Tensors, WeightSpec } from '../../net/network.ts';
import type { Encoding } from '../space/choice.ts';
import type { GatedSpace, SearchSpace } from '../space/layout.ts';
import { cellNetwork, cellShared } from './cells.ts';
import type { GatePath, ListedOptions } from './gates.ts';
import { kernelLayers, withInitialisers } from './initialisers.ts';
import { macroNetwork, macroShared } from './macro.ts';
import { macroGates } from './macro-gates.ts';
import { mobilenetGates, mobilenetNetwork, mobilenetShared } from './mobilenet.ts';
import type { SharedWeights } from './shared.ts';
import { stacksNetwork } from './stacks.ts';
import { stacksGates } from './stacks-gates.ts';
import { stacksShared } from './stacks-shared.ts';

/** The network of one architecture alone, every weight at exactly its own shape. */
export function childNetwork(space: SearchSpace, encoding: Encoding): Network {
  const network = plainChild(space, encoding);
  return { ...network, weights: withInitialisers(space, network.weights) };
}

function plainChild(space: SearchSpace, encoding: Encoding): Network {
  switch (space.grammar) {
    case 'mobilenet':
      return mobilenetNetwork(space, encoding);
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

const known = new WeakMap<SearchSpace, SharedWeights>();

/** Remembered by the identity of the space, which must not change. */
function sharedOf(space: SearchSpace): SharedWeights {
  const found = known.get(space);
  if (found !== undefined) return found;
  const shared = share(space);
  const started = { ...shared, weights: withInitialisers(space, shared.weights) };
  known.set(space, started);
  return started;
}

function share(space: SearchSpace): SharedWeights {
  switch (space.grammar) {
    case 'mobilenet':
      return mobilenetShared(space);
    case 'stacks':
      return stacksShared(space);
    case 'macro':
      return macroShared(space);
    case 'cells':
      return cellShared(space);
    default:
      return never(space);
  }
}

/** All weights that the architectures of a space share, each at its largest shape. */
export const supernetWeights = (space: SearchSpace): readonly WeightSpec[] => sharedOf(space).weights;

/** One architecture over the supernet's weights: it computes what its child network does with inherited weights. */
export const supernetPath = (space: SearchSpace, encoding: Encoding): Network =>
  sharedOf(space).path(encoding);

/**
 * TuNAS's op and filter warm-up: each choice block in `mixed` is replaced, an operation by the uniform mean of
 * all its options (of one that leaves something out: half of it), a filter choice by its largest option. The others
 * stay as encoded; those inside a block that the encoding leaves out are read from it when `<block>.block` is mixed.
 */
export const warmupPath = (space: SearchSpace, encoding: Encoding, mixed: ReadonlySet<string>): Network =>
  sharedOf(space).warmup(encoding, mixed);

/**
 * ProxylessNAS §3.2: the path of an encoding with one gate vector a choice block, every option (or those listed in
 * `alternatives`, by choice block) evaluated while the other choices are held as encoded. `encoding` need not be canonical.
 * Sides of images must not be searched, since a batch has one, nor channels be parted.
 */
export function gatePath(space: GatedSpace, encoding: Encoding, alternatives?: ListedOptions): GatePath {
  switch (space.grammar) {
    case 'mobilenet':
      return mobilenetGates(space, encoding, alternatives);
    case 'stacks':
      return stacksGates(space, encoding, alternatives);
    case 'macro':
      return macroGates(space, sharedOf(space).path, encoding, alternatives);
    default:
      return never(space);
  }
}

/** The child's weights as the supernet holds them, copied. Throws when one is missing. */
export const inheritWeights = (space: SearchSpace, encoding: Encoding, supernet: Tensors): Tensors =>
  sharedOf(space).inherit(encoding, supernet);

/** Names by which the initialisers of a space may call its layers: of those with kernels, and of groups of such. */
export const layersWithKernels = (space: SearchSpace): ReadonlySet<string> =>
  kernelLayers(supernetWeights(space));
