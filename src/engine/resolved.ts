import type { Json } from '../base/canonical.ts';
import type { Pipeline, Stage } from '../pipeline/pipeline.ts';
import { writtenInput } from './identity/inputs.ts';

/**
 * The pipeline as resolved, for the run's directory: cells spelt out, defaults filled in, every reference in full; and as
 * written, with what it extends and the `--set`s laid together, for runs that branch from this one.
 */
export function resolved({ name, description, seed, stages, foreachs, document }: Pipeline): {
  readonly [field: string]: Json;
} {
  const written = (stage: Stage, id: string): [string, Json] => [
    id,
    {
      type: stage.type.name,
      ...(stage.description !== undefined && { description: stage.description }),
      ...(stage.type.manifest.random && stage.seed !== seed && { seed: stage.seed }),
      params: stage.params,
      inputs: Object.fromEntries([...stage.inputs].map(([port, input]) => [port, writtenInput(input)])),
    },
  ];
  const each = [...stages.values()].map((stage) => written(stage, stage.id));
  const loops = [...foreachs.values()].map(({ id, items, take, by, best, stages: inner }): [string, Json] => [
    id,
    {
      type: 'foreach',
      items: writtenInput(items),
      ...(by !== undefined && { by, best }),
      ...(take !== undefined && { take }),
      stages: Object.fromEntries([...inner].map(([inside, stage]) => written(stage, inside))),
    },
  ]);
  const all = Object.fromEntries([...each, ...loops]);
  return {
    name,
    ...(description !== undefined && { description }),
    seed,
    stages: all,
    written: document.value,
  };
}
