import { load } from 'js-yaml';
import {
  type LinearFeatures,
  TUNAS_SPACES,
  type TunasSpaceName,
  tunasFeatures,
} from '../../src/nas/index.ts';
import { stageFailure } from '../../src/stage/index.ts';

/** Milliseconds of a linear model: a constant, and one coefficient a feature, by name or in the order of the release. */
export interface LinearModel {
  readonly bias: number;
  readonly coefficients: ReadonlyMap<string, number> | readonly number[];
}

/**
 * Reads `{ bias, features: [{ name, w }] }` or `{ bias, kernel }`, in which kernel and bias may be text as well: base64 of
 * big-endian float32, as the release has them. Ends the stage with `malformed-table`.
 */
export function readLinear(text: string, file: string): LinearModel {
  const malformed = (message: string) => stageFailure('malformed-table', `${file}: ${message}`);
  let value: unknown;
  try {
    value = load(text);
  } catch (error) {
    throw malformed((error as Error).message.split('\n')[0]!);
  }
  const { bias: constant, features, kernel } = (value ?? {}) as { readonly [field: string]: unknown };
  const [bias, more] = typeof constant === 'string' ? (floats(constant) ?? []) : [constant];
  if (typeof bias !== 'number' || !Number.isFinite(bias) || more !== undefined)
    throw malformed('it has no bias in milliseconds');
  if ((features === undefined) === (kernel === undefined)) {
    throw malformed(
      features === undefined
        ? 'it has no list of features'
        : 'it has both features and a kernel; leave one of them out',
    );
  }
  if (kernel !== undefined) {
    const coefficients = typeof kernel === 'string' ? floats(kernel) : kernel;
    if (!Array.isArray(coefficients))
      throw malformed('its kernel is neither a list of numbers nor base64 of float32');
    const at = coefficients.findIndex((w) => typeof w !== 'number' || !Number.isFinite(w));
    if (at >= 0) throw malformed(`kernel[${at}] is no number of milliseconds`);
    return { bias, coefficients };
  }
  if (!Array.isArray(features)) throw malformed('it has no list of features');
  const coefficients = new Map<string, number>();
  for (const [at, feature] of features.entries()) {
    const { name, w } = (feature ?? {}) as { name?: unknown; w?: unknown };
    if (typeof name !== 'string') throw malformed(`features[${at}] has no name`);
    if (typeof w !== 'number' || !Number.isFinite(w))
      throw malformed(`${name} has no weight in milliseconds`);
    if (coefficients.has(name)) throw malformed(`${name} is there twice`);
    coefficients.set(name, w);
  }
  return { bias, coefficients };
}

/** Big-endian float32s in base64, blanks between them allowed; nothing for text that is not that. */
function floats(base64: string): number[] | undefined {
  const text = base64.replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text) || text.length % 4 !== 0) return undefined;
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length % 4 !== 0) return undefined;
  return Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatBE(4 * at));
}

/** A linear model of one of TuNAS's spaces. */
export interface TunasModel {
  readonly name: TunasSpaceName;
  readonly features: LinearFeatures;
  readonly weights: ReadonlyMap<string, number>;
}

/**
 * Which of TuNAS's spaces a model is of: the one that has as many features, or, of a model that names them, the first
 * that has them all. Ends the stage with `malformed-table` when there is none.
 *
 * @param classes of the networks
 */
export function tunasModel({ coefficients }: LinearModel, classes: number, file: string): TunasModel {
  const malformed = (message: string) => stageFailure('malformed-table', `${file}: ${message}`);
  const counts: string[] = [];
  let stranger: string | undefined;
  for (const name of Object.keys(TUNAS_SPACES) as TunasSpaceName[]) {
    const features = tunasFeatures(name, classes);
    const { names } = features;
    if ('length' in coefficients) {
      if (coefficients.length === names.length)
        return { name, features, weights: new Map(names.map((each, at) => [each, coefficients[at]!])) };
      counts.push(`${names.length} (${name})`);
    } else {
      const known = new Set(names);
      const unknown = [...coefficients.keys()].find((each) => !known.has(each));
      if (unknown === undefined) return { name, features, weights: coefficients };
      stranger ??= unknown;
    }
  }
  if ('length' in coefficients) {
    throw malformed(
      `it has ${coefficients.length} coefficients; the models of TuNAS's spaces have ${counts.join(', ')}`,
    );
  }
  throw malformed(
    `no one of TuNAS's spaces has all of its features; that of proxylessnas_search, for one, has no ${stranger}`,
  );
}
