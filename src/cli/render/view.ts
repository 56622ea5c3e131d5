import { never } from '../../base/result.ts';
import type { Facts } from '../../report/facts.ts';
import type { RunEvent, RunStarted, StageProgress } from '../../schema/generated/event.ts';

/** What the screen knows of one stage. Times are of the passed clock, in milliseconds. */
export interface StageView {
  readonly id: string;
  readonly type: string;
  readonly after: readonly string[];
  readonly state: 'waiting' | 'running' | 'cached' | 'ran' | 'resumed' | 'failed' | 'stopped' | 'not-run';
  /** Why a stage whose inputs are ready has not started. */
  readonly held?: string;
  /** Why it was started. */
  readonly reason?: string;
  readonly resumedFrom?: number;
  readonly progress?: StageProgress;
  /** When the first progress of this attempt and the last one came, and the step of the first. */
  readonly pace?: { readonly firstAt: number; readonly firstStep: number; readonly lastAt: number };
  /** Values of the metric that matters, in order. */
  readonly history: readonly number[];
  readonly summary: Facts;
  /** Milliseconds of the attempt, or, of a cached stage, of the attempt that made it. */
  readonly elapsedMs?: number;
  readonly madeOn?: string;
  readonly failure?: { readonly code: string; readonly message: string };
  readonly checkpointStep?: number;
}

/** What the screen knows of a run. */
export interface RunView {
  readonly started?: RunStarted;
  readonly stages: ReadonlyMap<string, StageView>;
  readonly warnings: readonly string[];
  readonly status?: 'ok' | 'failed' | 'stopped';
}

export const emptyView: RunView = { stages: new Map(), warnings: [] };

/** Most values of a metric that are kept; older ones are thinned out. */
const HISTORY = 256;

/** The view after an event that came at `now`. */
export function advance(view: RunView, event: RunEvent, now: number): RunView {
  const change = (id: string, fields: Partial<StageView>): RunView => {
    const stage = view.stages.get(id);
    if (!stage) throw new Error(`internal error: expected a stage of the run, got "${id}"`);
    return { ...view, stages: new Map(view.stages).set(id, { ...stage, ...fields }) };
  };
  switch (event.event) {
    case 'run-started':
      return {
        ...view,
        started: event,
        stages: new Map(
          event.stages.map(({ id, type, after }) => [
            id,
            { id, type, after, state: 'waiting', history: [], summary: {} },
          ]),
        ),
      };
    case 'stage-waiting':
      return change(event.stage, {
        held: event.holder
          ? `another run has it (process ${event.holder.pid} on ${event.holder.host})`
          : event.reason === 'lock'
            ? 'another run has it'
            : 'waits for a free processor',
      });
    case 'stage-cached':
      return change(event.stage, {
        state: 'cached',
        summary: event.summary,
        ...(event.ranMs === undefined ? {} : { elapsedMs: event.ranMs }),
        ...(event.madeOn === undefined ? {} : { madeOn: event.madeOn }),
      });
    case 'stage-started':
      return change(event.stage, {
        state: 'running',
        reason: event.reason,
        ...(event.resumedFrom === undefined ? {} : { resumedFrom: event.resumedFrom }),
      });
    case 'stage-progress': {
      const { pace, history } = view.stages.get(event.stage)!;
      const metric = Object.values(event.metrics ?? {})[0];
      return change(event.stage, {
        progress: event,
        pace: pace ? { ...pace, lastAt: now } : { firstAt: now, firstStep: event.step, lastAt: now },
        history: metric === undefined ? history : remember(history, metric),
      });
    }
    case 'stage-checkpoint':
      return change(event.stage, { checkpointStep: event.step });
    case 'stage-note':
      return view;
    case 'stage-finished':
      return change(event.stage, {
        state: event.status,
        summary: event.summary,
        elapsedMs: event.elapsedMs,
      });
    case 'stage-failed':
      return change(event.stage, {
        state: 'failed',
        failure: { code: event.code, message: event.message },
        elapsedMs: event.elapsedMs,
        ...(event.checkpointStep === undefined ? {} : { checkpointStep: event.checkpointStep }),
      });
    case 'stage-stopped':
      return change(event.stage, {
        state: 'stopped',
        elapsedMs: event.elapsedMs,
        ...(event.checkpointStep === undefined ? {} : { checkpointStep: event.checkpointStep }),
      });
    case 'warning':
      return { ...view, warnings: [...view.warnings, event.message] };
    case 'run-finished': {
      const stages = new Map(view.stages);
      for (const [id, stage] of stages) {
        if (stage.state === 'waiting' || stage.state === 'running') {
          stages.set(id, { ...stage, state: 'not-run' });
        }
      }
      return { ...view, stages, status: event.status };
    }
    default:
      return never(event);
  }
}

/** Appends a value; when full, every second older one is dropped. */
function remember(history: readonly number[], value: number): number[] {
  const kept = history.length < HISTORY ? history : history.filter((_, index) => index % 2 === 0);
  return [...kept, value];
}

/** Milliseconds that a running stage still needs, by its pace in this attempt; undefined before it has one. */
export function timeLeft(stage: StageView, now: number): number | undefined {
  const { pace, progress } = stage;
  if (!pace || !progress || progress.step <= pace.firstStep || pace.lastAt <= pace.firstAt) return undefined;
  const perStep = (pace.lastAt - pace.firstAt) / (progress.step - pace.firstStep);
  return Math.max(0, perStep * (progress.total - progress.step) - (now - pace.lastAt));
}
