import { ownRoot } from '../../stage/package.ts';
import type { RequestDraft } from '../../store/index.ts';
import type { EnvironmentWish } from '../identity/environment.ts';
import type { RequestedHorizon } from '../identity/horizon.ts';
import type { Prepared, Work } from '../identity/prepare.ts';

export interface RequestFacts {
  readonly run: string;
  readonly wish: EnvironmentWish;
  /** Seconds between checkpoints; 0: after every step. */
  readonly checkpointSeconds: number;
  /** Start over even when there is a checkpoint. */
  readonly fresh: boolean;
  /** What the stage may go on from, where it can be extended. */
  readonly horizon?: RequestedHorizon;
  readonly git?: { readonly commit: string; readonly dirty: boolean };
}

/** Everything that an attempt must be told; `files` as `requestedFiles` gives them. */
export function requestFor(
  { project }: Work,
  files: RequestDraft['files'],
  { stage, bundle, content, preimage, fingerprint, inputs, branched }: Prepared,
  { run, wish, checkpointSeconds, fresh, horizon, git }: RequestFacts,
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
    ...(manifest.random && { seed: stage.seed }),
    inputs,
    outputs: Object.fromEntries(Object.entries(stage.outputs).map(([port, kind]) => [port, { kind }])),
    files,
    datasets: content.datasets,
    determinism: manifest.determinism,
    needs: manifest.needs,
    ...(wish.backend !== undefined && { backend: wish.backend }),
    ...(wish.threads !== undefined && { threads: wish.threads }),
    ...(preimage.device !== undefined && { device: preimage.device }),
    checkpointSeconds,
    fresh,
    ...(horizon !== undefined && { horizon }),
    ...(branched !== undefined && { branched }),
    memoCode: stage.type.root === ownRoot ? bundle.library : bundle.codeDigest,
    lineage: {
      naspipe: project.version,
      ...(git !== undefined && { git }),
      packages: bundle.packages,
      sources: bundle.sources,
    },
  };
}
