import type { Shape } from '../../net/network.ts';
import { shapeText, stridedShape } from '../../net/shape.ts';
import type { Candidate, StacksSpace } from '../../schema/generated/artifacts/search-space.ts';
import type { Item } from '../networks/item.ts';
import { headItemOf, layerItemOf, stemItemOf } from '../networks/stacks.ts';
import type { NamedSpaceOptions } from '../space/named/parts.ts';
import {
  tunasMobilenetV3LikeSpace,
  tunasProxylessEnlargedSpace,
  tunasProxylessSpace,
} from '../space/named/tunas.ts';
import { layerDecisions } from '../space/stacks/decide.ts';
import type { StackLayer } from '../space/stacks/layout.ts';
import { optionsOf } from '../space/stacks/layout.ts';
import { stackWays, surroundings } from '../space/stacks/walk.ts';
import { absentKey, placedKey } from './places.ts';

/** The spaces that TuNAS's release has a linear model of latency for, by the names that it gives them. */
export const TUNAS_SPACES = {
  proxylessnas_search: tunasProxylessSpace,
  proxylessnas_enlarged_search: tunasProxylessEnlargedSpace,
  mobilenet_v3_like_search: tunasMobilenetV3LikeSpace,
} as const satisfies { readonly [name: string]: (options: NamedSpaceOptions) => StacksSpace };

export type TunasSpaceName = keyof typeof TUNAS_SPACES;

/** What a linear model knows of a space, but for its numbers. */
export interface LinearFeatures {
  /** One a coefficient, in the order of the release: `S2L0 o24 i16 k3 e6`, `S2L1 o24 i24 zero`. */
  readonly names: readonly string[];
  /**
   * By place (`stem`, `s2l0`, `head`), then by the key of each way to be there, absence included: the features that are
   * 1 then. In every architecture one way of every place is there.
   */
  readonly places: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;
}

/** Of TuNAS's stacks the only one that no endpoint for detectors follows (mobile_search_space_v3). */
const WITHOUT_ENDPOINT = 's4';

/** The id of a layer's place in words that both grammars share: `s7l0`, whether or not its stack has others. */
export const tunasPlace = (id: string): string => (/^s\d+$/.test(id) ? `${id}l0` : id);

/**
 * Key of a way to be in a place, in words that both grammars share: a separable convolution is an inverted bottleneck
 * that does not expand, a head without hidden units has no form of them, and ProxylessNAS's ReLU6 is TuNAS's ReLU.
 */
export const tunasKey = ({ key }: Pick<Item, 'key'>): string =>
  key
    .replace(/^separable (\d+x\d+x(\d+))/, 'mbconv $1 e$2')
    .replace(/ relu6(?= |$)/, ' relu')
    .replace(/^(head .* h0) (?:bias|batch-norm) o/, '$1 o');

/** The feature of an entry for a width behind it, one before it, and what its layer is; none where that is constant. */
type Entry = (out: number, into: number, at?: number) => readonly string[];

class Features implements LinearFeatures {
  readonly names: string[] = [];
  readonly places = new Map<string, Map<string, readonly string[]>>();

  /**
   * Adds the tensor product of the widths behind an entry, those before it (none: there is nothing), and all that its
   * layer may be, in words. A product of one element is always 1 and no feature.
   */
  enter(
    name: string,
    out: readonly number[],
    into: readonly number[],
    words: readonly string[] = [''],
  ): Entry {
    if (out.length * Math.max(1, into.length) * words.length < 2) return () => [];
    const named = (o: number, i: number | undefined, word: string): string => {
      const parts = [name, out.length < 2 ? '' : `o${o}`, into.length < 2 ? '' : `i${i}`, word];
      return parts.filter((part) => part !== '').join(' ');
    };
    const before = into.length === 0 ? [undefined] : into;
    this.names.push(...out.flatMap((o) => before.flatMap((i) => words.map((word) => named(o, i, word)))));
    return (o, i, at = 0) => [named(o, i, words[at]!)];
  }

  offer(place: string, key: string, features: readonly string[]): void {
    const ways = this.places.get(place) ?? new Map<string, readonly string[]>();
    this.places.set(place, ways.set(key, features));
  }
}

/**
 * Features of TuNAS's cost model (release, mobile_cost_model): for each entry of each block, the tensor product of the
 * block's width, the width before the entry, and what the layer may be. Entries that have no choice of their own
 * (activations, endpoints, pooling) count the widths around them. Of images of 224x224x3; remembered.
 */
export function tunasFeatures(name: TunasSpaceName, classes = 1000): LinearFeatures {
  const key = `${name} ${classes}`;
  const found = known.get(key) ?? makeFeatures(TUNAS_SPACES[name]({ classes }));
  known.set(key, found);
  return found;
}

const known = new Map<string, LinearFeatures>();

