import type { Fingerprint } from '../base/digest.ts';
import { ok, type Result } from '../base/result.ts';
import type { Pipeline, Stage } from '../pipeline/pipeline.ts';
import type { Probe } from '../schema/generated/probe.ts';
import type { Preimage } from '../schema/generated/record.ts';
import type { Bundle } from '../stage/bundle.ts';
import { fingerprintOf, type Store } from '../store/index.ts';
import { type Content, contentOf } from './content.ts';
import { deviceOf } from './environment.ts';
import { preimageOf } from './preimage.ts';
import type { Project } from './project.ts';

/** What a plan and a run have in common. */
export interface Work {
  readonly project: Project;
  readonly pipeline: Pipeline;
  readonly store: Store;
  /** What there is to train with, asked once and only when a stage must know. */
  readonly probe: () => Promise<Result<Probe>>;
}

/** An artifact in the store. */
export interface Artifact {
  readonly kind: string;
  readonly digest: string;
}

/** A stage whose inputs are known: what its cache key is made of, and the key. */
export interface Prepared {
  readonly stage: Stage;
  readonly bundle: Bundle;
  readonly content: Content;
  readonly inputs: { readonly [port: string]: Artifact };
  readonly preimage: Preimage;
  readonly fingerprint: Fingerprint;
}

/** Computes a stage's fingerprint from its code, params and the contents of its inputs. Nothing is executed. */
export async function prepare(
  { project, pipeline, probe }: Work,
  stage: Stage,
  inputs: Prepared['inputs'],
): Promise<Result<Prepared>> {
  const bundle = await project.code(stage.type);
  if (!bundle.ok) return bundle;
  const content = await contentOf(project.files, stage, project.root);
  if (!content.ok) return content;
  const device = stage.type.manifest.needs.device ? deviceOf(await probe()) : undefined;
  if (device?.ok === false) return device;
  const preimage = preimageOf({
    stage,
    codeDigest: bundle.value.codeDigest,
    content: content.value,
    seed: pipeline.seed,
    inputs: Object.fromEntries(Object.entries(inputs).map(([port, { digest }]) => [port, digest])),
    ...(device && { device: device.value }),
  });
  return ok({
    stage,
    bundle: bundle.value,
    content: content.value,
    inputs,
    preimage,
    fingerprint: fingerprintOf(preimage),
  });
}
