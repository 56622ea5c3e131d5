import { type Change, isKind, kinds } from '../kinds/index.ts';
import type { FieldChange } from '../schema/generated/plan.ts';
import type { RunResult, StageResult } from '../schema/generated/run-result.ts';
import type { Store } from '../store/index.ts';
import { blockChoices, blockText } from './blocks.ts';
import { type Headline, headlineOf, lastOutput } from './headline.ts';
import { isInput, recordChanges } from './preimage.ts';
import { type ArtifactSource, recordOf, storeSource } from './source.ts';

/** One stage of two runs. */
export interface StageComparison {
  readonly stage: string;
  /**
   * same: equal outputs; measured-again: equal inputs, another measurement; different: other outputs; only-a, only-b:
   * the other run has no such stage, or no outputs of it.
   */
  readonly status: 'same' | 'measured-again' | 'different' | 'only-a' | 'only-b' | 'neither';
  /** Fields of the pre-image that differ. */
  readonly changes: readonly FieldChange[];
  /** What differs in each output. */
  readonly outputs: readonly {
    readonly port: string;
    readonly kind: string;
    readonly changes: readonly Change[];
  }[];
}

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

export interface Comparison {
  readonly a: string;
  readonly b: string;
  /** Every stage is the same or a mere repetition of a measurement. */
  readonly same: boolean;
  /** The first stage, in the order of the pipeline, in which a person or the code changed something, and what. */
  readonly first?: { readonly stage: string; readonly change: FieldChange };
  readonly stages: readonly StageComparison[];
  readonly metrics: readonly MetricComparison[];
  readonly architecture: readonly BlockComparison[];
}

const hasOutputs = (stage: StageResult | undefined): stage is StageResult =>
  stage !== undefined && Object.keys(stage.outputs).length > 0;

/** Compares two runs, or one stage of each, artifact by artifact. */
export async function compareRuns(
  store: Store,
  a: RunResult,
  b: RunResult,
  only?: { readonly a: string; readonly b: string },
): Promise<Comparison> {
  const source = storeSource(store);
  const pairs: (readonly [string, string])[] = only
    ? [[only.a, only.b]]
    : [...new Set([...Object.keys(a.stages), ...Object.keys(b.stages)])].map((id) => [id, id]);
  const stages: StageComparison[] = [];
  for (const [idA, idB] of pairs) {
    const name = idA === idB ? idA : `${idA}, ${idB}`;
    stages.push(await compareStage(store, source, name, a.stages[idA], b.stages[idB]));
  }
  const first = stages
    .flatMap(({ stage, changes }) => changes.map((change) => ({ stage, change })))
    .find(({ change }) => !isInput(change));
  return {
    a: a.run,
    b: b.run,
    same: stages.every(
      ({ status }) => status === 'same' || status === 'measured-again' || status === 'neither',
    ),
    ...(first ? { first } : {}),
    stages,
    metrics: only
      ? []
      : metrics(await headlineOf(a, source), await headlineOf(b, source), computeTime(a), computeTime(b)),
    architecture: only ? [] : await compareArchitectures(source, a, b),
  };
}

async function compareStage(
  store: Store,
  source: ArtifactSource,
  stage: string,
  a: StageResult | undefined,
  b: StageResult | undefined,
): Promise<StageComparison> {
  const nothing = { stage, changes: [], outputs: [] };
  if (!hasOutputs(a) || !hasOutputs(b)) {
    const status = hasOutputs(a) ? 'only-a' : hasOutputs(b) ? 'only-b' : 'neither';
    return { ...nothing, status };
  }
  const ports = [...new Set([...Object.keys(a.outputs), ...Object.keys(b.outputs)])];
  const differing = ports.filter((port) => a.outputs[port]?.digest !== b.outputs[port]?.digest);
  const [recordA, recordB] = [await recordOf(store, a), await recordOf(store, b)];
  const changes = recordA && recordB ? recordChanges(recordA, recordB) : [];
  const outputs = [];
  for (const port of differing) {
    const [from, to] = [a.outputs[port], b.outputs[port]];
    const kind = (to ?? from)!.kind;
    if (from && to && from.kind === to.kind && isKind(kind)) {
      const [valueA, valueB] = [await source.load(kind, from.digest), await source.load(kind, to.digest)];
      const { diff } = kinds[kind] as { diff(a: unknown, b: unknown): readonly Change[] };
      const found = valueA && valueB ? diff(valueA, valueB) : [];
      outputs.push({ port, kind, changes: found });
    } else outputs.push({ port, kind, changes: [] });
  }
  const repeated = a.fingerprint === b.fingerprint && b.determinism === 'measured';
  const status = differing.length === 0 ? 'same' : repeated ? 'measured-again' : 'different';
  return { stage, status, changes, outputs };
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
  return [
    ...figures(`${split} accuracy`, 'share', (of) => of.evaluation?.accuracy.value, noise),
    ...figures('latency, measured', 'ms', (of) => of.measurement?.median),
    ...figures('MACs', 'count', (of) => of.evaluation?.costs.macs),
    ...figures('params', 'count', (of) => of.evaluation?.costs.params),
    ...figures('time of all stages', 'time', (of) => (of === a ? timeA : timeB)),
  ];
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
