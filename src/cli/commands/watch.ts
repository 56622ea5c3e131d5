import { watchRun } from '../../engine/index.ts';
import { findRunId } from '../../report/reference.ts';
import { runState } from '../../report/run-state.ts';
import { localTime } from '../../report/units.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { openExisting } from '../open.ts';
import type { StoreOptions } from '../options.ts';
import { reportProblems } from '../problems.ts';
import { jsonRenderer } from '../render/json.ts';
import { plainRenderer } from '../render/plain.ts';
import type { Renderer } from '../render/renderer.ts';

/** Exit codes by how a run ended; one whose driver died goes on with the same command, as a stopped one does. */
const CODES = {
  ok: EXIT.ok,
  failed: EXIT.failed,
  stopped: EXIT.stopped,
  dead: EXIT.stopped,
  running: EXIT.ok,
} as const;

const HINT = 'Ctrl-C ends the watching, not the run.';

/** Shows a run that another process drives, from its beginning to its end, as that process shows it. */
export async function watch(
  io: Io,
  text: string | undefined,
  { store: place, json }: StoreOptions,
): Promise<ExitCode> {
  const opened = await openExisting(io, place);
  if (!opened.ok) return reportProblems(io, opened.failures, { json });
  const store = opened.value;
  const run = await findRunId(store, text ?? 'latest');
  if (!run.ok) return reportProblems(io, run.failures, { json });
  const before = await store.runs.events(run.value);
  if (before.length === 0 && !store.runs.isLive(run.value)) {
    const message = `run ${run.value} kept no events; npx pipe show ${run.value} says what it left`;
    return reportProblems(io, [{ code: 'no-events', message }], { json });
  }
  // what happened before is replayed by the times at which it happened, so that paces and remaining times are right
  let replayed = 0;
  const told = { elapsed: () => replayed };
  const renderer = await rendererFor(io, json, told);
  const unwanted = new AbortController();
  const uninstall = io.onInterrupt(() => unwanted.abort());
  const ticking = setInterval(() => {
    replayed = Math.max(replayed, io.clock.now());
  }, 100);
  try {
    await watchRun(
      store,
      run.value,
      ({ at, event }) => {
        replayed = at;
        renderer.event(event);
      },
      { unwanted: unwanted.signal },
    );
  } finally {
    clearInterval(ticking);
    uninstall();
    await renderer.close();
  }
  if (unwanted.signal.aborted) return EXIT.ok;
  const events = await store.runs.events(run.value);
  const state = runState(store, run.value, events);
  if (!json) io.out.write(`${closing(run.value, state, events.at(-1)?.at ?? 0)}\n`);
  return CODES[state];
}

const closing = (run: string, state: keyof typeof CODES, lastAt: number): string =>
  state === 'dead'
    ? `run ${run}: its driver is gone since ${localTime(lastAt)} or later; run the same command to go on`
    : `run ${run}: ${state} · npx pipe show ${run}`;

async function rendererFor(
  io: Io,
  json: true | undefined,
  clock: { readonly elapsed: () => number },
): Promise<Renderer> {
  if (json) return jsonRenderer(io.out);
  if (io.out.columns() === undefined) return plainRenderer(io.out, clock, io.directory);
  const { terminalRenderer } = await import('../render/terminal.ts');
  const screen = { write: io.out.write, columns: () => io.out.columns() ?? 80 };
  return terminalRenderer(screen, clock, io.out.style, io.directory, HINT);
}
