import type { LatencyMeasurement } from '../schema/generated/artifacts/latency-measurement.ts';
import type { RunResult, StageResult } from '../schema/generated/run-result.ts';
import type { EvaluatedModel } from '../stage/artifacts.ts';
import { meanMargin, momentsOf } from './seeds.ts';
import type { ArtifactSource } from './source.ts';

/** A network that a run evaluated, and how long it takes where that was measured. */
export interface EvaluatedNetwork {
  /** Name of the stage that evaluated it. */
  readonly name: string;
  /** What tells it from others of that name, the seed aside: row of the matrix or item of a foreach. */
  readonly cell: { readonly [dimension: string]: string };
  /** Absent where the run has one seed. */
  readonly seed?: string;
  readonly evaluation: EvaluatedModel;
  readonly measurement?: LatencyMeasurement;
}

export type FigureField = 'accuracy' | 'latency' | 'macs' | 'params';

export type FigureUnit = 'share' | 'ms' | 'count' | 'figure';

/** One figure of networks that differ in their seed alone, or of one network. */
export interface Figure {
  readonly name: string;
  /** What runs are asked for it by. */
  readonly field?: FigureField;
  readonly unit: FigureUnit;
  /** One value a network. */
  readonly values: readonly number[];
  readonly mean: number;
  /** Sample variance; 0 of one value. */
  readonly variance: number;
  /**
   * Half of a 95 % interval: of several values that of their mean (Student's t), of one accuracy that of the images it
   * was counted on. Absent where nothing is known of the spread.
   */
  readonly margin?: number;
  /** Whether it is shown of a single network too. */
  readonly main: boolean;
}

/** Networks that differ in their seed alone. */
export interface NetworkGroup {
  /** `reward=mnas-soft`; the stage's name where the run evaluates in several stages; empty where there is one group. */
  readonly label: string;
  readonly networks: number;
  /** What the network said of each image, where the group has but one. */
  readonly only?: EvaluatedModel;
  /** Whose weights they have: `trained`, `inherited`, `inherited, trained on`; `several` where they differ. */
  readonly weights: string;
  readonly figures: readonly Figure[];
}

const modelOf = ({ inputs }: StageResult): string | undefined => inputs.model?.digest;

/** The networks that a run evaluated, in its order. */
export async function networksOf({ stages }: RunResult, source: ArtifactSource): Promise<EvaluatedNetwork[]> {
  const all = Object.entries(stages).map(([id, stage]) => ({ id, stage: stage! }));
  const outputOf = (stage: StageResult, kind: string) =>
    Object.values(stage.outputs).find((output) => output!.kind === kind)?.digest;
  const timed = all.flatMap(({ stage }) => {
    const digest = outputOf(stage, 'latency-measurement');
    return digest === undefined ? [] : [{ model: modelOf(stage), digest }];
  });
  const evaluated = all.flatMap(({ id, stage }) => {
    const digest = outputOf(stage, 'evaluation');
    return digest === undefined ? [] : [{ id, stage, digest }];
  });
  const found: EvaluatedNetwork[] = [];
  for (const { id, stage, digest } of evaluated) {
    const evaluation = await source.load('evaluation', digest);
    if (evaluation === undefined) continue;
    const { seed, ...cell } = (stage.cell ?? {}) as { [dimension: string]: string };
    const own = timed.findLast(({ model }) => model !== undefined && model === modelOf(stage));
    const time = own ?? (evaluated.length === 1 ? timed.at(-1) : undefined);
    const measurement = time && (await source.load('latency-measurement', time.digest));
    found.push({
      name: stage.name ?? id,
      cell,
      ...(seed !== undefined && { seed }),
      evaluation,
      ...(measurement && { measurement }),
    });
  }
  return found;
}

/** Whose weights a network has, and where they began when that is not known to be initial values. */
const weightsOf = ({ accuracy, start }: EvaluatedModel['metrics']): string =>
  start === undefined ? accuracy.provenance : `${start}, trained on`;

interface Reading {
  readonly name: string;
  readonly field?: FigureField;
  readonly unit: FigureUnit;
  readonly main?: true;
  readonly of: (network: EvaluatedNetwork) => number | undefined;
  readonly marginOf?: (network: EvaluatedNetwork) => number;
}

const readings = (split: string): Reading[] => [
  {
    name: `${split} accuracy`,
    field: 'accuracy',
    unit: 'share',
    main: true,
    of: ({ evaluation: { metrics } }) => metrics.accuracy.value,
    marginOf: ({ evaluation: { metrics } }) => metrics.margin,
  },
  {
    name: 'latency, measured',
    field: 'latency',
    unit: 'ms',
    main: true,
    of: ({ measurement }) => measurement?.median,
  },
  {
    name: 'MACs',
    field: 'macs',
    unit: 'count',
    main: true,
    of: ({ evaluation: { metrics } }) => metrics.costs.macs,
  },
  {
    name: 'params',
    field: 'params',
    unit: 'count',
    main: true,
    of: ({ evaluation: { metrics } }) => metrics.costs.params,
  },
  { name: 'macro F1', unit: 'share', of: ({ evaluation: { metrics } }) => metrics.macro.f1 },
  { name: 'macro precision', unit: 'share', of: ({ evaluation: { metrics } }) => metrics.macro.precision },
  { name: 'macro recall', unit: 'share', of: ({ evaluation: { metrics } }) => metrics.macro.recall },
  { name: 'top-5 accuracy', unit: 'share', of: ({ evaluation: { metrics } }) => metrics.top5 },
  {
    name: 'log-likelihood, negative',
    unit: 'figure',
    of: ({ evaluation: { metrics } }) => metrics.negativeLogLikelihood,
  },
  { name: 'latency, predicted', unit: 'ms', of: ({ measurement }) => measurement?.predicted ?? undefined },
];

/** The networks of a run, those that differ in their seed alone together. */
export function groupsOf(networks: readonly EvaluatedNetwork[]): NetworkGroup[] {
  const severalNames = new Set(networks.map(({ name }) => name)).size > 1;
  const groups = new Map<string, EvaluatedNetwork[]>();
  for (const network of networks) {
    const cell = Object.entries(network.cell).map(([dimension, label]) => `${dimension}=${label}`);
    const label = [...(severalNames ? [network.name] : []), ...cell].join(' ');
    groups.set(label, [...(groups.get(label) ?? []), network]);
  }
  return [...groups].map(([label, members]) => {
    const { split } = members[0]!.evaluation.metrics.accuracy;
    const figures = readings(split).flatMap(({ name, field, unit, main = false, of, marginOf }): Figure[] => {
      const values = members.flatMap((member) => of(member) ?? []);
      if (values.length < members.length) return [];
      const several = values.length > 1;
      const { mean, variance } = several ? momentsOf(values) : { mean: values[0]!, variance: 0 };
      const margin = several ? meanMargin({ values, variance }) : marginOf?.(members[0]!);
      return [
        {
          name,
          ...(field !== undefined && { field }),
          unit,
          values,
          mean,
          variance,
          main,
          ...(margin !== undefined && { margin }),
        },
      ];
    });
    const only = members.length === 1 ? { only: members[0]!.evaluation } : {};
    const weights = new Set(members.map(({ evaluation }) => weightsOf(evaluation.metrics)));
    return {
      label,
      networks: members.length,
      ...only,
      weights: weights.size === 1 ? [...weights][0]! : 'several',
      figures,
    };
  });
}
