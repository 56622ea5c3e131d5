import { load } from 'js-yaml';
import {
  absentKey,
  type Item,
  type PiecewiseSpace,
  type Place,
  placedKey,
  placesOf,
  profileItems,
  tunasProxylessSpace,
} from '../../src/nas/index.ts';
import { kernelSides, shapeText } from '../../src/net/index.ts';
import { type LatencyTable, stageFailure } from '../../src/stage/index.ts';

/** Milliseconds of a linear model: a constant, and one weight a feature. */
export interface LinearModel {
  readonly bias: number;
  readonly weights: ReadonlyMap<string, number>;
}

/** Reads `{ bias, features: [{ name, w }] }`. Ends the stage with `malformed-table`. */
export function readLinear(text: string, file: string): LinearModel {
  const malformed = (message: string) => stageFailure('malformed-table', `${file}: ${message}`);
  let value: unknown;
  try {
    value = load(text);
  } catch (error) {
    throw malformed((error as Error).message.split('\n')[0]!);
  }
  const { bias, features } = (value ?? {}) as { bias?: unknown; features?: unknown };
  if (typeof bias !== 'number' || !Number.isFinite(bias)) throw malformed('it has no bias in milliseconds');
  if (!Array.isArray(features)) throw malformed('it has no list of features');
  const weights = new Map<string, number>();
  for (const [at, feature] of features.entries()) {
    const { name, w } = (feature ?? {}) as { name?: unknown; w?: unknown };
    if (typeof name !== 'string') throw malformed(`features[${at}] has no name`);
    if (typeof w !== 'number' || !Number.isFinite(w))
      throw malformed(`${name} has no weight in milliseconds`);
    if (weights.has(name)) throw malformed(`${name} is there twice`);
    weights.set(name, w);
  }
  return { bias, weights };
}

/** `s2l1` as TuNAS counts: stack 2, layer 1; a stack of one layer is called `s7`. */
function placeOf(id: string): { readonly stack: number; readonly layer: number } | undefined {
  const [, stack, layer = '0'] = /^s(\d+)(?:l(\d+))?$/.exec(id) ?? [];
  return stack === undefined ? undefined : { stack: Number(stack), layer: Number(layer) };
}

/**
 * Feature of a layer in the model of `proxylessnas_search` (TuNAS, mobile_cost_model): `S2L0 k3 e6`, `sep1 k5`; nothing
 * for a layer that it has no word for.
 */
function featureOf(id: string, { network: { layers, input } }: Item): string | undefined {
  const place = placeOf(id);
  const [depthwise, another] = layers.filter((layer) => layer.op === 'depthwise');
  if (place === undefined || depthwise === undefined || another !== undefined) return undefined;
  if (layers.some(({ op }) => op === 'squeeze-excite' || op === 'pool')) return undefined;
  const { h, w } = kernelSides(depthwise.kernel);
  const expansion = depthwise.output.c / input.c;
  if (h !== w || !Number.isInteger(expansion)) return undefined;
  if (place.stack === 1) return expansion === 1 ? `sep1 k${h}` : undefined;
  return `S${place.stack}L${place.layer} k${h} e${expansion}`;
}

const zeroOf = (id: string): string => {
  const { stack, layer } = placeOf(id)!;
  return `S${stack}L${layer} zero`;
};

/** `112x112x32 → 56x56x40`: what a layer takes and gives. */
const passage = ({ ways: [first] }: Place): string => {
  const { input, layers, output } = first!.network;
  return `${shapeText(input)} → ${shapeText(layers.find(({ id }) => id === output)!.output)}`;
};

/** Ends the stage when the space is not of the skeleton that the model was fitted for: its features name no shapes. */
function requireSkeleton(places: readonly Place[], file: string): void {
  const name = (id: string): string => {
    const place = placeOf(id);
    return place === undefined ? id : `s${place.stack}l${place.layer}`;
  };
  const fitted = new Map(placesOf(tunasProxylessSpace()).map((place) => [name(place.id), passage(place)]));
  for (const place of places) {
    const [here, there] = [passage(place), fitted.get(name(place.id))];
    if (here === there) continue;
    throw stageFailure(
      'table-of-another-space',
      `${file} is not of this space: TuNAS's model knows its space proxylessnas_search only, on 224x224x3 images with its widths; ` +
        (there === undefined ? `it has no ${place.id}` : `${place.id} is ${there} there and ${here} here`),
    );
  }
}

/**
 * A linear model as a table that tells places apart. Weights may be negative and times may not: the least of each place
 * goes into the overhead. Ends the stage with `table-of-another-space`, `unknown-piece` or `missing-latency`.
 */
export function linearEntries(
  space: PiecewiseSpace,
  { bias, weights }: LinearModel,
  file: string,
): Pick<LatencyTable, 'overhead' | 'entries'> {
  const places = placesOf(space);
  requireSkeleton(places, file);
  const missing: string[] = [];
  const weightOf = (feature: string): number => {
    const found = weights.get(feature);
    if (found === undefined) missing.push(feature);
    return found ?? 0;
  };
  const within = new Set(places.flatMap(({ ways }) => ways.map(({ key }) => key)));
  const times = new Map(profileItems(space).flatMap(({ key }) => (within.has(key) ? [] : [[key, 0]])));
  let overhead = bias;
  for (const { id, ways, absent } of places) {
    const alternatives = ways.map((item): [string, number] => {
      const feature = featureOf(id, item);
      if (feature !== undefined) return [placedKey(id, item.key), weightOf(feature)];
      throw stageFailure('unknown-piece', `TuNAS's model has no word for ${id} as ${item.key}`);
    });
    if (absent) alternatives.push([absentKey(id), weightOf(zeroOf(id))]);
    const least = Math.min(...alternatives.map(([, ms]) => ms));
    overhead += least;
    for (const [key, ms] of alternatives) times.set(key, ms - least);
  }
  if (missing.length > 0) {
    throw stageFailure(
      'missing-latency',
      `${file} is not of this space: it lacks ${missing.length} of its layers:\n${missing.sort().join('\n')}`,
    );
  }
  const entries = [...times]
    .map(([key, median]) => ({ key, median, spread: 0, margin: 0, samples: 1 }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  return { overhead, entries };
}
