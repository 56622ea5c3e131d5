import type { Json } from '../../base/canonical.ts';
import type { RunResult } from '../../schema/generated/run-result.ts';
import type { Labels } from '../../store/index.ts';
import { branchOf } from '../branch.ts';
import type { Headline } from '../headline.ts';

type Fact = string | number | boolean;

/**
 * A value of a run that can be asked for; a list (tags, a figure of several networks) has a value when one of its items
 * has.
 */
export type RunFact = Fact | readonly Fact[];

/** Field → value, parts of the field joined by a dot. */
export type RunFacts = ReadonlyMap<string, RunFact>;

export interface RunKnowledge {
  readonly id: string;
  readonly result?: RunResult;
  readonly headline: Headline;
  readonly labels: Labels;
  /** As it was resolved, with defaults. */
  readonly pipeline?: Json;
}

const isFact = (value: unknown): value is Fact =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

interface WrittenStage {
  /** Inside a foreach `<foreach>.<stage>`. */
  readonly id: string;
  /** Its id without its cell: `train` of `train@seed=2`. */
  readonly name: string;
  readonly params: unknown;
}

/** The stages of a resolved pipeline; those inside a foreach as they are for any item. */
function writtenStages(stages: unknown): WrittenStage[] {
  type Written = { readonly params?: unknown; readonly stages?: unknown };
  return Object.entries((stages ?? {}) as Record<string, Written>).flatMap(
    ([id, { params, stages: inner }]) => {
      const name = id.split('@')[0]!;
      if (inner === undefined) return [{ id, name, params }];
      return writtenStages(inner).map((each) => ({
        id: `${id}.${each.id}`,
        name: `${name}.${each.name}`,
        params: each.params,
      }));
    },
  );
}

/** Collects facts; what is said of one field several times becomes a list of what differs. */
class Collected {
  readonly #found = new Map<string, Set<Fact>>();

  add(field: string, ...values: readonly unknown[]): void {
    const found = this.#found.get(field) ?? new Set();
    for (const value of values) if (isFact(value)) found.add(value);
    this.#found.set(field, found);
  }

  /** Of everything inside a value, under the names of its fields. */
  addAll(field: string, value: unknown): void {
    if (isFact(value)) this.add(field, value);
    else if (Array.isArray(value)) this.add(field, ...value);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, of] of Object.entries(value)) this.addAll(`${field}.${key}`, of);
    }
  }

  facts(): RunFacts {
    const one = ([only, ...more]: readonly Fact[]): RunFact | undefined =>
      more.length === 0 ? only : undefined;
    return new Map([...this.#found].map(([field, values]) => [field, one([...values]) ?? [...values]]));
  }
}

/**
 * All that a run can be asked for: `run`, `pipeline`, `status`, `seed`, `started` (ISO 8601), `seconds`, `tag`, `note`,
 * `branched`; `accuracy`, `macs`, `params`, `latency` (ms) of the networks that it evaluated, of those that differ in
 * their seed alone the mean; and of each stage its `status`, its `params` and the facts of its summary:
 * `search.params.steps`, `evaluate.accuracy`. A stage that is there several times (`evaluate@seed=2`) has fields of its
 * own, and its name has the values of all.
 */
export function runFacts({ id, result, headline, labels, pipeline }: RunKnowledge): RunFacts {
  const found = new Collected();
  found.add('run', id);
  found.add('tag', ...labels.tags);
  if (labels.note !== undefined) found.add('note', labels.note);
  const branched = result && branchOf(result);
  if (branched !== undefined) found.add('branched', branched);
  if (result) {
    found.add('pipeline', result.pipeline);
    found.add('status', result.status);
    found.add('seed', result.seed);
    found.add('started', result.startedAt);
    found.add('seconds', result.elapsedMs / 1000);
  }
  for (const { figures } of headline.groups ?? []) {
    for (const { field, mean } of figures) if (field !== undefined) found.add(field, mean);
  }
  if (headline.measurement) found.add('latency', headline.measurement.median);
  const written = pipeline as { name?: string; stages?: object } | undefined;
  if (!result) {
    found.add('status', 'unfinished');
    if (written?.name !== undefined) found.add('pipeline', written.name);
  }
  for (const { id: stage, name, params } of writtenStages(written?.stages)) {
    for (const owner of new Set([stage, name])) found.addAll(`${owner}.params`, params);
  }
  for (const [stage, of] of Object.entries(result?.stages ?? {})) {
    for (const owner of new Set([stage, of!.name ?? stage])) {
      found.add(`${owner}.status`, of!.status);
      found.addAll(owner, of!.summary);
    }
  }
  return found.facts();
}
