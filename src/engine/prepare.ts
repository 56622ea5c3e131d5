import type { Fingerprint } from '../base/digest.ts';
import { ok, type Result } from '../base/result.ts';
import type { Pipeline, Stage } from '../pipeline/pipeline.ts';
import type { Probe } from '../schema/generated/probe.ts';
import type { Preimage } from '../schema/generated/record.ts';
import type { Problem } from '../schema/problem.ts';
import type { Bundle } from '../stage/bundle.ts';
import { fingerprintOf, type Store } from '../store/index.ts';
import { type Content, contentOf } from './content.ts';
import { deviceOf, type EnvironmentWish, probeBackends } from './environment.ts';
import { preimageOf } from './preimage.ts';
import type { Project } from './project.ts';

/** What a plan and a run have in common. */
export interface Work {
  readonly project: Project;
  readonly pipeline: Pipeline;
  readonly store: Store;
  /** What there is to train with, asked once and only when a stage must know. */
  readonly probe: () => Promise<Result<Probe>>;
  /** What the params of a stage name, read once. */
  readonly content: (stage: Stage) => Promise<Result<Content>>;
}

/** Work whose slow questions are asked once. */
export function createWork(project: Project, pipeline: Pipeline, store: Store, wish: EnvironmentWish): Work {
  let probe: Promise<Result<Probe>> | undefined;
  const contents = new Map<string, Promise<Result<Content>>>();
  return {
    project,
    pipeline,
    store,
    probe() {
      probe ??= probeBackends(wish);
      return probe;
    },
    content(stage) {
      const known = contents.get(stage.id) ?? contentOf(project.files, stage, project.root);
      contents.set(stage.id, known);
      return known;
    },
  };
}

/** What is missing before anything can run: code that cannot be bundled, content that is not there. All at once. */
export async function preflight({ project, pipeline, content }: Work): Promise<Problem[]> {
  const checks = [...pipeline.stages.values()].map(async (stage) => {
    const [code, found] = await Promise.all([project.code(stage.type), content(stage)]);
    const failures = [...(code.ok ? [] : code.failures), ...(found.ok ? [] : found.failures)];
    return failures.map((failure) => ({ ...failure, at: stage.at }));
  });
  return (await Promise.all(checks)).flat();
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
  { project, pipeline, probe, content: contentOfStage }: Work,
  stage: Stage,
  inputs: Prepared['inputs'],
): Promise<Result<Prepared>> {
  const bundle = await project.code(stage.type);
  if (!bundle.ok) return bundle;
  const content = await contentOfStage(stage);
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
