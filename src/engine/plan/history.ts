import type { Stage, StageId } from '../../pipeline/pipeline.ts';
import type { FieldChange } from '../../schema/generated/plan.ts';
import type { Preimage, StageRecord } from '../../schema/generated/record.ts';
import type { RunResult, StageResult } from '../../schema/generated/run-result.ts';
import { codeOf, type Store, standing } from '../../store/index.ts';
import { preimageChanges, type Side } from '../identity/preimage.ts';

/** An earlier record of a stage type, and how a pre-image differs from its. */
export interface Nearest {
  readonly record: StageRecord;
  readonly changes: readonly FieldChange[];
  /** Whether it is the stage itself, as it was the last time that this pipeline ran. */
  readonly own: boolean;
}

/** What the store remembers of stage types; read from disk once, when first asked. */
export interface History {
  /**
   * What the stage was the last time that this pipeline ran; else the record of its type whose pre-image differs in the
   * fewest fields, the newest of several. Fields that `side` does not have yet (inputs that are not known) do not count.
   */
  nearest(stage: Pick<Stage, 'id' | 'type'>, side: Side): Promise<Nearest | undefined>;
  /** That the stage failed the last time that this pipeline ran, in one sentence; undefined when it did not. */
  failure(stage: Pick<Stage, 'id' | 'type'>): Promise<string | undefined>;
}

/** `it failed last time: <first line of its message>`, where the stage of that run failed and was of this type. */
export function failureSentence(before: StageResult | undefined, type: string): string | undefined {
  if (before?.type !== type || before.status !== 'failed') return undefined;
  const said = before.failure?.message.trim().split('\n', 1)[0];
  return `it failed last time${said ? `: ${said}` : ''}`;
}

/** How a pre-image differs from a record's, in the fields that it has. */
function changesSince(record: StageRecord, side: Side): FieldChange[] {
  const known = Object.keys(side.preimage) as (keyof Preimage)[];
  const before = Object.fromEntries(known.map((field) => [field, record.preimage[field]]));
  return preimageChanges({ preimage: before, ...codeOf(record) }, side);
}

/** The id of the last run of a pipeline. */
export async function lastRun(store: Store, pipeline: string): Promise<string | undefined> {
  const id = await store.runs.resolve(`latest-${pipeline}`);
  return typeof id === 'string' ? id : undefined;
}

/** `last`: id of the last run of the pipeline, when there is one. */
export function createHistory(store: Store, last: string | undefined): History {
  let results: Promise<RunResult | undefined> | undefined;
  let all: Promise<Map<string, StageRecord[]>> | undefined;
  const load = async (): Promise<Map<string, StageRecord[]>> => {
    const byType = new Map<string, StageRecord[]>();
    for (const fingerprint of await store.records.fingerprints()) {
      const record = standing((await store.records.list(fingerprint)).records).at(-1);
      if (record === undefined) continue;
      byType.set(record.stageType, [...(byType.get(record.stageType) ?? []), record]);
    }
    return byType;
  };
  const stageBefore = async (id: StageId): Promise<StageResult | undefined> => {
    results ??= (async () =>
      last === undefined ? undefined : ((await store.runs.results(last)) as RunResult | undefined))();
    return (await results)?.stages[id];
  };
  return {
    failure: async ({ id, type }) => failureSentence(await stageBefore(id), type.name),
    async nearest({ id, type }, side) {
      const before = await stageBefore(id);
      if (before?.type === type.name && before.fingerprint !== undefined) {
        const record = standing((await store.records.list(before.fingerprint)).records).at(-1);
        if (record !== undefined) return { record, changes: changesSince(record, side), own: true };
      }
      all ??= load();
      let best: Nearest | undefined;
      for (const record of (await all).get(type.name) ?? []) {
        const changes = changesSince(record, side);
        const fewer = best === undefined || changes.length < best.changes.length;
        const newer =
          changes.length === best?.changes.length && record.times.finishedAt > best.record.times.finishedAt;
        if (fewer || newer) best = { record, changes, own: false };
      }
      return best;
    },
  };
}
