import { ownRoot } from '../stage/package.ts';
import type { RequestDraft } from '../store/index.ts';
import type { EnvironmentWish } from './environment.ts';
import type { Prepared, Work } from './prepare.ts';

export interface RequestFacts {
  readonly run: string;
  readonly wish: EnvironmentWish;
  /** Seconds between checkpoints; 0: after every step. */
  readonly checkpointSeconds: number;
  /** Start over even when there is a checkpoint. */
  readonly fresh: boolean;
  readonly git?: { readonly commit: string; readonly dirty: boolean };
}

/** Everything that an attempt must be told. */
export function requestFor(
  { project, pipeline }: Work,
  { stage, bundle, content, preimage, fingerprint, inputs }: Prepared,
  { run, wish, checkpointSeconds, fresh, git }: RequestFacts,
): RequestDraft {
  const { manifest } = stage.type;
  return {
    fingerprint,
    run,
    stage: stage.id,
    stageType: stage.type.name,
    preimage,
    resolveFrom: [...new Set([stage.type.root, ownRoot])],
    params: stage.params as RequestDraft['params'],
    ...(manifest.random && { seed: pipeline.seed }),
    inputs,
    outputs: Object.fromEntries(Object.entries(manifest.outputs).map(([port, { kind }]) => [port, { kind }])),
    files: content.files,
    datasets: content.datasets,
    determinism: manifest.determinism,
    needs: manifest.needs,
    ...(wish.backend !== undefined && { backend: wish.backend }),
    ...(wish.threads !== undefined && { threads: wish.threads }),
    ...(preimage.device !== undefined && { device: preimage.device }),
    checkpointSeconds,
    fresh,
    lineage: {
      naspipe: project.version,
      ...(git !== undefined && { git }),
      packages: bundle.packages,
      sources: bundle.sources,
    },
  };
}
