import type { FinishedRun } from '../engine/index.ts';
import type { RunResult } from '../schema/generated/run-result.ts';
import type { MetricComparison } from './diff.ts';
import { metricLines } from './diff-text.ts';
import { figureLines } from './figures.ts';
import { type Headline, headlineRows } from './headline.ts';
import { padEnd } from './layout.ts';
import type { Style } from './style.ts';
import { counted, duration } from './units.ts';

/** What the end of a run depends on besides its result. */
export interface SummaryContext {
  readonly headline: Headline;
  /** Directory of the run as a person would type it. */
  readonly runDirectory: string;
  /** The command that was run, to be named as the one to repeat. */
  readonly command: string;
  /** The other run of this pipeline before this one; absent for the first. */
  readonly earlier?: string;
  readonly baseline?: Baseline;
  readonly style: Style;
}

/** What a run is to beat: the pipeline to run for that, or, where it has run on the same data, how the two compare. */
export type Baseline =
  | { readonly file: string }
  | { readonly run: string; readonly metrics: readonly MetricComparison[] };

/** How a run ended, what it found, where things lie and what to do next. Lines without the stages, which were shown. */
export function summaryLines(result: FinishedRun, context: SummaryContext): string[] {
  const { headline, style } = context;
  const rows: [string, string][] = result.status === 'ok' ? headlineRows(headline) : [];
  rows.push(...acceptedRows(result), ...divergedRows(result));
  rows.push(['Time', timeText(result)]);
  rows.push(['Artifacts', `${context.runDirectory}/`]);
  rows.push(...nextSteps(result, context));
  const width = Math.max(...rows.map(([label]) => label.length));
  const figures =
    result.status === 'ok' ? [...figureLines(headline.groups ?? [], style), ...besideLines(context)] : [];
  return [
    ...figures,
    ...rows.map(([label, text]) => `${style.bold(padEnd(label, width))}  ${text}`.trimEnd()),
  ];
}

/** The run beside the baseline. */
const besideLines = ({ baseline }: SummaryContext): string[] =>
  baseline && 'run' in baseline && baseline.metrics.length > 0
    ? [...metricLines(baseline.metrics, 'baseline', 'this run'), '']
    : [];

/** Stages whose outputs were made by code before an edit that was accepted. */
const acceptedRows = ({ stages }: RunResult): [string, string][] =>
  Object.entries(stages).flatMap(([id, stage]): [string, string][] =>
    stage!.accepted === undefined ? [] : [['Accepted', `edit of the code of ${id}: ${stage!.accepted}`]],
  );

/** Stages under whose fingerprint outputs differ that should be equal. */
const divergedRows = ({ stages }: RunResult): [string, string][] =>
  Object.entries(stages).flatMap(([id, stage]): [string, string][] =>
    stage!.diverged === undefined ? [] : [['Diverged', `outputs of ${id}: ${stage!.diverged} differ`]],
  );

/** `4m12s · 6 stages ran, 1 resumed, 3 cached` */
function timeText({ stages, elapsedMs, status }: RunResult): string {
  const states = Object.values(stages).map((stage) => stage!.status);
  const order = ['ran', 'resumed', 'cached', 'failed', 'stopped', 'not-run'] as const;
  const counts = order
    .map((state) => [state, states.filter((each) => each === state).length] as const)
    .filter(([, times]) => times > 0);
  if (status === 'ok' && counts.length === 1 && counts[0]![0] === 'cached') {
    return `${duration(elapsedMs)} · nothing to do: ${counted(states.length, 'stage')} cached`;
  }
  const [first, ...rest] = counts.map(([state, times]) => [times, state.replace('-', ' ')] as const);
  if (!first) return duration(elapsedMs);
  const texts = [
    `${counted(first[0], 'stage')} ${first[1]}`,
    ...rest.map(([times, state]) => `${times} ${state}`),
  ];
  return `${duration(elapsedMs)} · ${texts.join(', ')}`;
}

const baselineCommand = (baseline: Baseline): string =>
  'run' in baseline ? `npx pipe diff ${baseline.run} latest` : `npx pipe run ${baseline.file}`;

function nextSteps(
  result: FinishedRun,
  { command, headline, earlier, baseline }: SummaryContext,
): [string, string][] {
  switch (result.status) {
    case 'stopped':
      return [['Go on', command]];
    case 'failed':
      return [['Try again', command]];
    case 'ok':
      return [
        ['Next', headline.model ? `npx pipe show latest:${headline.model}` : 'npx pipe show latest'],
        ['', 'npx pipe show latest --html report.html'],
        ...(earlier ? [['Compare', `npx pipe diff ${earlier} latest`] as [string, string]] : []),
        ...(baseline ? [['Baseline', baselineCommand(baseline)] as [string, string]] : []),
      ];
  }
}
