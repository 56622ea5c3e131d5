import type { RunResult } from '../schema/generated/run-result.ts';
import type { Labels } from '../store/index.ts';
import { branchOf } from './branch.ts';
import { accuracyText, type Headline } from './headline.ts';
import { table } from './layout.ts';
import { duration, localTime, milliseconds, percent, si } from './units.ts';

/** One run as a list of runs shows it. */
export interface RunRow {
  readonly id: string;
  /** Absent when the run was killed before it wrote one. */
  readonly result?: RunResult;
  /** Of the pipeline, where there is no result to say it. */
  readonly name?: string;
  readonly headline: Headline;
  readonly labels: Labels;
  /** Its driver lives. */
  readonly live: boolean;
}

/** Stages of a run whose outputs diverge, with the records that do. */
const divergedIn = ({ stages }: RunResult): { readonly [stage: string]: string } =>
  Object.fromEntries(
    Object.entries(stages).flatMap(([id, stage]) =>
      stage!.diverged === undefined ? [] : [[id, stage!.diverged]],
    ),
  );

/** The runs as a table, in the order given. */
export function runsTable(rows: readonly RunRow[]): string[] {
  const branched = rows.some(({ result }) => result && branchOf(result) !== undefined);
  const diverged = rows.some(({ result }) => result && Object.keys(divergedIn(result)).length > 0);
  const tagged = rows.some(({ labels }) => labels.tags.length > 0);
  return table(
    [
      [
        'run',
        'pipeline',
        'when',
        'status',
        'time',
        'stages',
        'accuracy',
        'MACs',
        'latency',
        ...(branched ? ['branched from'] : []),
        ...(diverged ? ['outputs diverged'] : []),
        ...(tagged ? ['tags'] : []),
      ],
      ...rows.map(({ id, result, name, headline, labels, live }) => {
        const state = live ? 'running' : endOf(result);
        if (!result) return [id, name ?? '', '', state];
        const { evaluation, measurement } = headline;
        return [
          id,
          result.pipeline,
          localTime(Date.parse(result.startedAt)),
          state,
          // who wrote no end wrote no time: what stands there is of the last change of a stage
          result.status === 'unfinished' ? '' : duration(result.elapsedMs),
          stagesText(result),
          evaluation ? accuracyText(evaluation) : severalText(headline),
          evaluation ? si(evaluation.costs.macs) : '',
          measurement ? milliseconds(measurement.median) : '',
          ...(branched ? [branchOf(result) ?? ''] : []),
          ...(diverged ? [Object.keys(divergedIn(result)).join(', ')] : []),
          labels.tags.join(' '),
        ];
      }),
    ],
    'llllrlrrrlll',
  );
}

/** How a run ended whose driver is gone: who wrote no end was killed. */
const endOf = (result: RunResult | undefined): string =>
  result === undefined || result.status === 'unfinished' ? 'killed' : result.status;

/** `3 of 10 ran`; of a run that did not get to its end, how far it came: `7 of 10 done`. */
function stagesText({ stages, status }: RunResult): string {
  const states = Object.values(stages).map((stage) => stage!.status);
  const executed = states.filter((state) => state === 'ran' || state === 'resumed').length;
  if (status === 'ok') return `${executed} of ${states.length} ran`;
  const cached = states.filter((state) => state === 'cached').length;
  return `${executed + cached} of ${states.length} done`;
}

/** The accuracies of several networks: their mean where only seeds tell them apart, else from which to which. */
function severalText({ groups = [] }: Headline): string {
  const found = groups.flatMap(({ figures }) => figures[0] ?? []);
  if (found.length === 1) return `${percent(found[0]!.mean)} ± ${(100 * (found[0]!.margin ?? 0)).toFixed(1)}`;
  const means = found.map(({ mean }) => mean);
  return means.length === 0
    ? ''
    : `${percent(Math.min(...means)).replace(' %', '')}–${percent(Math.max(...means))}`;
}

/** The same as JSON. */
export const runsJson = (rows: readonly RunRow[]) =>
  rows.map(({ id, result, name, headline, labels, live }) => ({
    run: id,
    live,
    tags: labels.tags,
    ...(labels.note !== undefined && { note: labels.note }),
    ...(!result && name !== undefined && { pipeline: name }),
    ...(result && {
      pipeline: result.pipeline,
      status: result.status,
      startedAt: result.startedAt,
      elapsedMs: result.elapsedMs,
      ...(branchOf(result) !== undefined && { branched: branchOf(result) }),
      ...(Object.keys(divergedIn(result)).length > 0 && { diverged: divergedIn(result) }),
      stages: Object.fromEntries(Object.entries(result.stages).map(([stage, of]) => [stage, of!.status])),
    }),
    ...(headline.evaluation && {
      accuracy: headline.evaluation.accuracy,
      margin: headline.evaluation.margin,
      costs: headline.evaluation.costs,
    }),
    ...(headline.measurement && { latencyMs: headline.measurement.median }),
  }));
