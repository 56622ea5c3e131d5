import * as path from 'node:path';
import type { Files } from '../../base/files.ts';
import type { RunEvent } from '../../schema/generated/event.ts';
import type { RunJournalEntry } from '../../schema/generated/run-journal.ts';
import type { RunResult, StageResult } from '../../schema/generated/run-result.ts';
import type { Layout } from '../layout.ts';
import type { StoreParts } from '../parts.ts';
import { RUN_DOMAINS, RUN_FILES } from '../run-files.ts';
import { readSealed } from '../seal.ts';

/** What a run keeps of its pipeline, as far as it matters here. */
export interface RunPipeline {
  readonly name?: string;
  readonly seed?: number;
  readonly seal: string;
}

/** Results of a run as they lie there; nothing when they are not whole, or another run's. */
export async function readResults(files: Files, at: Layout, id: string): Promise<RunResult | undefined> {
  const file = path.join(at.run(id), RUN_FILES.results);
  const found = await readSealed<RunResult & { seal: string }>(files, RUN_DOMAINS.results, file);
  return found && (found.run ?? id) === id ? found : undefined;
}

type Told = Partial<Pick<StageResult, 'type' | 'attempt' | 'elapsedMs' | 'summary' | 'failure'>>;

/** What an event says of its stage that results hold too. */
function toldBy(event: RunEvent): readonly [stage: string, told: Told] | undefined {
  switch (event.event) {
    case 'stage-cached':
      return [event.stage, { type: event.type, elapsedMs: 0, summary: event.summary }];
    case 'stage-started':
      return [event.stage, { type: event.type, attempt: event.attempt }];
    case 'stage-finished': {
      const { type, attempt, elapsedMs, summary } = event;
      return [event.stage, { type, attempt, elapsedMs, summary }];
    }
    case 'stage-failed': {
      const { type, elapsedMs, code, message } = event;
      return [event.stage, { type, elapsedMs, failure: { code, message } }];
    }
    default:
      return undefined;
  }
}

/**
 * The results of a run that has ended, as its events and the records tell them; nothing when they do not tell its end. Which
 * stage an input came from is not known any more, only its artifact.
 */
export async function resultsFrom(
  store: StoreParts,
  run: string,
  pipeline: RunPipeline | undefined,
  entries: readonly RunJournalEntry[],
): Promise<RunResult | undefined> {
  const [first, last] = [entries[0], entries.at(-1)];
  const [begun, ended] = [first?.event, last?.event];
  if (begun?.event !== 'run-started' || ended?.event !== 'run-finished') return undefined;
  const told = new Map<string, Told>(begun.stages.map(({ id, type }) => [id, { type }]));
  for (const { event } of entries) {
    const [stage, more] = toldBy(event) ?? [];
    if (stage !== undefined) told.set(stage, { ...told.get(stage), ...more });
  }
  const stages: RunResult['stages'] = {};
  for (const [id, finished] of Object.entries(ended.stages)) {
    const { status, determinism, fingerprint, outputs } = finished!;
    const { type = 'unknown', elapsedMs = 0, ...more } = told.get(id) ?? {};
    const numbers = fingerprint === undefined ? [] : await store.records.numbers(fingerprint);
    const record = numbers.length === 0 ? undefined : await store.records.read(fingerprint!, numbers.at(-1)!);
    const kindOf = async (port: string, digest: string) =>
      record?.outputs[port]?.kind ?? (await store.objects.manifest(digest))?.kind ?? 'unknown';
    const made: StageResult['outputs'] = {};
    for (const [port, digest] of Object.entries(outputs)) {
      made[port] = { kind: await kindOf(port, digest!), digest: digest! };
    }
    const read = Object.entries<string | undefined>({
      ...record?.preimage.inputs,
      ...record?.lineage.inputs,
    });
    stages[id] = {
      type,
      status,
      ...(fingerprint !== undefined && { fingerprint }),
      determinism,
      outputs: made,
      inputs: Object.fromEntries(read.map(([port, digest]) => [port, { from: 'artifact', digest: digest! }])),
      elapsedMs,
      ...more,
    };
  }
  return {
    v: 1,
    run,
    pipeline: pipeline?.name ?? begun.pipeline,
    seed: pipeline?.seed ?? 0,
    status: ended.status,
    startedAt: new Date(first!.at).toISOString(),
    finishedAt: new Date(last!.at).toISOString(),
    elapsedMs: last!.at - first!.at,
    ...(begun.backend !== undefined && { backend: begun.backend }),
    stages,
  };
}
