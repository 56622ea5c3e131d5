import { diffRuns, diffStages, type StageDiff } from '../engine/explain/compare.ts';
import { pairedMargin } from '../kinds/index.ts';
import type { FieldChange } from '../schema/generated/plan.ts';
import type { RunResult } from '../schema/generated/run-result.ts';
import type { Store } from '../store/index.ts';
import { blockTexts } from './blocks.ts';
import { type Headline, headlineOf } from './headline.ts';
import { lastOutput } from './last-output.ts';
import type { Figure, FigureUnit, NetworkGroup } from './networks.ts';
import { byInterest, isInput } from './preimage.ts';
import { differenceMargin } from './seeds.ts';
import { type ArtifactSource, storeSource } from './source.ts';

/** One stage of two runs; measured-again: equal in everything but what a repeated measurement gave. */
export type StageComparison = Omit<StageDiff, 'status'> & {
  readonly status: StageDiff['status'] | 'measured-again';
};

/** One figure of two runs. */
export interface MetricComparison {
  /** What it is of, where the runs evaluated several networks: row of the matrix, number of seeds. */
  readonly of?: string;
  readonly name: string;
  readonly unit: FigureUnit | 'time';
  readonly a?: number;
  readonly b?: number;
  /** Half of the 95 % interval of the difference, where the spread is known: several seeds, or an accuracy. */
  readonly margin?: number;
}

/** One block in which the two architectures differ. */
export interface BlockComparison {
  readonly block: string;
  readonly a: string;
  readonly b: string;
}

/** Two runs: the engine's comparison of their stages, and what a person wants to know of the whole. */
export interface Comparison {
  readonly a: string;
  readonly b: string;
  /** Nothing differs but repeated measurements. */
  readonly same: boolean;
  /** The first stage, in the order of the pipeline, that differs by itself, and the first field in which it does. */
  readonly first?: { readonly stage: string; readonly change: FieldChange };
  readonly stages: readonly StageComparison[];
  readonly metrics: readonly MetricComparison[];
  readonly architecture: readonly BlockComparison[];
}

/** Compares two runs, or one stage of each, artifact by artifact. */
export async function compareRuns(
  store: Store,
  a: RunResult,
  b: RunResult,
  only?: { readonly a: string; readonly b: string },
): Promise<Comparison> {
  const source = storeSource(store);
  const found = only
    ? [await diffStages(store, only.b, a.stages[only.a], b.stages[only.b])]
    : (await diffRuns(store, a, b)).stages;
  const stages = found.map((stage): StageComparison => {
    const changes = byInterest(stage.changes);
    const repeated =
      stage.status === 'different' &&
      changes.length === 0 &&
      b.stages[only?.b ?? stage.id]?.determinism === 'measured';
    return { ...stage, changes, status: repeated ? 'measured-again' : stage.status };
  });
  const first = stages
    .flatMap(({ id, changes }) => changes.map((change) => ({ stage: id, change })))
    .find(({ change }) => !isInput(change));
  return {
    a: a.run,
    b: b.run,
    same: stages.every(({ status }) => status === 'same' || status === 'measured-again'),
    ...(first ? { first } : {}),
    stages,
    metrics: only
      ? []
      : [
          ...compareHeadlines(await headlineOf(a, source), await headlineOf(b, source)),
          { name: 'time of all stages', unit: 'time', a: computeTime(a), b: computeTime(b) },
        ],
    architecture: only ? [] : await compareArchitectures(source, a, b),
  };
}

/** Time that the stages of a run took when they were made, milliseconds. */
const computeTime = ({ stages }: RunResult): number =>
  Object.values(stages).reduce((sum, stage) => sum + (stage!.ranMs ?? stage!.elapsedMs), 0);

