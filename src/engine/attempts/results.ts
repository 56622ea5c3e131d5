import type { Clock } from '../../base/clock.ts';
import type { Foreach, Input, Pipeline, Stage, StageId } from '../../pipeline/pipeline.ts';
import type { RunResult, StageResult } from '../../schema/generated/run-result.ts';
import { writtenInput } from '../identity/inputs.ts';
import type { FinishedRun } from '../identity/types.ts';
import type { Expansion } from '../plan/foreach.ts';

/** What a stage that is done is called. */
export const successes: readonly StageResult['status'][] = ['cached', 'ran', 'resumed'];

/** What is known of a stage from the pipeline alone; the rest of its result depends on what happens. */
export type Given = Pick<StageResult, 'type' | 'name' | 'cell' | 'determinism' | 'inputs'>;

const identity = ({
  id,
  name,
  cell,
}: Pick<Stage, 'id' | 'name' | 'cell'>): Pick<StageResult, 'name' | 'cell'> => ({
  ...(name !== id && { name }),
  ...(Object.keys(cell).length > 0 && { cell: { ...cell } }),
});

const from = (inputs: Iterable<readonly [string, Input]>): StageResult['inputs'] =>
  Object.fromEntries([...inputs].map(([port, input]) => [port, { from: writtenInput(input) }]));

/** What is known of a stage before it runs; `artifacts` by port, where they are known. */
export function givenOf(
  stage: Stage,
  artifacts: { readonly [port: string]: { readonly digest: string } } = {},
): Given {
  const inputs = from(stage.inputs);
  for (const [port, { digest }] of Object.entries(artifacts)) inputs[port]!.digest = digest;
  return {
    type: stage.type.name,
    ...identity(stage),
    determinism: stage.type.manifest.determinism,
    inputs,
  };
}

/** A foreach stands in the result until its stages take its place, and for good when its list never becomes known. */
const givenOfForeach = (foreach: Foreach): Given => ({
  type: 'foreach',
  ...identity(foreach),
  determinism: 'exact',
  inputs: from([['items', foreach.items]]),
});

const notRun = (given: Given): StageResult => ({ ...given, status: 'not-run', outputs: {}, elapsedMs: 0 });

/** Keeps the results of a run as they come, in the order of the pipeline. */
export class Results {
  #stages: Map<string, StageResult>;
  readonly #expansions = new Map<StageId, Expansion>();
  readonly #facts: Pick<RunResult, 'v' | 'run' | 'pipeline' | 'seed' | 'startedAt'>;
  readonly #clock: Clock;
  readonly #started: number;
  backend: string | undefined;

  constructor(run: string, { name, seed, stages, foreachs, order }: Pipeline, clock: Clock) {
    const startedAt = new Date(clock.now()).toISOString();
    this.#facts = { v: 1, run, pipeline: name, seed, startedAt };
    this.#clock = clock;
    this.#started = clock.elapsed();
    this.#stages = new Map(
      order.map((id) => {
        const stage = stages.get(id);
        return [id, notRun(stage ? givenOf(stage) : givenOfForeach(foreachs.get(id)!))];
      }),
    );
  }

  /** Foreachs whose lists are known. */
  get expansions(): ReadonlyMap<StageId, Expansion> {
    return this.#expansions;
  }

  /** Puts the stages of a foreach in its place. */
  expand(foreach: StageId, expansion: Expansion): void {
    this.#expansions.set(foreach, expansion);
    const own = expansion.stages.map((stage) => [stage.id, notRun(givenOf(stage))] as const);
    this.#stages = new Map(
      [...this.#stages].flatMap(([id, result]) => (id === foreach ? own : [[id, result] as const])),
    );
  }

  set(id: StageId, result: StageResult): void {
    this.#stages.set(id, result);
  }

  get(id: string): StageResult {
    return this.#stages.get(id)!;
  }

  /** Whether a stage, or every stage of a foreach, has its outputs. */
  succeeded(id: StageId): boolean {
    const stages = this.#expansions.get(id)?.stages.map((stage) => stage.id) ?? [id];
    return stages.every((each) => successes.includes(this.get(each).status));
  }

  /** What is so so far: a run that dies leaves this. */
  now(): RunResult {
    return this.#with('unfinished');
  }

  /** How the run ended. */
  end(): FinishedRun {
    const all = [...this.#stages.values()];
    const failed = all.some(({ status }) => status === 'failed');
    const done = all.every(({ status }) => successes.includes(status));
    return this.#with(failed ? 'failed' : done ? 'ok' : 'stopped');
  }

  #with<S extends RunResult['status']>(status: S): RunResult & { readonly status: S } {
    return {
      ...this.#facts,
      status,
      finishedAt: new Date(this.#clock.now()).toISOString(),
      elapsedMs: this.#clock.elapsed() - this.#started,
      ...(this.backend !== undefined && { backend: this.backend }),
      stages: Object.fromEntries(this.#stages),
    };
  }
}
