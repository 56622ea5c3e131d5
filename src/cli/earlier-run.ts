import { digestBytes } from '../base/digest.ts';
import type { RunResult } from '../engine/index.ts';
import type { Store } from '../store/index.ts';

/** Runs before this one that are looked at for one of the same pipeline. */
const LOOK_BACK = 20;

const outputsOf = ({ stages }: RunResult): string =>
  digestBytes(JSON.stringify(Object.values(stages).map((stage) => stage!.outputs)));

/** What was found for a pipeline the last time: it is so for as long as the same comes out. */
interface Kept {
  readonly outputs: string;
  readonly earlier?: string;
}

/** The last run of the same pipeline before this one that went well and in which anything else came out. */
export async function earlierRun(store: Store, result: RunResult): Promise<string | undefined> {
  const { run, pipeline } = result;
  const ids = await store.runs.list();
  const outputs = outputsOf(result);
  const place = `earlier/${pipeline}.json`;
  const kept = await store.cache.find<Kept>(place);
  if (kept?.outputs === outputs && (kept.earlier === undefined || ids.includes(kept.earlier))) {
    return kept.earlier;
  }
  let earlier: string | undefined;
  for (const id of ids.slice(0, ids.indexOf(run)).reverse().slice(0, LOOK_BACK)) {
    const other = (await store.runs.results(id)) as RunResult | undefined;
    if (other?.pipeline !== pipeline || other.status !== 'ok' || outputsOf(other) === outputs) continue;
    earlier = id;
    break;
  }
  await store.cache.keep(place, { outputs, ...(earlier !== undefined && { earlier }) } satisfies Kept);
  return earlier;
}