/** The figures of two runs, network by network where they evaluated several. */
export function compareHeadlines(a: Headline, b: Headline): MetricComparison[] {
  const [first, second] = [a.groups ?? [], b.groups ?? []];
  const single = first.length <= 1 && second.length <= 1;
  const labels = single ? [''] : [...new Set([...first, ...second].map(({ label }) => label))];
  const measured = (of: Headline): Partial<Figure> | undefined =>
    of.measurement && { mean: of.measurement.median };
  const alone =
    first.length + second.length === 0
      ? figureMetric('latency, measured', 'ms', measured(a), measured(b))
      : [];
  return [
    ...labels.flatMap((label) => {
      const find = (groups: readonly NetworkGroup[]) =>
        single ? groups[0] : groups.find((group) => group.label === label);
      return groupMetrics(label, find(first), find(second));
    }),
    ...alone,
  ];
}

/** The figures of one group of networks in both runs; the minor ones where there are several seeds. */
function groupMetrics(
  label: string,
  a: NetworkGroup | undefined,
  b: NetworkGroup | undefined,
): MetricComparison[] {
  const counts = [...new Set([a, b].flatMap((group) => group?.networks ?? []))];
  const repeated = counts.some((networks) => networks > 1);
  const of = [label, repeated ? `mean of ${counts.join(' and ')} seeds` : ''].filter(Boolean).join(', ');
  const figures = new Map([...(a?.figures ?? []), ...(b?.figures ?? [])].map((each) => [each.name, each]));
  return [...figures.values()]
    .filter(({ main }) => main || repeated)
    .flatMap(({ name, unit }) => {
      const [x, y] = [a, b].map((group) => group?.figures.find((each) => each.name === name));
      const isAccuracy = [x, y].every((figure) => figure?.field === 'accuracy');
      const paired = isAccuracy && a?.only && b?.only ? pairedMargin(a.only, b.only) : undefined;
      return figureMetric(name, unit, x, y, paired).map((metric) => (of === '' ? metric : { of, ...metric }));
    });
}

function figureMetric(
  name: string,
  unit: MetricComparison['unit'],
  a: Partial<Figure> | undefined,
  b: Partial<Figure> | undefined,
  paired?: number,
): MetricComparison[] {
  if (a?.mean === undefined && b?.mean === undefined) return [];
  const margin = paired ?? (a && b ? marginOf(a, b) : undefined);
  return [
    {
      name,
      unit,
      ...(a?.mean === undefined ? {} : { a: a.mean }),
      ...(b?.mean === undefined ? {} : { b: b.mean }),
      ...(margin === undefined ? {} : { margin }),
    },
  ];
}

/** Half of the 95 % interval of a difference: by Welch where both have several values, else from their own margins. */
function marginOf(a: Partial<Figure>, b: Partial<Figure>): number | undefined {
  const { values: x = [], variance: u = 0, margin: p } = a;
  const { values: y = [], variance: v = 0, margin: q } = b;
  if (x.length > 1 && y.length > 1)
    return differenceMargin({ values: x, variance: u }, { values: y, variance: v });
  return p === undefined || q === undefined ? undefined : Math.hypot(p, q);
}

/** Encoding and space of the last architecture of a run. */
async function architectureOf(source: ArtifactSource, result: RunResult) {
  const output = lastOutput(result, 'architecture');
  const architecture = output && (await source.load('architecture', output.digest));
  const space = architecture && (await source.load('search-space', architecture.space));
  return space && { space, architecture };
}

async function compareArchitectures(
  source: ArtifactSource,
  a: RunResult,
  b: RunResult,
): Promise<BlockComparison[]> {
  const [first, second] = [await architectureOf(source, a), await architectureOf(source, b)];
  if (!first || !second) return [];
  const before = blockTexts(first.space, first.architecture.encoding);
  const after = blockTexts(second.space, second.architecture.encoding);
  return [...before].flatMap(([block, a]) => {
    const b = after.get(block);
    return b === undefined || a === b ? [] : [{ block, a, b }];
  });
}
