import {
  absentKey,
  type PiecewiseSpace,
  placedKey,
  placesOf,
  profileItems,
  TUNAS_SPACES,
  tunasKey,
  tunasPlace,
} from '../../src/nas/index.ts';
import { type LatencyTable, stageFailure } from '../../src/stage/index.ts';
import { type LinearModel, type TunasModel, tunasModel } from './linear.ts';

/** Everything that may stand in one place: its key in the table, and its key among the features. */
interface Place {
  readonly id: string;
  readonly ways: readonly { readonly key: string; readonly known: string }[];
}

/** The places of a space, stem and head among them, by the ids that the features have. */
function allPlaces(space: PiecewiseSpace, { features }: TunasModel): Place[] {
  const layers = placesOf(space);
  const within = new Set(layers.flatMap(({ ways }) => ways.map(({ key }) => key)));
  const ends = profileItems(space).filter(({ key }) => !within.has(key));
  const stems = features.places.get('stem')!;
  const end = (id: 'stem' | 'head'): Place => ({
    id,
    ways: ends
      .filter((item) => stems.has(tunasKey(item)) === (id === 'stem'))
      .map((item) => ({ key: item.key, known: tunasKey(item) })),
  });
  return [
    end('stem'),
    ...layers.map(({ id: own, ways, absent }): Place => {
      const id = tunasPlace(own);
      return {
        id,
        ways: [
          ...ways.map((item) => ({ key: placedKey(own, item.key), known: placedKey(id, tunasKey(item)) })),
          ...absent.map((shape) => ({ key: absentKey(own, shape), known: absentKey(id, shape) })),
        ],
      };
    }),
    end('head'),
  ];
}

/**
 * A linear model as a table that tells places apart: what each way to be in a place costs, and the least of the place in
 * the overhead, since coefficients may be negative and times may not. Ends the stage with `malformed-table`,
 * `table-of-another-space` or `missing-latency`.
 */
export function linearEntries(
  space: PiecewiseSpace,
  linear: LinearModel,
  file: string,
): Pick<LatencyTable, 'overhead' | 'entries'> {
  // the release counts a class more, for the background
  const model = tunasModel(linear, space.classes === 1001 ? 1001 : 1000, file);
  const places = allPlaces(space, model);
  requireSpace(places, model, file);
  const missing = new Set<string>();
  const entries: LatencyTable['entries'][number][] = [];
  let overhead = linear.bias;
  for (const { id, ways } of places) {
    const features = model.features.places.get(id)!;
    const told = ways.map(({ key, known }) => {
      const names = features.get(known)!;
      for (const name of names) if (!model.weights.has(name)) missing.add(name);
      return { key, ms: names.reduce((sum, name) => sum + (model.weights.get(name) ?? 0), 0) };
    });
    const least = told.reduce((lowest, { ms }) => Math.min(lowest, ms), Number.POSITIVE_INFINITY);
    overhead += least;
    for (const { key, ms } of told)
      entries.push({ key, median: ms - least, spread: 0, margin: 0, samples: 1 });
  }
  if (missing.size > 0) {
    throw stageFailure(
      'missing-latency',
      `${file} is not of this space: it lacks ${missing.size} of its layers:\n${[...missing].sort().join('\n')}`,
    );
  }
  return { overhead, entries: entries.sort((a, b) => (a.key < b.key ? -1 : 1)) };
}

/** Ends the stage when something may be in the space that the model knows nothing of, or has nothing of a place. */
function requireSpace(places: readonly Place[], { name, features }: TunasModel, file: string): void {
  const strange = places.flatMap(({ id, ways }) =>
    ways.filter(({ known }) => !features.places.get(id)?.has(known)).map(({ key }) => key),
  );
  const own = new Set(places.flatMap(({ id, ways }) => (ways.length === 0 ? [] : [id])));
  const absent = [...features.places.keys()].filter((id) => !own.has(id));
  if (strange.length === 0 && absent.length === 0) return;
  const others = strange.length > 1 ? ` (nor ${strange.length - 1} more of the space's layers)` : '';
  throw stageFailure(
    'table-of-another-space',
    `${file} is not of this space: it is TuNAS's model of ${name}, ${features.names.length} features on images of 224x224x3 and 1000 classes, ` +
      (strange.length > 0
        ? `and does not know ${strange[0]}${others}`
        : `and the space has no ${absent[0]}`) +
      `; take its space, ${TUNAS_SPACES[name]({}).name} as search-space makes it for such images, or measure a table with latency-profile`,
  );
}
