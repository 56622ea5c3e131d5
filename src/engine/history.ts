import type { FieldChange } from '../schema/generated/plan.ts';
import type { Preimage, StageRecord } from '../schema/generated/record.ts';
import type { Store } from '../store/index.ts';
import { preimageChanges, type Side } from './preimage.ts';

/** An earlier record of a stage type, and how a pre-image differs from its. */
export interface Nearest {
  readonly record: StageRecord;
  readonly changes: readonly FieldChange[];
}

/** What the store remembers of stage types; read from disk once, when first asked. */
export interface History {
  /**
   * The record of the stage type whose pre-image differs in the fewest fields, the newest of several. Fields that `side`
   * does not have yet (inputs that are not known) do not count.
   */
  nearest(stageType: string, side: Side): Promise<Nearest | undefined>;
}

export function createHistory(store: Store): History {
  let all: Promise<Map<string, StageRecord[]>> | undefined;
  const load = async (): Promise<Map<string, StageRecord[]>> => {
    const byType = new Map<string, StageRecord[]>();
    for (const fingerprint of await store.records.fingerprints()) {
      const record = (await store.records.list(fingerprint)).records.at(-1);
      if (record === undefined) continue;
      byType.set(record.stageType, [...(byType.get(record.stageType) ?? []), record]);
    }
    return byType;
  };
  return {
    async nearest(stageType, side) {
      all ??= load();
      let best: Nearest | undefined;
      for (const record of (await all).get(stageType) ?? []) {
        const known = Object.keys(side.preimage) as (keyof Preimage)[];
        const preimage = Object.fromEntries(known.map((field) => [field, record.preimage[field]]));
        const changes = preimageChanges({ preimage, sources: record.lineage.sources }, side);
        const fewer = best === undefined || changes.length < best.changes.length;
        const newer =
          changes.length === best?.changes.length && record.times.finishedAt > best.record.times.finishedAt;
        if (fewer || newer) best = { record, changes };
      }
      return best;
    },
  };
}
