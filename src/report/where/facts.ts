import type { Json } from '../../base/canonical.ts';
import type { RunResult } from '../../schema/generated/run-result.ts';
import type { Labels } from '../../store/index.ts';
import { branchOf } from '../branch.ts';
import type { Headline } from '../headline.ts';

/** A value of a run that can be asked for; a list (tags) has a value when one of its items has. */
export type RunFact = string | number | boolean | readonly string[];

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

function flatten(value: unknown, path: string, into: Map<string, RunFact>): void {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    into.set(path, value);
  else if (Array.isArray(value)) into.set(path, value.map(String));
  else if (typeof value === 'object' && value !== null) {
    for (const [key, of] of Object.entries(value)) flatten(of, `${path}.${key}`, into);
  }
}

/**
 * All that a run can be asked for: `run`, `pipeline`, `status`, `seed`, `started` (ISO 8601), `seconds`, `tag`, `note`, `branched`;
 * `accuracy`, `macs`, `params`, `latency` (ms) of what it found; and of each stage its `status`, its `params` and the
 * facts of its summary: `search.params.steps`, `evaluate.accuracy`.
 */
export function runFacts({ id, result, headline, labels, pipeline }: RunKnowledge): RunFacts {
  const facts = new Map<string, RunFact>([['run', id]]);
  facts.set('tag', labels.tags);
  if (labels.note !== undefined) facts.set('note', labels.note);
  const branched = result && branchOf(result);
  if (branched !== undefined) facts.set('branched', branched);
  if (result) {
    facts.set('pipeline', result.pipeline);
    facts.set('status', result.status);
    facts.set('seed', result.seed);
    facts.set('started', result.startedAt);
    facts.set('seconds', result.elapsedMs / 1000);
  }
  const { evaluation, measurement } = headline;
  if (evaluation) {
    facts.set('accuracy', evaluation.accuracy.value);
    facts.set('macs', evaluation.costs.macs);
    facts.set('params', evaluation.costs.params);
  }
  if (measurement) facts.set('latency', measurement.median);
  const written = pipeline as { name?: string; stages?: { [id: string]: { params?: Json } } } | undefined;
  if (!result) {
    facts.set('status', 'unfinished');
    if (written?.name !== undefined) facts.set('pipeline', written.name);
  }
  const stages = written?.stages ?? {};
  for (const [stage, { params }] of Object.entries(stages)) flatten(params, `${stage}.params`, facts);
  for (const [stage, of] of Object.entries(result?.stages ?? {})) {
    facts.set(`${stage}.status`, of!.status);
    flatten(of!.summary, stage, facts);
  }
  return facts;
}
