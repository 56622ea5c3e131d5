import { type Failure, fail, ok, type Result } from '../../base/result.ts';
import type { Pipeline, Stage, StageId } from '../../pipeline/pipeline.ts';
import { didYouMean, listOf } from '../../schema/nearest.ts';

/** Stages that the user names: `train` means it in every cell, `train@seed=2` in one. */
export interface Asked {
  /** Only these. */
  readonly only?: readonly string[];
  /** These, and what takes from them. */
  readonly from?: readonly string[];
  /** These, and what they take from. */
  readonly until?: readonly string[];
  /** These run although their outputs are there. */
  readonly force?: readonly string[];
}

/** Part of a pipeline. */
export interface Selection {
  /** The stages asked for, and what they need. */
  readonly pipeline: Pipeline;
  /** Ids of stages and foreachs that were not asked for: what they made is taken from the store, and must be there. */
  readonly lookedUp: ReadonlySet<StageId>;
}

/** Whether a stage is meant by a name: its own, its id, or those of the foreach that it is in. */
export const isMeant = (name: string, { id, name: own }: Pick<Stage, 'id' | 'name'>): boolean =>
  name === id || name === own || own.startsWith(`${name}.`);

/** Checks that each name means something; `inside`: also a stage inside a foreach. */
function unknownNames(
  { stages, foreachs }: Pipeline,
  option: string,
  names: readonly string[],
  inside: boolean,
  where: string,
): Failure[] {
  const nodes = [...stages.values(), ...foreachs.values()];
  const within = [...foreachs.values()].flatMap((foreach) =>
    [...foreach.stages.values()].map(({ name }) => `${foreach.name}.${name}`),
  );
  const known = new Set([...nodes.flatMap(({ id, name }) => [id, name]), ...(inside ? within : [])]);
  const plain = [...new Set(nodes.map(({ name }) => name))];
  return names
    .filter((name) => !known.has(name))
    .map((name) => ({
      code: 'unknown-stage',
      message: within.includes(name)
        ? `${option} names "${name}", which is inside a foreach; name the foreach`
        : `${option} names "${name}", which is no stage of ${where}${didYouMean(name, [...known]) || `; it has ${listOf(plain, 'and')}`}`,
    }));
}

/** Everything that can be reached from some nodes, these included. */
function reachable(from: ReadonlySet<StageId>, next: (id: StageId) => readonly StageId[]): Set<StageId> {
  const found = new Set(from);
  const waiting = [...from];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    for (const other of next(id)) {
      if (found.has(other)) continue;
      found.add(other);
      waiting.push(other);
    }
  }
  return found;
}

/**
 * The part of a pipeline that was asked for. Fails with `unknown-stage`, or `nothing-selected`.
 *
 * @param where how messages call the pipeline
 */
export function selectStages(
  pipeline: Pipeline,
  { only = [], from = [], until = [], force = [] }: Asked,
  where = 'the pipeline',
): Result<Selection> {
  if ([only, from, until, force].every((names) => names.length === 0)) {
    return ok({ pipeline, lookedUp: new Set() });
  }
  const wrong = [
    ...unknownNames(pipeline, '--only', only, false, where),
    ...unknownNames(pipeline, '--from', from, false, where),
    ...unknownNames(pipeline, '--until', until, false, where),
    ...unknownNames(pipeline, '--force', force, true, where),
  ];
  if (wrong.length > 0) return fail(...wrong);
  const { order } = pipeline;
  const nodeOf = (id: StageId) => pipeline.stages.get(id) ?? pipeline.foreachs.get(id)!;
  const named = (names: readonly string[]) =>
    new Set(order.filter((id) => names.some((name) => isMeant(name, nodeOf(id)))));
  const before = (id: StageId) => nodeOf(id).after;
  const next = new Map<StageId, StageId[]>();
  for (const id of order) {
    for (const source of before(id)) {
      const known = next.get(source);
      if (known === undefined) next.set(source, [id]);
      else known.push(id);
    }
  }
  const after = (id: StageId) => next.get(id) ?? [];
  let wanted = new Set(order);
  const keep = (ids: ReadonlySet<StageId>): void => {
    wanted = new Set([...wanted].filter((id) => ids.has(id)));
  };
  if (only.length > 0) keep(named(only));
  if (from.length > 0) keep(reachable(named(from), after));
  if (until.length > 0) keep(reachable(named(until), before));
  if (wanted.size === 0) {
    return fail({ code: 'nothing-selected', message: '--only, --from and --until have no stage in common' });
  }
  for (const name of force) {
    const lost = [...wanted].some(
      (id) => isMeant(name, nodeOf(id)) || isMeant(name.split('.')[0]!, nodeOf(id)),
    );
    if (!lost)
      return fail({ code: 'unknown-stage', message: `--force names "${name}", which was not asked for` });
  }
  const needed = reachable(wanted, before);
  const kept = order.filter((id) => needed.has(id));
  const part = <T>(all: ReadonlyMap<StageId, T>): Map<StageId, T> =>
    new Map([...all].filter(([id]) => needed.has(id)));
  return ok({
    pipeline: {
      ...pipeline,
      stages: part(pipeline.stages),
      foreachs: part(pipeline.foreachs),
      order: kept,
    },
    lookedUp: new Set(kept.filter((id) => !wanted.has(id))),
  });
}
