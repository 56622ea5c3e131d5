import { type LockHolder, readHolder } from '../../base/locks.ts';
import { findRunId } from '../../report/reference.ts';
import { type RunState, runState } from '../../report/run-state.ts';
import { duration, localTime } from '../../report/units.ts';
import type { RunStatus, Status } from '../../schema/generated/status.ts';
import type { Store } from '../../store/index.ts';
import { layout } from '../../store/layout.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { openExisting } from '../open.ts';
import type { StoreOptions } from '../options.ts';
import { reportProblems } from '../problems.ts';
import { runHeader } from '../render/header.ts';
import { stageLines } from '../render/stage-line.ts';
import { advance, emptyView, type RunView } from '../render/view.ts';

/** A run as it is at this moment. */
interface Snapshot {
  readonly run: string;
  readonly view: RunView;
  readonly state: RunState;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly lastAt: number;
  /** The moment shown: of a run that does not go on, its last. */
  readonly now: number;
  readonly driver?: LockHolder;
}

/** Says how far a run is that another process drives, or drove: the one asked for, else all that go on, else the last. */
export async function status(
  io: Io,
  text: string | undefined,
  { store: place, json }: StoreOptions,
): Promise<ExitCode> {
  const opened = await openExisting(io, place);
  if (!opened.ok) return reportProblems(io, opened.failures, { json });
  const store = opened.value;
  const live = text === undefined ? (await store.runs.list()).filter((run) => store.runs.isLive(run)) : [];
  const asked = live.length > 0 ? live : [text ?? 'latest'];
  const found: Snapshot[] = [];
  for (const each of asked) {
    const run = await findRunId(store, each);
    if (!run.ok) return reportProblems(io, run.failures, { json });
    const snapshot = await look(io, store, run.value);
    if (snapshot === undefined) {
      const message = `run ${run.value} kept no events; npx pipe show ${run.value} says what it left`;
      return reportProblems(io, [{ code: 'no-events', message }], { json });
    }
    found.push(snapshot);
  }
  if (json) {
    const written: Status = { runs: found.map(statusOf) };
    io.out.write(`${JSON.stringify(written)}\n`);
  } else io.out.write(`${found.map((each) => lines(io, each).join('\n')).join('\n\n')}\n`);
  return EXIT.ok;
}

async function look({ clock }: Io, store: Store, run: string): Promise<Snapshot | undefined> {
  const entries = await store.runs.events(run);
  const state = runState(store, run, entries);
  if (entries[0]?.event.event !== 'run-started') return undefined;
  let view = emptyView();
  let lastAt = 0;
  const attempts = new Map<string, { readonly fingerprint: string; readonly attempt: string }>();
  for (const { at, event } of entries) {
    view = advance(view, event, at);
    lastAt = at;
    if (event.event === 'stage-started') attempts.set(event.stage, event);
  }
  for (const [stage, { fingerprint, attempt }] of attempts) {
    if (view.stages.get(stage)?.state !== 'running') continue;
    for (const { at, event } of await store.attempts.entries(store.attempts.at(fingerprint, attempt))) {
      lastAt = Math.max(lastAt, at);
      if (event.type !== 'progress') continue;
      const { type: _, ...progress } = event;
      view = advance(view, { event: 'stage-progress', stage, ...progress, elapsedMs: 0 }, at);
    }
  }
  const driver = readHolder(layout(store.root).runLock(run));
  const now = state === 'running' ? clock.now() : lastAt;
  return { run, view, state, startedAt: entries[0].at, lastAt, now, ...(driver && { driver }) };
}

function statusOf({ run, view, state, startedAt, lastAt, now, driver }: Snapshot): RunStatus {
  return {
    run,
    pipeline: view.started!.pipeline,
    state,
    startedAt: new Date(startedAt).toISOString(),
    lastEventAt: new Date(lastAt).toISOString(),
    ...(driver && { driver: { host: driver.host, pid: driver.pid } }),
    stages: [...view.stages.values()].map(
      ({ id, type, state: of, progress, checkpointStep, failure, silent }) => ({
        id,
        type,
        state: of,
        ...(silent && of === 'running' && { silentMs: Math.max(0, now - silent.from) }),
        ...(progress && { step: progress.step, total: progress.total }),
        ...(progress?.metrics && { metrics: progress.metrics }),
        ...(checkpointStep !== undefined && { checkpointStep }),
        ...(failure && { failure: failure.message }),
      }),
    ),
  };
}

function lines(io: Io, { run, view, state, startedAt, lastAt, now, driver }: Snapshot): string[] {
  const { style } = io.out;
  const width = Math.min(io.out.columns() ?? 80, 80);
  const stages = [...view.stages.values()];
  const done = new Set(['cached', 'ran', 'resumed']);
  const pending = new Set(stages.filter((stage) => !done.has(stage.state)).map(({ id }) => id));
  const context = {
    width,
    idWidth: Math.max(7, ...stages.map(({ id }) => id.length)),
    style,
    now,
    spinner: state === 'running' ? '●' : '○',
    pending,
  };
  const who = driver ? ` by process ${driver.pid} on ${driver.host}` : '';
  const words: Readonly<Record<RunState, string>> = {
    running: `running for ${duration(io.clock.now() - startedAt)}${who}`,
    dead: `its driver is gone, last heard of ${localTime(lastAt)}; run the same command to go on`,
    ok: `ended ok after ${duration(lastAt - startedAt)}`,
    failed: `failed after ${duration(lastAt - startedAt)}`,
    stopped: `stopped after ${duration(lastAt - startedAt)}; run the same command to go on`,
  };
  return [
    style.bold(runHeader(view.started!, io.directory)),
    `run ${run} · ${words[state]}`,
    '',
    ...stages.flatMap((stage) => stageLines(stage, context)),
  ];
}
