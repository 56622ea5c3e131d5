import type { Pipeline, Stage, StageId } from '../../pipeline/pipeline.ts';
import type { Run, Use } from '../../store/index.ts';
import { inputsOf } from '../identity/inputs.ts';
import type { Prepared, Work } from '../identity/prepare.ts';
import { takeFromStore } from './from-store.ts';
import { givenOf, type Results } from './results.ts';
import type { RunScope } from './stage-scope.ts';

/**
 * The artifacts of a stage's inputs, all of them known by now; what comes from outside the pipeline is a use. The caller
 * holds the gate.
 */
export async function knownInputs(
  work: Work,
  stage: Stage,
  outputs: Parameters<typeof inputsOf>[2],
): Promise<{ readonly inputs: Prepared['inputs']; readonly uses: readonly Use[] }> {
  const found = await inputsOf(work, stage, outputs);
  if (!found.ok || found.value === undefined) {
    throw new Error(`internal error: expected the inputs of ${stage.id}, got none`);
  }
  const uses: Use[] = [];
  for (const [port, { from }] of stage.inputs) {
    const artifact = from === 'stage' ? undefined : found.value[port];
    if (artifact) uses.push({ artifact: artifact.digest });
  }
  return { inputs: found.value, uses };
}

export interface TakeParts {
  readonly scope: RunScope;
  readonly pipeline: Pipeline;
  readonly run: Run;
  readonly results: Results;
}

/**
 * Takes all stages from the store that need no more than that, sources first and in one go, so that a run with little to
 * do starts no more than it must. What is left (stages that must run, what comes after them, and foreachs) is for the run.
 * Returns the ids of the stages that are done.
 */
export async function takeAll({ scope, pipeline, run, results }: TakeParts): Promise<Set<StageId>> {
  const { work, forced } = scope;
  const taken = new Set<StageId>();
  const links = new Map<string, { readonly [port: string]: string }>();
  await work.store.gate.shared(async () => {
    const uses: Use[] = [];
    for (const [id, stage] of pipeline.stages) {
      if (forced(stage) || !stage.after.every((source) => taken.has(source))) continue;
      const { inputs, uses: own } = await knownInputs(work, stage, (of) => results.get(of).outputs);
      const result = await takeFromStore(scope, stage, givenOf(stage, inputs), inputs);
      if (result?.fingerprint === undefined) continue;
      uses.push(...own, { fingerprint: result.fingerprint });
      results.set(id, result);
      const digests = Object.entries(result.outputs).map(([port, output]) => [port, output!.digest]);
      links.set(id, Object.fromEntries(digests));
      taken.add(id);
    }
    run.use(...uses);
  });
  await run.linkStages(links);
  return taken;
}
