import { type ArtifactValues, kindNames } from '../stage/artifacts.ts';
import type { Kind } from '../stage/contract.ts';
import { architecture } from './architecture.ts';
import { controller } from './controller.ts';
import { correlation } from './correlation.ts';
import { evaluation } from './evaluation.ts';
import { json } from './json.ts';
import type { ArtifactKind } from './kind.ts';
import { latencyMeasurement } from './latency-measurement.ts';
import { latencyTable } from './latency-table.ts';
import { model } from './model.ts';
import { searchSpace } from './search-space.ts';
import { testSplit, trainSplit, validationSplit } from './split.ts';
import { supernet } from './supernet.ts';
import { trials } from './trials.ts';

export { type Part, partOf } from './essence.ts';
export type { ArtifactKind, Change, Facts, Item, Tree, Unit } from './kind.ts';
export { pairedMargin } from './paired.ts';

/** Every kind of artifact by its name. */
export type Kinds = { readonly [K in Kind]: ArtifactKind<ArtifactValues[K]> };

const all = [
  architecture,
  controller,
  correlation,
  evaluation,
  json,
  latencyMeasurement,
  latencyTable,
  model,
  searchSpace,
  supernet,
  testSplit,
  trainSplit,
  trials,
  validationSplit,
];

/** Kinds by name; throws when two have the same name or one that a port can carry is not there. */
export function registry(list: readonly Pick<ArtifactKind<never>, 'kind'>[]): Kinds {
  const byName = new Map<string, unknown>();
  for (const each of list) {
    if (byName.has(each.kind)) throw new Error(`internal error: expected one kind "${each.kind}", got two`);
    byName.set(each.kind, each);
  }
  const missing = kindNames.filter((name) => !byName.has(name));
  if (missing.length > 0) throw new Error(`internal error: expected every kind, got none of ${missing}`);
  return Object.fromEntries(byName) as unknown as Kinds;
}

export const kinds: Kinds = registry(all);

/** Whether there is a kind of that name. */
export const isKind = (name: string): name is Kind => Object.hasOwn(kinds, name);
