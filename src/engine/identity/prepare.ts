import { systemClock } from '../../base/clock.ts';
import type { Fingerprint } from '../../base/digest.ts';
import type { FileStat, Files } from '../../base/files.ts';
import { ok, type Result } from '../../base/result.ts';
import { everyStage, type Pipeline, type Stage } from '../../pipeline/pipeline.ts';
import type { Probe } from '../../schema/generated/probe.ts';
import type { BranchedFrom, Preimage } from '../../schema/generated/record.ts';
import type { Problem } from '../../schema/problem.ts';
import type { StageType } from '../../stage/discovery.ts';
import { fingerprintOf, type Lookups, type Store } from '../../store/index.ts';
import { type Code, codeOf } from './code.ts';
import { type Content, type ContentFailure, contentOf } from './content.ts';
import { type ContentDigests, openContentDigests } from './content-digests.ts';
import { BACKEND, type DeviceWish, deviceOf, type EnvironmentWish } from './environment.ts';
import { type Artifact, essentialInputs, type InputArtifacts } from './essence.ts';
import { knownProbe } from './known-probe.ts';
import { preimageOf } from './preimage.ts';
import type { Project } from './project.ts';

/** What a plan and a run have in common. */
export interface Work {
  readonly project: Project;
  readonly pipeline: Pipeline;
  readonly store: Store;
  /** What there is to train with, asked once and only when a stage must know. */
  readonly probe: () => Promise<Result<Probe>>;
  /** The code of a stage type, as it was when first asked for. */
  readonly code: (type: StageType) => Promise<Result<Code>>;
  /** What the store has under fingerprints, as this pipeline asked for them before. */
  readonly lookups: () => Promise<Lookups>;
  /** Digests of files and directories that params name, as this pipeline asked for them before. */
  readonly contentDigests: ContentDigests;
  /** What the params of a stage name, read once. */
  readonly content: (stage: Stage) => Promise<Result<Content, ContentFailure>>;
  /** Whether `probe` was asked. */
  readonly isProbed: () => boolean;
  /** Whether all code so far was bundled before. */
  readonly isBundled: () => Promise<boolean>;
  /** The stage that begins at a checkpoint of another run, and where. */
  readonly branch?: Branch;
}

/** A stage by its id, and where it was branched from. */
export interface Branch {
  readonly stage: string;
  /** Id of the foreach that the stage is in. */
  readonly within?: string;
  readonly from: BranchedFrom;
}

/** Files that are looked at and read once: the stage types of a project share most of their sources. */
function readingOnce(files: Files): Files {
  const texts = new Map<string, Promise<Uint8Array>>();
  const stats = new Map<string, FileStat | undefined>();
  return {
    ...files,
    async statAll(all) {
      const unknown = all.filter((file) => !stats.has(file));
      for (const [i, stat] of (await files.statAll(unknown)).entries()) stats.set(unknown[i]!, stat);
      return all.map((file) => stats.get(file));
    },
    read(file) {
      const known = texts.get(file) ?? files.read(file);
      texts.set(file, known);
      return known;
    },
  };
}

/** Work whose slow questions are asked once. */
export function createWork(
  project: Project,
  pipeline: Pipeline,
  store: Store,
  wish: EnvironmentWish,
  branch?: Branch,
): Work {
  const sources = readingOnce(project.files);
  const codes = new Map<string, Promise<Result<Code>>>();
  let probe: Promise<Result<Probe>> | undefined;
  let lookups: Promise<Lookups> | undefined;
  const contents = new Map<string, Promise<Result<Content, ContentFailure>>>();
  const contentDigests = openContentDigests(project.files, store.cache, systemClock, pipeline.name);
  const parts = { files: project.files, digests: contentDigests, root: project.root };
  return {
    project,
    pipeline,
    store,
    ...(branch && { branch }),
    probe() {
      probe ??= knownProbe(project.files, store.cache, wish);
      return probe;
    },
    lookups() {
      lookups ??= store.lookups(pipeline.name);
      return lookups;
    },
    code(type) {
      const known = codes.get(type.name) ?? codeOf(sources, type, store.cache, systemClock);
      codes.set(type.name, known);
      return known;
    },
    contentDigests,
    isProbed: () => probe !== undefined,
    async isBundled() {
      const all = await Promise.all(codes.values());
      return all.every((code) => code.ok && code.value.kept);
    },
    content(stage) {
      const known = contents.get(stage.id) ?? contentOf(parts, stage);
      contents.set(stage.id, known);
      return known;
    },
  };
}

