import { setTimeout as sleep } from 'node:timers/promises';
import { nodeFiles, readText } from '../../base/files.ts';
import { fail, ok, type Result } from '../../base/result.ts';
import { runEnded } from '../../engine/index.ts';
import { journalPrinter } from '../../report/journal.ts';
import { findRunId, parseStageReference } from '../../report/reference.ts';
import type { RunResult } from '../../schema/generated/run-result.ts';
import { didYouMean, listOf } from '../../schema/nearest.ts';
import type { Problem } from '../../schema/problem.ts';
import { type Attempt, followJournal, type Store } from '../../store/index.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { openExisting } from '../open.ts';
import type { StoreOptions } from '../options.ts';
import { reportProblems } from '../problems.ts';

/**
 * Prints what happened in the last attempt at a stage and what it printed; as JSON its journal. `follow`: goes on until the
 * stage has ended, or its run is over.
 */
export async function logs(
  io: Io,
  text: string,
  { store: place, json, follow }: StoreOptions & { readonly follow?: true },
): Promise<ExitCode> {
  const opened = await openExisting(io, place);
  if (!opened.ok) return reportProblems(io, opened.failures, { json });
  const store = opened.value;
  const { run, stage = '' } = parseStageReference(text);
  const id = await findRunId(store, run);
  if (!id.ok) return reportProblems(io, id.failures, { json });
  const known = await stagesOf(store, id.value);
  if (!known.includes(stage)) {
    const message = `run ${id.value} has no stage "${stage}"${didYouMean(stage, known) || `; it has ${listOf(known, 'and')}`}`;
    return reportProblems(io, [{ code: 'unknown-stage', message }], { json });
  }
  const unwanted = new AbortController();
  const uninstall = follow ? io.onInterrupt(() => unwanted.abort()) : () => {};
  try {
    let found = await attemptOf(store, id.value, stage);
    while (!found.ok && follow && store.runs.isLive(id.value) && !unwanted.signal.aborted) {
      await sleep(100);
      found = await attemptOf(store, id.value, stage);
    }
    if (!found.ok) return reportProblems(io, found.failures, { json });
    await print(io, store, found.value, json, follow ? ended(store, id.value, stage, unwanted) : undefined);
  } finally {
    unwanted.abort();
    uninstall();
  }
  return EXIT.ok;
}

/** Ids of a run's stages, from what it told or, of an older run, from its result. */
async function stagesOf(store: Store, run: string): Promise<string[]> {
  const first = (await store.runs.events(run))[0]?.event;
  if (first?.event === 'run-started') return first.stages.map(({ id }) => id);
  const result = (await store.runs.results(run)) as unknown as RunResult | undefined;
  return Object.keys(result?.stages ?? {});
}

/** The attempt whose log a stage of a run has: the last that the run started, else the one whose outputs it took. */
async function attemptOf(store: Store, run: string, stage: string): Promise<Result<Attempt, Problem>> {
  const started = (await store.runs.events(run)).findLast(
    ({ event }) => event.event === 'stage-started' && event.stage === stage,
  )?.event;
  if (started?.event === 'stage-started') return ok(store.attempts.at(started.fingerprint, started.attempt));
  const result = (await store.runs.results(run)) as unknown as RunResult | undefined;
  const { fingerprint, attempt, status } = result?.stages[stage] ?? {};
  const id = attempt ?? (fingerprint && (await store.attempts.list(fingerprint)).at(-1));
  if (fingerprint !== undefined && id !== undefined) return ok(store.attempts.at(fingerprint, id));
  const why = store.runs.isLive(run) && !status ? 'not started yet' : (status ?? 'not run').replace('-', ' ');
  return fail({ code: 'no-log', message: `stage ${stage} of run ${run} has no log: ${why}` });
}

/** Resolves when the stage has ended, its run is over, or nobody wants to know. */
async function ended(store: Store, run: string, stage: string, unwanted: AbortController): Promise<void> {
  const over = runEnded(store, run, unwanted.signal);
  for await (const { event } of store.runs.follow(run, over)) {
    const last = event.event === 'stage-finished' || event.event === 'stage-failed';
    if ((last || event.event === 'stage-stopped') && event.stage === stage) return;
  }
}

async function print(
  io: Io,
  store: Store,
  attempt: Attempt,
  json: true | undefined,
  until: Promise<void> | undefined,
): Promise<void> {
  const lines = journalPrinter();
  if (!json) io.out.write(`${io.out.style.bold(attempt.journal)}\n`);
  const entries = until
    ? followJournal(nodeFiles, attempt.journal, until)
    : await store.attempts.entries(attempt);
  for await (const entry of entries) {
    if (json) io.out.write(`${JSON.stringify(entry)}\n`);
    else for (const line of lines(entry)) io.out.write(`${line}\n`);
  }
  if (json) return;
  const printed = (await nodeFiles.stat(attempt.log)) ? await readText(nodeFiles, attempt.log) : '';
  if (printed !== '') io.out.write(`\n${io.out.style.bold(attempt.log)}\n${printed}`);
}