function makeFeatures(space: StacksSpace): LinearFeatures {
  const features = new Features();
  let shapes = addStem(features, space);
  let widths: readonly number[] = space.stem.filters;
  for (const layout of surroundings(space).stacks) {
    shapes = addStack(features, space, layout, { shapes, widths });
    if (layout.stack.filters.length > 0) widths = layout.stack.filters;
  }
  addHead(features, space, { shapes, widths });
  return features;
}

/** What comes before a stack: every shape, and the widths in their order. */
interface Before {
  readonly shapes: readonly Shape[];
  readonly widths: readonly number[];
}

function addStem(features: Features, space: StacksSpace): Shape[] {
  const { filters, kernel: kernels, stride } = space.stem;
  const { images, stems } = surroundings(space);
  const input = images[0]!.of;
  const words = kernels.map((kernel) => (kernels.length < 2 ? '' : `k${kernel}`));
  const convolution = features.enter('stem', filters, [], words);
  const activation = features.enter('stem.act', filters, filters);
  for (const { of: stem } of stems) {
    const { filters: o, kernel } = stem;
    const of = [...convolution(o, o, kernels.indexOf(kernel)), ...activation(o, o)];
    features.offer('stem', tunasKey(stemItemOf(space, input, stem)), of);
  }
  return filters.map((width) => stridedShape(input, stride, width));
}

function addStack(
  features: Features,
  space: StacksSpace,
  layout: ReturnType<typeof surroundings>['stacks'][number],
  { shapes, widths }: Before,
): Shape[] {
  const { stack, layers } = layout;
  const out = stack.filters.length === 0 ? widths : stack.filters;
  const entries = layers.map((layer, index) =>
    features.enter(entryName(layer, index), out, index === 0 ? widths : out, layerWords(layer)),
  );
  const endpoint: Entry =
    stack.id === WITHOUT_ENDPOINT ? () => [] : features.enter(`${stack.id}.endpoint`, out, out);
  const next = new Map<string, Shape>();
  for (const shape of shapes) {
    for (const { output, parts } of stackWays(space, layout, shape)) {
      next.set(shapeText(output), output);
      const o = output.c;
      for (const [index, runs] of parts.entries()) {
        const place = tunasPlace(layers[index]!.id);
        // the endpoint knows the stack's width, and so does the last layer
        const behind = index === layers.length - 1 ? endpoint(o, o) : [];
        for (const [at, { of: specs }] of runs.entries()) {
          const [spec] = specs;
          const key =
            spec === undefined
              ? absentKey(place, output)
              : placedKey(place, tunasKey(layerItemOf(space, spec)));
          features.offer(place, key, [...entries[index]!(o, index === 0 ? shape.c : o, at), ...behind]);
        }
      }
    }
  }
  return [...next.values()];
}

function addHead(features: Features, space: StacksSpace, { shapes, widths }: Before): void {
  const { filters, hidden: units } = space.head;
  const convolution = features.enter('head', filters, widths);
  const around = ['head.act', 'head.pool'].map((name) => features.enter(name, filters, filters));
  const searched = units.some((hidden) => hidden > 0);
  const hidden: Entry = searched ? features.enter('hidden', units, filters) : () => [];
  const activation: Entry = searched ? features.enter('hidden.act', units, units) : () => [];
  for (const shape of shapes) {
    for (const { of: head } of surroundings(space).heads(shape)) {
      const { filters: o, hidden: h } = head;
      features.offer('head', tunasKey(headItemOf(space, head)), [
        ...convolution(o, shape.c),
        ...around.flatMap((entry) => entry(o, o)),
        ...hidden(h, o),
        ...activation(h, h),
      ]);
    }
  }
}

/** `sep1` for the separable convolution, `S2L0` for any other layer, as the published list of features has them. */
const entryName = ({ id, candidates }: StackLayer, index: number): string => {
  const stack = id.replace(/l\d+$/, '');
  return candidates[0]!.op === 'separable' ? stack.replace('s', 'sep') : `${stack.toUpperCase()}L${index}`;
};

/** All that a layer may be, in words: candidates slowest, then kernels, expansions, squeeze-and-excitation. */
function layerWords(layer: StackLayer): string[] {
  const several = (candidate: Candidate, attribute: 'kernel' | 'expansion'): boolean =>
    optionsOf(candidate, attribute).length > 1;
  return layerDecisions(layer).map(({ op, kernel, expansion, squeezeExcite }) => {
    if (op === 'identity') return 'zero';
    const candidate = layer.candidates.find((one) => one.op === op)!;
    return [
      ...(several(candidate, 'kernel') ? [`k${kernel}`] : []),
      ...(several(candidate, 'expansion') ? [`e${expansion}`] : []),
      ...(squeezeExcite ? ['se'] : []),
    ].join(' ');
  });
}