/**
 * What is missing before anything can run: code that cannot be bundled, each stage type's said once; content that is
 * not there. All at once, in the order of the pipeline.
 */
export async function preflight(work: Work): Promise<Problem[]> {
  const { pipeline, code: codeOfType, content, contentDigests } = work;
  const bundled = new Set<string>();
  const checks = everyStage(pipeline).map(async (stage): Promise<Problem[]> => {
    const { type, at } = stage;
    const first = !bundled.has(type.name);
    bundled.add(type.name);
    const [code, found] = await Promise.all([codeOfType(type), content(stage)]);
    return [
      ...(await runtimeProblems(work, stage)),
      ...(code.ok || !first ? [] : code.failures.map((failure) => ({ ...failure, at }))),
      ...(found.ok
        ? []
        : found.failures.map(({ code, message, place }) => ({
            code,
            message,
            at: stage.paramAt(place),
          }))),
    ];
  });
  const problems = (await Promise.all(checks)).flat();
  await contentDigests.keep();
  return problems;
}

export type { Artifact };

/** A stage whose inputs are known: what its cache key is made of, and the key. */
export interface Prepared {
  readonly stage: Stage;
  readonly bundle: Code;
  readonly content: Content;
  readonly inputs: InputArtifacts;
  readonly preimage: Preimage;
  readonly fingerprint: Fingerprint;
  readonly branched?: BranchedFrom;
}

function deviceWish({ type, params }: Stage): DeviceWish {
  const { runtime, threads } = type.manifest.device;
  return {
    ...(runtime !== undefined && { runtime: String(params[runtime]) }),
    ...(threads !== undefined && { threads: Number(params[threads]) }),
  };
}

/** That the runtime which a param names is not there. What trains is looked for only when a stage must know it. */
async function runtimeProblems({ probe }: Work, stage: Stage): Promise<Problem[]> {
  const { runtime } = stage.type.manifest.device;
  const wish = deviceWish(stage);
  if (runtime === undefined || wish.runtime === BACKEND) return [];
  const device = deviceOf(await probe(), wish);
  return device.ok ? [] : device.failures.map((failure) => ({ ...failure, at: stage.paramAt([runtime]) }));
}

/** Computes a stage's fingerprint from its code, params and the contents of its inputs. Nothing is executed. */
export async function prepare(
  { store, probe, code, content: contentOfStage, branch }: Work,
  stage: Stage,
  artifacts: InputArtifacts,
): Promise<Result<Prepared>> {
  const essential = await essentialInputs(store, stage, artifacts);
  if (!essential.ok) return essential;
  const inputs = essential.value;
  const bundle = await code(stage.type);
  if (!bundle.ok) return bundle;
  const content = await contentOfStage(stage);
  if (!content.ok) return content;
  const device = stage.type.manifest.needs.device ? deviceOf(await probe(), deviceWish(stage)) : undefined;
  if (device?.ok === false) return device;
  const branched = branch?.stage === stage.id ? branch.from : undefined;
  const preimage = preimageOf({
    stage,
    codeDigest: bundle.value.codeDigest,
    content: content.value,
    seed: stage.seed,
    inputs: Object.fromEntries(
      Object.entries(inputs).map(([port, { digest, essence }]) => [port, essence?.digest ?? digest]),
    ),
    ...(device && { device: device.value }),
    ...(branched && {
      origin: {
        fingerprint: branched.fingerprint,
        step: branched.step,
        checkpoint: branched.checkpoint,
      },
    }),
  });
  return ok({
    stage,
    bundle: bundle.value,
    content: content.value,
    inputs,
    preimage,
    fingerprint: fingerprintOf(preimage),
    ...(branched && { branched }),
  });
}
