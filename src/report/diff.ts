import { diffRuns, diffStages, type StageDiff } from '../engine/compare.ts';
import type { FieldChange } from '../schema/generated/plan.ts';
import type { RunResult } from '../schema/generated/run-result.ts';
import type { Store } from '../store/index.ts';
import { blockChoices, blockText } from './blocks.ts';
import { type Headline, headlineOf, lastOutput } from './headline.ts';
import { byInterest, isInput } from './preimage.ts';
import { differenceMargin, type Repeated } from './seeds.ts';
import { type ArtifactSource, storeSource } from './source.ts';

/** One stage of two runs; measured-again: equal in everything but what a repeated measurement gave. */
export type StageComparison = Omit<StageDiff, 'status'> & {
  readonly status: StageDiff['status'] | 'measured-again';
};

/** One figure of two runs. */
export interface MetricComparison {
  readonly name: string;
  readonly unit: 'share' | 'ms' | 'count' | 'time';
  readonly a?: number;
  readonly b?: number;
  /** Half of the 95 % interval of the difference, for an accuracy. */
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
      : metrics(await headlineOf(a, source), await headlineOf(b, source), computeTime(a), computeTime(b)),
    architecture: only ? [] : await compareArchitectures(source, a, b),
  };
}

/** Time that the stages of a run took when they were made, milliseconds. */
const computeTime = ({ stages }: RunResult): number =>
  Object.values(stages).reduce((sum, stage) => sum + (stage!.ranMs ?? stage!.elapsedMs), 0);

function metrics(a: Headline, b: Headline, timeA: number, timeB: number): MetricComparison[] {
  const figures = (
    name: string,
    unit: MetricComparison['unit'],
    of: (headline: Headline) => number | undefined,
    margin?: number,
  ): MetricComparison[] => {
    const [valueA, valueB] = [of(a), of(b)];
    if (valueA === undefined && valueB === undefined) return [];
    return [
      {
        name,
        unit,
        ...(valueA === undefined ? {} : { a: valueA }),
        ...(valueB === undefined ? {} : { b: valueB }),
        ...(margin === undefined ? {} : { margin }),
      },
    ];
  };
  const noise =
    a.evaluation && b.evaluation ? Math.hypot(a.evaluation.margin, b.evaluation.margin) : undefined;
  const split = (b.evaluation ?? a.evaluation)?.accuracy.split ?? 'test';
  const means = repeatedMetrics(a.repeated ?? [], b.repeated ?? []);
  return [
    ...means,
    ...(means.length > 0
      ? []
      : figures(`${split} accuracy`, 'share', (of) => of.evaluation?.accuracy.value, noise)),
    ...figures('latency, measured', 'ms', (of) => of.measurement?.median),
    ...figures('MACs', 'count', (of) => of.evaluation?.costs.macs),
    ...figures('params', 'count', (of) => of.evaluation?.costs.params),
    ...figures('time of all stages', 'time', (of) => (of === a ? timeA : timeB)),
  ];
}

/** Means over seeds of what both runs evaluated under several, with the margin of their difference. */
const repeatedMetrics = (a: readonly Repeated[], b: readonly Repeated[]): MetricComparison[] =>
  a.flatMap((first) => {
    const second = b.find(({ label, split }) => label === first.label && split === first.split);
    if (second === undefined) return [];
    const name = `mean, ${first.label}`;
    const margin = differenceMargin(first, second);
    return [{ name, unit: 'share' as const, a: first.mean, b: second.mean, margin }];
  });

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
  const before = blockChoices(first.space, first.architecture.encoding);
  const after = new Map(
    blockChoices(second.space, second.architecture.encoding).map((block) => [block.id, block]),
  );
  return before.flatMap((block) => {
    const other = after.get(block.id);
    if (!other || blockText(block) === blockText(other)) return [];
    return [{ block: block.id, a: blockText(block), b: blockText(other) }];
  });
}
