import { never } from '../../base/result.ts';
import type { Facts } from '../../report/facts.ts';
import { count, duration } from '../../report/units.ts';
import type { RunEvent, RunStarted, StageProgress, StageSilent } from '../../schema/generated/event.ts';
import type { MemoUse } from '../../schema/generated/record.ts';

/** What the screen knows of one stage. Times are of the passed clock, in milliseconds. */
export interface StageView {
  readonly id: string;
  readonly type: string;
  readonly after: readonly string[];
  /** The stage or foreach of the pipeline that its line belongs to. */
  readonly row: string;
  readonly state: 'waiting' | 'running' | 'cached' | 'ran' | 'resumed' | 'failed' | 'stopped' | 'not-run';
  /** Why a stage whose inputs are ready has not started. */
  readonly held?: string;
  /** Since when another run has the stage, and since when this one waits for it. */
  readonly heldFrom?: number;
  readonly waitsFrom?: number;
  /** Why it was started. */
  readonly reason?: string;
  readonly resumedFrom?: number;
  /** The shorter sibling whose checkpoint that is. */
  readonly extends?: { readonly param: string; readonly from: number };
  readonly progress?: StageProgress;
  /** When the first progress of this attempt and the last one came, and the step of the first. */
  readonly pace?: { readonly firstAt: number; readonly firstStep: number; readonly lastAt: number };
  /** Values of the metric that matters, in order. */
  readonly history: readonly number[];
  readonly summary: Facts;
  /** Milliseconds of the attempt, or, of a cached stage, of the attempt that made it. */
  readonly elapsedMs?: number;
  readonly madeOn?: string;
  /** Why an edit of its code was accepted as changing nothing. */
  readonly accepted?: string;
  /** Inputs that are other artifacts than those it was made from, and equal in what matters. */
  readonly equalIn?: readonly { readonly port: string; readonly essence: string }[];
  /** Evaluations taken from earlier stages and runs. */
  readonly memo?: MemoUse;
  /** Since when its attempt has been silent, and what else is known of that. */
  readonly silent?: StageSilent & { readonly from: number };
  readonly failure?: { readonly code: string; readonly message: string };
  readonly checkpointStep?: number;
}

/** What the screen knows of a run. */
export interface RunView {
  readonly started?: RunStarted;
  /** Kept up to date in place: a run may have tens of thousands of stages, and each of them many events. */
  readonly stages: Map<string, StageView>;
  readonly warnings: readonly string[];
  readonly status?: 'ok' | 'failed' | 'stopped';
}

export const emptyView = (): RunView => ({ stages: new Map(), warnings: [] });

/** Stages that a person still wants a line each of. */
export const FEW = 40;

/** Whether there are so many stages that those with nothing to tell are counted, not listed. */
export const isMany = ({ stages }: RunView): boolean => stages.size > FEW;

const waiting = (
  { id, type, after }: { readonly id: string; readonly type: string; readonly after: readonly string[] },
  row: string,
): StageView => ({ id, type, after, row, state: 'waiting', history: [], summary: {} });

/** Most values of a metric that are kept; older ones are thinned out. */
const HISTORY = 256;

/** The view after an event that came at `now`; the one before is not to be used any more. */
export function advance(view: RunView, event: RunEvent, now: number): RunView {
  const change = (id: string, fields: Partial<StageView>): RunView => {
    const stage = view.stages.get(id);
    if (!stage) throw new Error(`internal error: expected a stage of the run, got "${id}"`);
    view.stages.set(id, { ...stage, ...fields });
    return view;
  };
  switch (event.event) {
    case 'run-started':
      return {
        ...view,
        started: event,
        stages: new Map(event.stages.map((stage) => [stage.id, waiting(stage, stage.id)])),
      };
    case 'foreach-expanded':
      return {
        ...view,
        stages: new Map(
          [...view.stages].flatMap(([id, stage]) =>
            id === event.stage
              ? event.stages.map((each) => [each.id, waiting(each, id)] as const)
              : [[id, stage] as const],
          ),
        ),
      };
    case 'stage-retrying': {
      const { progress: _, pace: __, silent: ___, ...stage } = view.stages.get(event.stage)!;
      const held = `${event.message}; retry ${event.retry} of ${event.of} follows`;
      const retrying: StageView = { ...stage, state: 'waiting', held };
      view.stages.set(event.stage, retrying);
      return view;
    }
    case 'stage-waiting':
      return change(event.stage, {
        held: event.holder
          ? `another run has it (${event.holder.stage}, process ${event.holder.pid} on ${event.holder.host})`
          : event.reason === 'lock'
            ? 'another run has it'
            : 'waits for a free processor',
        ...(event.holder && { heldFrom: now - event.holder.sinceMs }),
        waitsFrom: now - event.waitedMs,
      });
    case 'stage-cached':
      return change(event.stage, {
        state: 'cached',
        summary: event.summary,
        ...(event.ranMs === undefined ? {} : { elapsedMs: event.ranMs }),
        ...(event.madeOn === undefined ? {} : { madeOn: event.madeOn }),
        ...(event.accepted === undefined ? {} : { accepted: event.accepted }),
        ...(event.equalIn === undefined ? {} : { equalIn: event.equalIn }),
      });
    case 'stage-started':
      return change(event.stage, {
        state: 'running',
        reason: event.reason,
        ...(event.resumedFrom === undefined ? {} : { resumedFrom: event.resumedFrom }),
        ...(event.extends === undefined ? {} : { extends: event.extends }),
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
    case 'stage-silent':
      return change(event.stage, { silent: { ...event, from: now - event.silentMs } });
    case 'stage-heard': {
      const { silent: _, ...heard } = view.stages.get(event.stage)!;
      view.stages.set(event.stage, heard);
      return view;
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
        ...(event.memo === undefined ? {} : { memo: event.memo }),
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
      for (const [id, stage] of view.stages) {
        if (stage.state === 'waiting' || stage.state === 'running') change(id, { state: 'not-run' });
      }
      return { ...view, status: event.status };
    }
    default:
      return never(event);
  }
}

/** Why a stage whose inputs are ready has not started, and for how long another process has had it. */
export const heldText = ({ held = '', heldFrom, waitsFrom }: StageView, now: number): string => {
  if (heldFrom === undefined) return held;
  const longer =
    waitsFrom !== undefined && waitsFrom < heldFrom ? `; waits for ${duration(now - waitsFrom)} now` : '';
  return `${held} for ${duration(now - heldFrom)}${longer}`;
};

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

/** `architecture is another, with equal choices`; empty when every input is the one it was made from. */
export const equalText = ({ equalIn = [] }: StageView): string =>
  equalIn.map(({ port, essence }) => `${port} is another, with equal ${essence}`).join(', ');

/** `1,800`, or, of a sibling's checkpoint, `1,800 of epochs 20`; for a stage that was resumed. */
export const resumedText = ({
  resumedFrom = 0,
  extends: sibling,
}: Pick<StageView, 'resumedFrom' | 'extends'>): string =>
  `${count(resumedFrom)}${sibling === undefined ? '' : ` of ${sibling.param} ${sibling.from}`}`;
